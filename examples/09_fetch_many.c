/* SPDX-License-Identifier: MIT */
/* 09_fetch_many.c - several pages at once.
 * Shows:  duet_gather() runs calls at once; results keep their order.
 * Run:    ./09_fetch_many http://127.0.0.1:8080/delay/30 ...
 * Prints: one line a URL, in the order of the arguments: the status of the
 *         page, or why there is none */
#include <duet/duet.h>

#include <stdio.h>
#include <stdlib.h>

static duet_session *session;
static char **urls;
static size_t url_count;

/* Returns the status of the page. */
static int fetch(void *url)
{
    duet_response *response;
    int status = duet_get(session, url, NULL, &response, duet_in_ms(10000));

    if (status == 0) {
        status = duet_response_status(response);
        duet_response_free(response);
    }
    return status;
}

static int fetch_all(void *argument)
{
    const duet_gather_options collect = {.collect_errors = true};
    duet_call *calls = calloc(url_count, sizeof *calls);
    int status =
        calls != NULL ? duet_session_open(NULL, &session) : DUET_ENOMEM;
    int failed = 0;

    (void)argument;
    for (size_t i = 0; i < url_count && status == 0; i++)
        calls[i] = (duet_call){.function = fetch, .argument = urls[i]};
    if (status == 0) {
        status = duet_gather(calls, url_count, &collect, DUET_NEVER);
        duet_session_close(session);
    }
    for (size_t i = 0; i < url_count && status == 0; i++) {
        if (calls[i].result > 0) {
            printf("%zu: %d\n", i + 1, calls[i].result);
        } else {
            printf("%zu: %s\n", i + 1, duet_error_text(calls[i].result));
            failed = calls[i].result;
        }
    }
    free(calls);
    return status != 0 ? status : failed;
}

int main(int count, char **arguments)
{
    urls = arguments + 1;
    url_count = (size_t)count - 1;
    return duet_run(fetch_all, NULL, NULL) == 0 ? 0 : 1;
}
