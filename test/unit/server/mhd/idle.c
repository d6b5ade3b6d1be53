/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <sys/mman.h>
#include <unistd.h>

#include "server/request/server_state.h"
#include "support/web.h"

static int tell_length(duet_request *request, void *context)
{
    const char *field = duet_request_field(request, "X");

    (void)context;
    return duet_reply_textf(request, 200, "<%zu>",
                            strlen(duet_request_target(request)) +
                                (field != NULL ? strlen(field) : 0));
}

static const test_route routes[] = {{"GET", "/{any*}", tell_length}, {0}};

/* Whole pages of the connection's memory that are there, beyond the first. */
static int resident_pages(const test_web *web)
{
    const duet__connection *connection = DUET__MEMBER(
        web->server->connections.list.next, duet__connection, link);
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start =
        ((uintptr_t)connection->memory + 2 * page - 1) & ~(page - 1);
    uintptr_t end = ((uintptr_t)connection->memory +
                     web->server->settings.connection_memory_bytes) &
                    ~(page - 1);
    unsigned char states[64];
    int count = 0;

    assert_non_null(connection->memory);
    assert_true(end > start && (end - start) / page <= sizeof states);
    assert_int_equal(mincore((void *)start, end - start, states), 0);
    for (size_t i = 0; i < (end - start) / page; i++)
        count += states[i] & 1;
    return count;
}

static bool none_is_resident(void *argument)
{
    return resident_pages(argument) == 0;
}

static void be_idle(test_web *web)
{
    char request[9000];
    int client = test_connect(web);

    for (int i = 0; i < 2; i++) {
        snprintf(request, sizeof request,
                 "GET /%0*d HTTP/1.1\r\nHost: a\r\nX: %0*d\r\n\r\n", 4000, 0,
                 4000, 0);
        test_send(client, request);
        test_receive_until(web, client, "<8001>");
        assert_true(resident_pages(web) > 0);
        test_until(none_is_resident, web);
    }
    test_send(client, "GET / HTTP/1.1\r\nHo");
    assert_status(duet_sleep(duet_in_ms(5)), 0);
    test_send(client, "st: a\r\nConnection: close\r\n\r\n");
    test_expect_body(test_receive(web, client), "<1>");
}

static void idle_connection_gives_its_pages_back(void **state)
{
    (void)state;
    test_web_run(routes, NULL, be_idle);
}

static void fill_head(test_web *web)
{
    static char request[40000];
    int length = snprintf(request, sizeof request,
                          "GET /%0*d HTTP/1.1\r\nHost: a\r\n", 8177, 0);

    for (int i = 0; i < 2; i++)
        length += snprintf(request + length, sizeof request - (size_t)length,
                           "A: %0*d\r\n", 8189, 0);
    snprintf(request + length, sizeof request - (size_t)length,
             "X: %0*d\r\nConnection: close\r\n\r\n", 5000, 0);
    test_expect_body(test_ask(web, request), "<13178>");
    snprintf(request, sizeof request, "GET /%0*d HTTP/1.1\r\nHost: a\r\n\r\n",
             8179, 0);
    test_expect_status(test_ask(web, request), 414);
    snprintf(request, sizeof request,
             "GET / HTTP/1.1\r\nHost: a\r\nA: %0*d\r\n\r\n", 8190, 0);
    test_expect_status(test_ask(web, request), 431);
}

static void default_takes_lines_of_8_kib(void **state)
{
    (void)state;
    test_web_run(routes, NULL, fill_head);
}

TEST_MAIN(test(idle_connection_gives_its_pages_back),
          test(default_takes_lines_of_8_kib))
