/* SPDX-License-Identifier: MIT */
/* 09_fetch_many.c - several pages at once.
 * Shows:  duet_get_all() fetches so many at once; results keep their order.
 * Run:    ./09_fetch_many http://127.0.0.1:8080/delay/30 ...
 * Prints: one line a URL, in the order of the arguments: the status of the
 *         page, or why there is none */
#include <duet/duet.h>

#include <stdio.h>
#include <stdlib.h>

static const char *const *urls;
static size_t url_count;

/* Returns how many URLs have no page. */
static int print(const duet_get_result *results)
{
    int failed = 0;

    for (size_t i = 0; i < url_count; i++) {
        if (results[i].status == 0) {
            printf("%zu: %d\n", i + 1,
                   duet_response_status(results[i].response));
        } else {
            printf("%zu: %s\n", i + 1, results[i].message);
            failed++;
        }
    }
    return failed;
}

static int fetch_all(void *argument)
{
    const duet_get_all_options options = {.at_once = 16, .timeout_ms = 10000};
    duet_get_result *results = calloc(url_count + 1, sizeof *results);
    duet_session *session = NULL;
    int status =
        results != NULL ? duet_session_open(NULL, &session) : DUET_ENOMEM;

    (void)argument;
    if (status == 0)
        status = duet_get_all(session, urls, url_count, &options, results,
                              DUET_NEVER);
    if (status == 0 && print(results) > 0)
        status = 1;
    duet_get_results_clear(results, results != NULL ? url_count : 0);
    free(results);
    duet_session_close(session);
    return status;
}

int main(int count, char **arguments)
{
    urls = (const char *const *)arguments + 1;
    url_count = (size_t)count - 1;
    int status = duet_run(fetch_all, NULL, NULL);
    if (status < 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
