/* SPDX-License-Identifier: MIT */
/* A clock that is set while a server and a client are at work, forth by years
 * and back: what is told of the time follows it, and nothing that waits is
 * moved by it.
 *
 * The calls below stand in place of the system's for all libraries of this
 * program; the clocks that cannot be set are left alone. */
#include "support/test.h"

#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "http/head/date.h"
#include "support/web.h"

static time_t jump_s;

#define IN_PLACE __attribute__((visibility("default"), used))

IN_PLACE int clock_gettime(clockid_t clock, struct timespec *at)
{
    int result = (int)syscall(SYS_clock_gettime, clock, at);

    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
        at->tv_sec += jump_s;
    return result;
}

IN_PLACE time_t time(time_t *out)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (out != NULL)
        *out = now.tv_sec;
    return now.tv_sec;
}

IN_PLACE int gettimeofday(struct timeval *restrict at, void *restrict zone)
{
    struct timespec now;

    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *at = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

enum { YEAR_S = 366 * 24 * 3600 };

static const time_t jumps_s[] = {0,    YEAR_S, -YEAR_S, 10 * YEAR_S,
                                 3600, -1,     0,       -20 * YEAR_S};

enum { JUMPS = sizeof jumps_s / sizeof *jumps_s };

/* --- the server ---------------------------------------------------------- */

static int handled;

/* The clock is set while it waits. */
static int set_clock(duet_request *request, void *context)
{
    int64_t begin_ns = duet_clock_ns();
    int status;

    (void)context;
    jump_s = jumps_s[handled++ % JUMPS];
    status = duet_sleep(duet_in_ms(2));
    assert_true(duet_clock_ns() >= begin_ns);
    return status != 0 ? status : duet_reply_text(request, 200, "hello");
}

static int never(duet_request *request, void *context)
{
    (void)request;
    (void)context;
    return duet_sleep(DUET_NEVER);
}

static const test_route routes[] = {
    {"GET", "/", set_clock}, {"GET", "/never", never}, {0}};

/* Says `date` when it is, within the time that this takes? */
static void expect_date(const char *date, time_t begin)
{
    int64_t told;

    assert_non_null(date);
    assert_true(duet__date_parse(duet__text_of(date, 29), begin, &told));
    assert_in_range(told - begin + 1, 0, 1 + (unsigned)(time(NULL) - begin));
}

static void serve_on(test_web *web)
{
    int client = test_connect(web);

    for (int i = 0; i < 3 * JUMPS; i++) {
        time_t begin;

        test_send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        test_receive_until(web, client, "hello");
        test_expect_status(web->reply, 200);
        begin = time(NULL);
        test_send(client, "GET /none HTTP/1.1\r\nHost: a\r\n\r\n");
        test_receive_until(web, client, "404 Not Found\n");
        expect_date(strstr(web->reply, "Date: ") + 6, begin);
        begin = time(NULL);
        test_ask(web, "GET / HTTP/9.9\r\nHost: a\r\n\r\n");
        test_expect_status(web->reply, 505);
        expect_date(strstr(web->reply, "Date: ") + 6, begin);
    }
    close(client);
}

static void server_goes_on_and_tells_the_new_date(void **state)
{
    (void)state;
    handled = 0;
    test_web_run(routes, NULL, serve_on);
    jump_s = 0;
}

static void time_out(test_web *web)
{
    for (int i = 0; i < JUMPS; i++) {
        int client = test_connect(web);

        test_send(client, "GET /never HTTP/1.1\r\nHost: a\r\n\r\n");
        jump_s = jumps_s[i];
        test_receive_until(web, client, "503 Service Unavailable\n");
        jump_s = jumps_s[(i + 1) % JUMPS];
        assert_string_equal(test_receive(web, client), "");
    }
}

static void timeouts_take_their_own_time(void **state)
{
    const duet_server_options options = {.handler_timeout_ms = 20,
                                         .keep_alive_timeout_ms = 20};

    (void)state;
    test_web_run(routes, &options, time_out);
    jump_s = 0;
}

/* --- the client ---------------------------------------------------------- */

static void fetch_on(test_web *web)
{
    const duet_fetch_options hurry = {.first_byte_ms = 20};
    duet_session *session;
    duet_response *response;
    char url[128];

    assert_status(duet_session_open(NULL, &session), 0);
    for (int i = 0; i < 2 * JUMPS; i++) {
        /* Asks for the name again, or knows it. */
        snprintf(url, sizeof url, "http://localhost:%d/",
                 duet_server_port(web->server));
        assert_status(duet_get(session, url, NULL, &response, DUET_NEVER), 0);
        assert_int_equal(duet_response_status(response), 200);
        duet_response_free(response);
        snprintf(url, sizeof url, "%s/never", duet_server_url(web->server));
        assert_status(duet_get(session, url, &hurry, &response, DUET_NEVER),
                      DUET_ETIMEDOUT);
    }
    duet_session_close(session);
}

static void client_goes_on_and_its_timeouts_too(void **state)
{
    (void)state;
    handled = 0;
    test_web_run(routes, NULL, fetch_on);
    jump_s = 0;
}

TEST_MAIN(test(server_goes_on_and_tells_the_new_date),
          test(timeouts_take_their_own_time),
          test(client_goes_on_and_its_timeouts_too))
