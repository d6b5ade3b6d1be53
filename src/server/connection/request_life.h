/* SPDX-License-Identifier: MIT */
/* request_life.h - a request's way: begun, checked, run, ended. */
#ifndef DUET_SERVER_CONNECTION_REQUEST_LIFE_H
#define DUET_SERVER_CONNECTION_REQUEST_LIFE_H

#include "server/request/request.h"

/* Takes a request from the pool. NULL if there is no memory.
 *
 *   target  copied */
duet_request *duet__request_begin(duet__connection *connection,
                                  duet__text target);

/* The connection is closed next, and the request's task still runs: it hears of
 * that, and the request ends with it. */
void duet__request_abandon(duet_request *request);

/* Puts it back. */
void duet__request_end(duet_request *request);

/* Frees the requests of the pool. */
void duet__request_pool_free(duet_server *server);

/* Adds a field as it stood on the wire.
 *
 * Returns 0, or the status to refuse the request with: 431, 503. */
int duet__request_add_field(duet_request *request, duet__raw_field field);

/* Checks the head and finds the route. Sets request->refusal if the handler is
 * not to be asked.
 *
 *   reason  set to a sentence that says why not, or ""
 *
 * Returns 0, or the status of a request whose connection must be closed. */
int duet__request_check_head(duet_request *request, const char **reason);

/* Runs the handler in a task of its own until it waits or ends. On return
 * request->phase is DUET__REQUEST_RUNNING or DUET__REQUEST_ENDED. */
void duet__request_run(duet_request *request);

/* Called for each task of the server that ends. */
void duet__request_task_ended(duet__scope *scope, duet_task *task);

#endif
