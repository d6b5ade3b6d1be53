/* SPDX-License-Identifier: MIT */
/* lossy.c - both ends of what network.py runs over a bad network.
 *
 *     lossy serve ADDRESS PORT    until SIGTERM
 *     lossy fetch URL COUNT       COUNT exchanges, WORKERS at once
 *
 * A body is a pattern that tells a byte that is missing, doubled or at another
 * place. Every exchange is right, however long it takes; or it was given up, at
 * its deadline. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <duet/duet.h>

#include "support/guard.h"

enum {
    WORKERS = 16,
    LARGEST = 200000,
    PATIENCE_MS = 150000,
    SHORT_MS = 30,
};

static char pattern[LARGEST];

static void make_pattern(void)
{
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = (char)(i * 31 + i / 251);
}

/* --- the server ---------------------------------------------------------- */

static int give(duet_request *request, void *context)
{
    size_t count = strtoul(duet_request_parameter(request, "count"), NULL, 10);

    (void)context;
    if (count > sizeof pattern)
        return 404;
    return duet_reply_bytes(request, 200, pattern, count,
                            "application/octet-stream");
}

static int take(duet_request *request, void *context)
{
    size_t count;
    const char *body = duet_request_body(request, &count);

    (void)context;
    if (memcmp(body, pattern, count) != 0)
        return 422;
    return duet_reply_textf(request, 200, "%zu", count);
}

static int serve(const char *address, int port)
{
    const duet_server_options options = {.host = address,
                                         .port = (uint16_t)port};
    duet_application *application;
    int status = duet_application_new(NULL, &application);

    if (status == 0)
        status = duet_route(application, "GET", "/{count}", give, NULL);
    if (status == 0)
        status = duet_route(application, "POST", "/", take, NULL);
    if (status == 0)
        status = duet_serve(application, &options);
    duet_application_free(application);
    return status;
}

/* --- the client ---------------------------------------------------------- */

static struct {
    duet_session *session;
    const char *url;
    int next, count;
    int whole, given_up, wrong;
} fetches;

static bool is_right(int number, const duet_response *response)
{
    size_t size = (size_t)number * 7919 % LARGEST, count;
    const char *body = duet_response_body(response, &count);
    char expected[32];

    if (duet_response_status(response) != 200)
        return false;
    if (number % 3 != 0)
        return count == size && memcmp(body, pattern, count) == 0;
    snprintf(expected, sizeof expected, "%zu", size);
    return strcmp(body, expected) == 0;
}

/* Every third is an upload; every tenth has little time. */
static int exchange(int number, duet_response **out_response)
{
    bool is_short = number % 10 == 9;
    duet_deadline deadline = duet_in_ms(is_short ? SHORT_MS : PATIENCE_MS);
    size_t size = (size_t)number * 7919 % LARGEST;
    char url[128];

    if (number % 3 == 0) {
        snprintf(url, sizeof url, "%s/", fetches.url);
        return duet_post(fetches.session, url, pattern, size, NULL,
                         out_response, deadline);
    }
    snprintf(url, sizeof url, "%s/%zu", fetches.url, size);
    return duet_get(fetches.session, url, NULL, out_response, deadline);
}

static int work(void *argument)
{
    (void)argument;
    while (fetches.next < fetches.count) {
        int number = fetches.next++;
        duet_response *response;
        int status;

        test_guard_begin("no exchange has ended");
        status = exchange(number, &response);

        if (status == 0 && is_right(number, response)) {
            fetches.whole++;
        } else if (status == DUET_ETIMEDOUT && number % 10 == 9) {
            fetches.given_up++;
        } else {
            fetches.wrong++;
            fprintf(stderr, "lossy: exchange %d: %s\n", number,
                    status != 0 ? duet_error_message(status)
                                : "not what was sent");
        }
        if (status == 0)
            duet_response_free(response);
    }
    return 0;
}

static int fetch(void *argument)
{
    duet_call calls[WORKERS];
    int status = duet_session_open(NULL, &fetches.session);

    (void)argument;
    if (status != 0)
        return status;
    for (int i = 0; i < WORKERS; i++)
        calls[i] = (duet_call){work, NULL, 0};
    status = duet_gather(calls, WORKERS, NULL, DUET_NEVER);
    test_guard_end();
    duet_session_close(fetches.session);
    printf("%d whole, %d given up, %d wrong\n", fetches.whole, fetches.given_up,
           fetches.wrong);
    return status;
}

int main(int count, char **arguments)
{
    int status = DUET_EINVAL;

    make_pattern();
    if (count == 4 && strcmp(arguments[1], "serve") == 0)
        status = serve(arguments[2], (int)strtol(arguments[3], NULL, 10));
    if (count == 4 && strcmp(arguments[1], "fetch") == 0) {
        fetches.url = arguments[2];
        fetches.count = (int)strtol(arguments[3], NULL, 10);
        status = duet_run(fetch, NULL, NULL);
    }
    if (status != 0)
        fprintf(stderr, "lossy: %s\n", duet_error_message(status));
    return status != 0 || fetches.wrong > 0;
}
