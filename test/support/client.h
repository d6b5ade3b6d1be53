/* SPDX-License-Identifier: MIT */
/* client.h - a session and a scripted server for the tests of the client. */
#ifndef DUET_TEST_SUPPORT_CLIENT_H
#define DUET_TEST_SUPPORT_CLIENT_H

#include <duet/session.h>

#include "support/wire.h"

typedef struct test_client {
    test_wire wire;
    duet_session *session;
    const char *reply; /* of test_client_reply() */
} test_client;

/* Runs body(client) as a task, on real time, with a session of these options
 * (NULL for defaults) and a server that answers every request with
 * client->reply, "ok" at first. Afterwards no slot is in use. */
void test_client_run(void (*body)(test_client *client),
                     const duet_session_options *options);

/* Runs body(session) as a task, on real time, with a session of the default
 * options, for servers that the test has started itself. */
void test_session_run(void (*body)(duet_session *session));

/* "http://127.0.0.1:PORT" and `path`, in a buffer that the next call uses
 * again. */
const char *test_client_url(const test_client *client, const char *path);

/* Gets a path and expects success; returns the response. */
duet_response *test_client_get(test_client *client, const char *path);

#endif
