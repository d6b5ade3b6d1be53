/* SPDX-License-Identifier: MIT */
/* client.c - see client.h. */
#include "support/client.h"

#include <stdio.h>

#include <duet/duet.h>

#include "client/session/session.h"
#include "support/test.h"

typedef struct client_run {
    void (*body)(test_client *client);
    const duet_session_options *options;
} client_run;

static void serve(test_wire *wire, int descriptor, int number)
{
    const test_client *client = (const test_client *)(const void *)wire;

    (void)number;
    while (test_wire_read(wire, descriptor))
        test_wire_write(descriptor, client->reply);
}

static int run(void *argument)
{
    const client_run *self = argument;
    static test_client client;

    client.reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    test_wire_start(&client.wire, serve);
    assert_status(duet_session_open(self->options, &client.session), 0);
    self->body(&client);
    assert_int_equal(client.session->admission.running, 0);
    assert_int_equal(client.session->exchanges, 0);
    duet_session_close(client.session);
    test_wire_stop(&client.wire);
    return 0;
}

void test_client_run(void (*body)(test_client *client),
                     const duet_session_options *options)
{
    client_run self = {.body = body, .options = options};

    assert_status(duet_run(run, &self, NULL), 0);
}

static int run_body(void *argument)
{
    void (**body)(duet_session * session) = argument;
    duet_session *session;

    assert_status(duet_session_open(NULL, &session), 0);
    (*body)(session);
    duet_session_close(session);
    return 0;
}

void test_session_run(void (*body)(duet_session *session))
{
    assert_status(duet_run(run_body, &body, NULL), 0);
}

const char *test_client_url(const test_client *client, const char *path)
{
    static char url[256];

    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", client->wire.port, path);
    return url;
}

duet_response *test_client_get(test_client *client, const char *path)
{
    duet_response *response;
    int status = duet_get(client->session, test_client_url(client, path), NULL,
                          &response, duet_in_ms(60000));

    if (status != 0)
        print_error("%s\n", duet_error_message(status));
    assert_status(status, 0);
    return response;
}
