/* SPDX-License-Identifier: MIT */
/* error_page.h - the reply to a request that no handler answered. */
#ifndef DUET_SERVER_REQUEST_ERROR_PAGE_H
#define DUET_SERVER_REQUEST_ERROR_PAGE_H

#include "server/request/request.h"

/* Room for the page of any status. */
enum { DUET__ERROR_PAGE_BYTES = 96 };

#define DUET__ERROR_PAGE_TYPE "text/plain; charset=utf-8"

/* Writes the page, "404 Not Found\n"; returns its length. */
size_t duet__error_page_write(int status, char page[DUET__ERROR_PAGE_BYTES]);

/* Replies with the page of `status`, the application's if it has one and fills
 * it in; fields that were added before stay. Also adds what the status asks
 * for: Allow (405), Retry-After (503).
 *
 *   detail  what the application's page is told; "" if there is nothing */
void duet__error_page(duet_request *request, int status, const char *detail);

/* The same with the server's own page, without any field that the status does
 * not ask for. */
void duet__error_page_plain(duet_request *request, int status);

/* Replies to "OPTIONS *": the methods of all routes. */
void duet__error_page_options(duet_request *request);

/* Logs what a handler returned, if that is its fault, for a reply that has
 * begun already. */
void duet__error_page_log(duet_request *request, int result);

/* Turns what a handler returned into the reply; logs what is the handler's
 * fault. For the handler's task: duet_error_message() knows the failure.
 */
void duet__error_page_conclude(duet_request *request, int result);

#endif
