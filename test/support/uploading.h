/* SPDX-License-Identifier: MIT */
/* uploading.h - an upload of HTTP/1.1 that a test can stop at, to look at the
 * libcurl driver and change what that knows. */
#ifndef DUET_TEST_SUPPORT_UPLOADING_H
#define DUET_TEST_SUPPORT_UPLOADING_H

#include <duet/task.h>

#include "client/curl/state.h"
#include "support/client.h"

typedef struct test_uploading {
    test_client *client;
    size_t bytes;
    duet_task *task;
    duet__curl_driver *driver;
    int descriptor;
    duet__curl_socket *socket; /* that of the descriptor */
} test_uploading;

/* Begins a POST of so many bytes; returns when libcurl has begun to send it. */
void test_upload_begin(test_uploading *self, test_client *client, size_t bytes);

/* Cancels it, and waits until its connection is closed. */
void test_upload_end(test_uploading *self);

#endif
