/* SPDX-License-Identifier: MIT */
/* web.h - a server and clients that speak raw bytes to it, in one loop.
 *
 *     static void body(test_web *web)
 *     {
 *         assert_string_equal(test_ask(web, "GET / HTTP/1.1\r\n..."), ...);
 *     }
 *     ...
 *     test_web_run(routes, &options, body);
 *
 * Sockets are the client's end of real connections to 127.0.0.1. What goes
 * wrong here fails the test. */
#ifndef DUET_TEST_SUPPORT_WEB_H
#define DUET_TEST_SUPPORT_WEB_H

#include <duet/duet.h>

enum { TEST_REPLY_BYTES = 65536 };

typedef struct test_web {
    duet_application *application;
    duet_server *server;
    char reply[TEST_REPLY_BYTES]; /* of the newest test_receive() */
} test_web;

/* One route; an array of them ends with one whose method is NULL. */
typedef struct test_route {
    const char *method;
    const char *pattern;
    duet_handler *handler;
} test_route;

/* Of each route of what runs next; NULL for none. */
extern const duet_route_options *test_options_of_routes;

/* Runs `body` as the main task of a loop (on real time), with a server; stops
 * the server behind it. The context of each handler is the test_web. */
void test_web_run(const test_route *routes, const duet_server_options *options,
                  void (*body)(test_web *web));

/* The same on virtual time, for limits of the server that are to be reached, or
 * not: no time passes while anything happens in the loop. */
void test_web_run_virtual(const test_route *routes,
                          const duet_server_options *options,
                          void (*body)(test_web *web));

/* That with a page for errors, whose context is the test_web, too. */
void test_web_run_with_error_page(const test_route *routes,
                                  const duet_server_options *options,
                                  void (*body)(test_web *web),
                                  duet_error_page *page);

/* Is there ::1 on this machine? If not, the test skips what needs it. */
bool test_has_ipv6(void);

/* Connects, by IPv6 if the server listens there; the socket is non-blocking. */
int test_connect(test_web *web);

/* Sends all of a text. */
void test_send(int socket, const char *text);

/* Receives until the server closes, and closes. Returns web->reply, cut at its
 * size; a reset connection ends with "RESET". */
const char *test_receive(test_web *web, int socket);

/* Receives until `end` has come; keeps the socket open. */
const char *test_receive_until(test_web *web, int socket, const char *end);

/* Connects, sends, and receives until the server closes. */
const char *test_ask(test_web *web, const char *request);

/* "GET target" with a Host and Connection: close; test_ask(). */
const char *test_get(test_web *web, const char *target);

/* Fails unless `reply` starts with "HTTP/1.1 STATUS ". */
void test_expect_status(const char *reply, int status);

/* Fails unless the body of `reply` is `body`. */
void test_expect_body(const char *reply, const char *body);

/* Blocks until the server's socket of the first of its connections has the end
 * that its client sent. */
void test_await_hang_up(const test_web *web);

/* Replies "<TARGET BODY>", and counts. */
int test_echo(duet_request *request, void *web);

/* How often it was called. */
extern int test_echo_times;

/* Everything goes to test_echo(); under /wait/ it waits a moment before. */
extern const test_route test_echo_routes[];

/* Lets the loop turn until condition(argument), for at most a minute. */
void test_until(bool (*condition)(void *argument), void *argument);

#endif
