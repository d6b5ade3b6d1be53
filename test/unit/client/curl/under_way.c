/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/duet.h>

/* A server outside the loop, for one connection. */
typedef struct outsider {
    int listener;
    int port;
    const char *reply; /* NULL: none */
} outsider;

static void *serve(void *argument)
{
    const outsider *self = argument;
    int client = accept(self->listener, NULL, NULL);
    char head[4096];

    assert_true(read(client, head, sizeof head) > 0);
    if (self->reply != NULL) {
        usleep(50000);
        assert_true(write(client, self->reply, strlen(self->reply)) > 0);
    }
    while (read(client, head, sizeof head) > 0)
        continue;
    close(client);
    return NULL;
}

static void outsider_open(outsider *self)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;

    self->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(self->listener >= 0);
    assert_int_equal(
        bind(self->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(self->listener, 8), 0);
    assert_int_equal(
        getsockname(self->listener, (struct sockaddr *)&address, &length), 0);
    self->port = ntohs(address.sin_port);
}

static int get(const outsider *self, int64_t ms)
{
    duet_response *response;
    duet_session *session;
    char url[64];
    int status;

    snprintf(url, sizeof url, "http://127.0.0.1:%d/", self->port);
    assert_status(duet_session_open(NULL, &session), 0);
    status = duet_get(session, url, NULL, &response, duet_in_ms(ms));
    if (status == 0)
        status = duet_response_status(response);
    duet_response_free(response);
    duet_session_close(session);
    return status;
}

static int get_late_reply(void *argument)
{
    assert_int_equal(get(argument, 1), 200);
    assert_true(duet_clock_ns() < 1000000);
    return 0;
}

static int get_no_reply(void *argument)
{
    assert_status(get(argument, 500), DUET_ETIMEDOUT);
    assert_true(duet_clock_ns() == 500000000);
    return 0;
}

static void run_with_outsider(duet_task_function *main, const char *reply,
                              int64_t silence_ms)
{
    const duet_loop_options options = {.virtual_time = true,
                                       .virtual_silence_ms = silence_ms};
    outsider self = {.reply = reply};
    pthread_t thread;

    outsider_open(&self);
    assert_int_equal(pthread_create(&thread, NULL, serve, &self), 0);
    assert_status(duet_run(main, &self, &options), 0);
    pthread_join(thread, NULL);
    close(self.listener);
}

static void response_from_outside_is_waited_for(void **state)
{
    (void)state;
    run_with_outsider(get_late_reply,
                      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 30000);
}

static void silent_server_outside_lets_the_clock_jump(void **state)
{
    (void)state;
    run_with_outsider(get_no_reply, NULL, 0);
}

TEST_MAIN(test(response_from_outside_is_waited_for),
          test(silent_server_outside_lets_the_clock_jump))
