/* SPDX-License-Identifier: MIT */
/* duet's client under load: fetches URL/0, URL/1, ... AT_ONCE at a time, each
 * body whole.
 *
 * usage: duet_fetch URL COUNT AT_ONCE
 * Prints one JSON object. */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <duet/duet.h>

struct work {
    const char *url;
    long count, at_once, next, errors;
    duet_session *session;
};

static double now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int fetch_next(void *argument)
{
    struct work *work = argument;
    while (work->next < work->count) {
        char url[512];
        duet_response *response;
        snprintf(url, sizeof url, "%s/%ld", work->url, work->next++);
        int status = duet_get(work->session, url, NULL, &response,
                              duet_in_ms(30 * 1000));
        if (status == DUET_ECANCELED)
            return status;
        if (status != 0 || duet_response_status(response) != 200)
            work->errors++;
        duet_response_free(response);
    }
    return 0;
}

static int fetch_all(void *argument)
{
    struct work *work = argument;
    duet_session_options options = {.connections_max = work->at_once,
                                    .per_host_max = work->at_once};
    duet_group *group;
    int status = duet_session_open(&options, &work->session);
    if (status == 0)
        status = duet_group_open(&group);
    if (status != 0)
        return status;
    double begin = now();
    for (long i = 0; status == 0 && i < work->at_once; i++)
        status = duet_group_spawn(group, fetch_next, work, NULL, NULL);
    status = duet_group_close(group, status);
    printf("{\"requests\": %ld, \"seconds\": %.6f, \"errors\": %ld}\n",
           work->next, now() - begin, work->errors);
    duet_session_close(work->session);
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: duet_fetch URL COUNT AT_ONCE\n");
        return 2;
    }
    struct work work = {
        .url = argv[1], .count = atol(argv[2]), .at_once = atol(argv[3])};
    int status = duet_run(fetch_all, &work, NULL);
    if (status != 0)
        fprintf(stderr, "duet_fetch: %s\n", duet_error_name(status));
    return status != 0 || work.errors != 0;
}
