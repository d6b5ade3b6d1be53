/* SPDX-License-Identifier: MIT */
#include "support/in_task.h"
#include "support/test.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/web.h"

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static int sleep_and_greet(duet_request *request, void *context)
{
    int status = duet_sleep(duet_in_ms(*(int64_t *)context));

    return status != 0 ? status : duet_reply_text(request, 200, "slept");
}

/* A client and a server on one loop. */
typedef struct pair {
    test_web web;
    duet_session *session;
} pair;

static int64_t sleep_ms;

static void run_both(pair *both, void (*body)(pair *both))
{
    const duet_server_options options = {.handler_timeout_ms = DUET_NO_LIMIT};

    assert_status(duet_application_new(NULL, &both->web.application), 0);
    assert_status(duet_route(both->web.application, "GET", "/", hello, NULL),
                  0);
    assert_status(duet_route(both->web.application, "GET", "/sleep",
                             sleep_and_greet, &sleep_ms),
                  0);
    assert_status(
        duet_server_start(both->web.application, &options, &both->web.server),
        0);
    assert_status(duet_session_open(NULL, &both->session), 0);
    body(both);
    duet_session_close(both->session);
    duet_server_stop(both->web.server, DUET_NOW);
    duet_application_free(both->web.application);
}

static int get(pair *both, const char *path, duet_deadline deadline)
{
    const duet_fetch_options options = {.first_byte_ms = DUET_NO_LIMIT};
    char url[64];
    duet_response *response;
    int status;

    snprintf(url, sizeof url, "http://127.0.0.1:%d%s",
             duet_server_port(both->web.server), path);
    status = duet_get(both->session, url, &options, &response, deadline);
    if (status != 0)
        return status;
    status = duet_response_status(response);
    duet_response_free(response);
    return status;
}

/* Silence would be waited for longer than the test may take. */
static const duet_loop_options patient = {.virtual_time = true,
                                          .virtual_silence_ms = 600000};

#define with_both(name)                                                        \
    static void name##_with(pair *both);                                       \
    in_task_of_loop(name, &patient)                                            \
    {                                                                          \
        static pair both;                                                      \
        run_both(&both, name##_with);                                          \
    }                                                                          \
    static void name##_with(pair *both)

with_both(clock_stands_still_while_requests_are_on_the_way)
{
    int64_t begin_ns = duet_clock_ns();

    for (int i = 0; i < 1000; i++)
        assert_int_equal(get(both, "/", duet_in_ms(500)), 200);
    assert_true(duet_clock_ns() == begin_ns);
}

with_both(handler_that_sleeps_answers_at_once)
{
    int64_t begin_ns = duet_clock_ns();

    sleep_ms = 600000;
    assert_int_equal(get(both, "/sleep", DUET_NEVER), 200);
    assert_true(duet_clock_ns() - begin_ns == sleep_ms * 1000000);
    sleep_ms = 100;
    for (int i = 0; i < 100; i++)
        assert_int_equal(get(both, "/sleep", duet_in_ms(500)), 200);
}

with_both(handler_that_sleeps_too_long_times_out)
{
    int64_t begin_ns = duet_clock_ns();

    sleep_ms = 1000;
    assert_status(get(both, "/sleep", duet_in_ms(500)), DUET_ETIMEDOUT);
    assert_true(duet_clock_ns() - begin_ns == 500000000);
}

enum { AT_ONCE = 100 };

static int get_slow(void *argument)
{
    return get(argument, "/sleep", duet_in_ms(60000));
}

with_both(many_that_sleep_at_once_take_no_real_time)
{
    duet_call calls[AT_ONCE];

    sleep_ms = 1000;
    for (int i = 0; i < AT_ONCE; i++)
        calls[i] = (duet_call){get_slow, both, 0};
    assert_status(duet_gather(calls, AT_ONCE, NULL, DUET_NEVER), 0);
    for (int i = 0; i < AT_ONCE; i++)
        assert_int_equal(calls[i].result, 200);
}

/* --- a client outside the loop ------------------------------------------- */

typedef struct outsider {
    int socket;
    duet_loop *loop;
    duet_event *answered;
} outsider;

static void set_event(void *argument)
{
    duet_event_set(argument);
}

static void *send_in_two_pieces(void *argument)
{
    static const char *const pieces[] = {"GET / HTTP/1.1\r\nHo",
                                         "st: a\r\nConnection: close\r\n\r\n"};
    const outsider *self = argument;
    int client = self->socket;
    char reply[1024] = "";
    size_t length = 0;
    ssize_t count;

    for (int i = 0; i < 2; i++) {
        usleep(50000);
        assert_true(write(client, pieces[i], strlen(pieces[i])) > 0);
    }
    while ((count = read(client, reply + length, sizeof reply - 1 - length)) >
           0)
        length += (size_t)count;
    test_expect_status(reply, 200);
    assert_status(
        duet_loop_call_from_thread(self->loop, set_event, self->answered), 0);
    return NULL;
}

with_both(rest_of_a_request_is_waited_for)
{
    outsider self = {.socket = test_connect(&both->web),
                     .loop = duet_current_loop()};
    pthread_t thread;

    assert_int_equal(fcntl(self.socket, F_SETFL, 0), 0);
    assert_status(duet_event_new(&self.answered), 0);
    assert_int_equal(pthread_create(&thread, NULL, send_in_two_pieces, &self),
                     0);
    assert_status(duet_event_wait(self.answered, DUET_NEVER), 0);
    pthread_join(thread, NULL);
    duet_event_free(self.answered);
    close(self.socket);
}

TEST_MAIN(test(many_that_sleep_at_once_take_no_real_time),
          test(rest_of_a_request_is_waited_for),
          test(clock_stands_still_while_requests_are_on_the_way),
          test(handler_that_sleeps_answers_at_once),
          test(handler_that_sleeps_too_long_times_out))
