/* SPDX-License-Identifier: MIT */
#include "client/curl/state.h"
#include "client/session/session.h"
#include "support/client.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include <duet/duet.h>

enum { LATER_MS = 5 };

/* --- leftovers ----------------------------------------------------------- */

/* A response, what comes with it and is not part of it, and what comes when
 * nobody has asked. */
typedef struct leftover {
    const char *method;
    const char *response;
    const char *at_once;
    const char *later;
} leftover;

#define WHOLE "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"

static const leftover leftovers[] = {
    {"GET", WHOLE "right", "", WHOLE "wrong"},
    {"GET", WHOLE "right", WHOLE "wrong", ""},
    {"GET", WHOLE "right", "HTTP/1.1 2", "00 OK\r\nContent-Length: 0\r\n\r\n"},
    {"GET", WHOLE "right", "", "\r\n"},
    {"GET", WHOLE "right", "",
     "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"},
    {"GET", "HTTP/1.1 204 No Content\r\n\r\n", "", WHOLE "wrong"},
    {"GET", "HTTP/1.1 204 No Content\r\n\r\n", "wr", "ong"},
    {"GET", "HTTP/1.1 204 No Content\r\n\r\n", WHOLE "wr", "ong"},
    {"GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "",
     "wrong"},
    {"GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "wr",
     "ong"},
    {"HEAD", WHOLE, "", "wrong"},
    {"HEAD", WHOLE, "wr", "ong"},
    {"HEAD", WHOLE, "wrong", WHOLE "wrong"},
    {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "wr", "ong"},
    {"GET",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
     "5\r\nright\r\n0\r\n\r\n",
     "HTTP/1.1 200 OK\r\nCont", "ent-Length: 5\r\n\r\nwrong"},
    {"GET",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
     "5\r\nright\r\n0\r\nA: b\r\n\r\n",
     "\r\n", ""},
};

static const leftover *now;

static void leave_something(test_wire *wire, int descriptor, int number)
{
    char text[512];

    if (number > 0) {
        while (test_wire_read(wire, descriptor))
            test_wire_write(descriptor, WHOLE "right");
        return;
    }
    if (!test_wire_read(wire, descriptor))
        return;
    snprintf(text, sizeof text, "%s%s", now->response, now->at_once);
    test_wire_write(descriptor, text);
    (void)!duet_sleep(duet_in_ms(LATER_MS));
    test_wire_write(descriptor, now->later);
    test_wire_wait_for_end(descriptor);
}

static void get_right(test_client *client)
{
    duet_response *response = test_client_get(client, "/");

    assert_int_equal(duet_response_status(response), 200);
    assert_string_equal(duet_response_body(response, NULL), "right");
    duet_response_free(response);
}

/* `wait_ms` after a response with something left the next is asked for. */
static void ask_again(test_client *client, int wait_ms)
{
    duet_response *response;

    client->wire.serve = leave_something;
    assert_status(duet_fetch(client->session, now->method,
                             test_client_url(client, "/"), NULL, &response,
                             duet_in_ms(60000)),
                  0);
    duet_response_free(response);
    (void)!duet_sleep(duet_in_ms(wait_ms));
    get_right(client);
    get_right(client);
    assert_int_equal(client->wire.connections, 2);
}

static void ask_much_later(test_client *client)
{
    ask_again(client, 3 * LATER_MS);
}

static void nothing_left_over_is_the_next_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof leftovers / sizeof leftovers[0]; i++) {
        now = &leftovers[i];
        test_client_run(ask_much_later, NULL);
    }
}

static void ask_at_once(test_client *client)
{
    ask_again(client, 0);
}

static void what_came_with_a_response_ends_its_connection_at_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof leftovers / sizeof leftovers[0]; i++) {
        now = &leftovers[i];
        if (now->at_once[0] != '\0')
            test_client_run(ask_at_once, NULL);
    }
}

static int ended;

static void count_ends(test_wire *wire, int descriptor, int number)
{
    leave_something(wire, descriptor, number);
    ended++;
}

static void stay_silent(test_client *client)
{
    client->wire.serve = count_ends;
    ended = 0;
    get_right(client);
    while (ended == 0)
        (void)!duet_sleep(duet_in_ms(1));
}

static void broken_silence_ends_the_connection_unasked(void **state)
{
    (void)state;
    now = &leftovers[0];
    test_client_run(stay_silent, NULL);
}

/* What came lies there, but the loop has not looked since. */
static void work_and_ask(test_client *client)
{
    duet_response *response;

    client->wire.serve = leave_something;
    get_right(client);
    (void)!duet_sleep(duet_in_ms(3 * LATER_MS));
    assert_status(duet_post(client->session, test_client_url(client, "/"), "x",
                            1, NULL, &response, duet_in_ms(60000)),
                  0);
    assert_string_equal(duet_response_body(response, NULL), "right");
    duet_response_free(response);
    assert_int_equal(client->wire.requests, 2);
}

static void post_goes_to_a_clean_connection(void **state)
{
    (void)state;
    now = &leftovers[0];
    test_client_run(work_and_ask, NULL);
}

/* --- who speaks first ---------------------------------------------------- */

static void speak_first(test_wire *wire, int descriptor, int number)
{
    (void)number;
    test_wire_write(descriptor, WHOLE "wrong");
    while (test_wire_read(wire, descriptor))
        continue;
}

static void get_from_speaker(test_client *client)
{
    duet_response *response;
    int status;

    client->wire.serve = speak_first;
    status = duet_get(client->session, test_client_url(client, "/"), NULL,
                      &response, duet_in_ms(60000));
    /* Which of them was first is not for us to say. */
    if (status != 0)
        assert_status(status, DUET_EPROTOCOL);
    else
        assert_int_equal(client->wire.requests, 1);
    duet_response_free(response);
}

static void answer_before_the_request_is_none(void **state)
{
    (void)state;
    test_client_run(get_from_speaker, NULL);
}

/* --- repeats ------------------------------------------------------------- */

static bool are_all_warm;

static void die_when_warm(test_wire *wire, int descriptor, int number)
{
    (void)number;
    while (test_wire_read(wire, descriptor) && !are_all_warm) {
        (void)!duet_sleep(duet_in_ms(LATER_MS)); /* until all have asked */
        test_wire_write(descriptor, WHOLE "right");
    }
}

static int get_one(void *argument)
{
    get_right(argument);
    return 0;
}

enum { WARM = 4 };

static void warm_up(test_client *client)
{
    duet_task *tasks[WARM];

    are_all_warm = false;
    client->wire.serve = die_when_warm;
    for (int i = 0; i < WARM; i++)
        assert_status(duet_spawn(get_one, client, NULL, &tasks[i]), 0);
    for (int i = 0; i < WARM; i++)
        assert_status(duet_join(tasks[i], NULL, DUET_NEVER), 0);
    assert_int_equal(client->wire.connections, WARM);
    are_all_warm = true;
}

static void expect_requests(test_client *client, const char *method,
                            int requests, int connections)
{
    duet_response *response;

    warm_up(client);
    assert_status(duet_fetch(client->session, method,
                             test_client_url(client, "/"), NULL, &response,
                             duet_in_ms(60000)),
                  DUET_EDISCONNECTED);
    assert_int_equal(client->wire.requests, WARM + requests);
    assert_int_equal(client->wire.connections, WARM + connections);
}

static void get_from_the_dying(test_client *client)
{
    expect_requests(client, "GET", 2, 1);
}

static void request_is_repeated_once_and_on_a_new_connection(void **state)
{
    (void)state;
    test_client_run(get_from_the_dying, NULL);
}

static void post_to_the_dying(test_client *client)
{
    expect_requests(client, "POST", 1, 0);
}

static void post_that_may_have_arrived_is_not_repeated(void **state)
{
    (void)state;
    test_client_run(post_to_the_dying, NULL);
}

/* A server that has given up waiting says so when it gets the next request. */
static void say_408_when_warm(test_wire *wire, int descriptor, int number)
{
    for (int i = 0; test_wire_read(wire, descriptor); i++)
        test_wire_write(descriptor, number == 0 && i == 1
                                        ? "HTTP/1.1 408 Request Timeout\r\n"
                                          "Connection: close\r\n\r\n"
                                        : WHOLE "right");
}

static void get_after_408(test_client *client)
{
    client->wire.serve = say_408_when_warm;
    get_right(client);
    get_right(client);
    assert_int_equal(client->wire.connections, 2);
}

static void late_408_is_no_answer_to_a_get(void **state)
{
    (void)state;
    test_client_run(get_after_408, NULL);
}

TEST_MAIN(test(nothing_left_over_is_the_next_answer),
          test(what_came_with_a_response_ends_its_connection_at_once),
          test(broken_silence_ends_the_connection_unasked),
          test(post_goes_to_a_clean_connection),
          test(answer_before_the_request_is_none),
          test(request_is_repeated_once_and_on_a_new_connection),
          test(post_that_may_have_arrived_is_not_repeated),
          test(late_408_is_no_answer_to_a_get))
