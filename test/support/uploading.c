/* SPDX-License-Identifier: MIT */
/* uploading.c - see uploading.h. */
#include "support/uploading.h"

#include <stdlib.h>

#include <duet/duet.h>

#include "client/session/session.h"
#include "support/test.h"

static int post(void *argument)
{
    const test_uploading *self = argument;
    char *body = calloc(1, self->bytes);
    const duet_fetch_options options = {.body = body,
                                        .body_bytes = self->bytes};
    duet_response *response;
    int status = duet_fetch(self->client->session, "POST",
                            test_client_url(self->client, "/"), &options,
                            &response, DUET_NEVER);

    duet_response_free(response);
    free(body);
    return status;
}

void test_upload_begin(test_uploading *self, test_client *client, size_t bytes)
{
    *self = (test_uploading){
        .client = client, .bytes = bytes, .driver = client->session->driver};
    assert_status(duet_spawn(post, self, NULL, &self->task), 0);
    while (duet__list_is_empty(&self->driver->uploads))
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    self->descriptor =
        DUET__MEMBER(self->driver->uploads.next, duet__transfer, upload)->uses;
    self->socket = &self->driver->sockets[self->descriptor];
}

void test_upload_end(test_uploading *self)
{
    int result;

    duet_task_cancel(self->task);
    assert_status(duet_join(self->task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    while (self->socket->is_ours) /* until the driver's turn */
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_true(duet__list_is_empty(&self->driver->uploads));
}
