/* SPDX-License-Identifier: MIT */
/* get_all.c - many URLs in one call: duet_bounded_map() over duet_get().
 *
 * Invariant: a result is set by the task of its URL alone. */
#include <duet/get_all.h>

#include <stdlib.h>
#include <string.h>

#include <duet/bounded_map.h>

#include "base/error.h"

typedef struct get_all {
    duet_session *session;
    const char *const *urls;
    duet_get_result *results;
    size_t count;
    size_t next; /* the first that no task has taken */
    const duet_get_all_options *options;
    duet_deadline deadline;
} get_all;

static int next_result(void *context, void **out_input)
{
    get_all *all = context;

    if (all->next == all->count)
        return DUET_EEMPTY;
    *out_input = &all->results[all->next++];
    return 0;
}

/* Fails only where the result has no room for what to say. */
static int get_one(void *context, void *input, void **out_output)
{
    get_all *all = context;
    duet_get_result *result = input;
    int64_t timeout_ms = all->options->timeout_ms;
    duet_deadline deadline = all->deadline;

    (void)out_output;
    if (timeout_ms > 0)
        deadline = duet_deadline_earlier(deadline, duet_in_ms(timeout_ms));
    result->status = duet_get(all->session, all->urls[result - all->results],
                              all->options->fetch, &result->response, deadline);
    if (result->status == 0)
        return 0;
    result->message = strdup(duet_error_message(result->status));
    return result->message != NULL ? 0 : DUET_ENOMEM;
}

static int check(const duet_get_all_options *options)
{
    if (options->timeout_ms < DUET_NO_LIMIT)
        return duet__fail(DUET_EINVAL, "timeout_ms is %lld",
                          (long long)options->timeout_ms);
    if (options->fetch != NULL && options->fetch->body_sink != NULL)
        return duet__fail(DUET_EINVAL, "one body_sink for many URLs");
    if (options->fetch != NULL && options->fetch->out_failed != NULL)
        return duet__fail(DUET_EINVAL, "one out_failed for many URLs");
    return 0;
}

int duet_get_all(duet_session *session, const char *const *urls, size_t count,
                 const duet_get_all_options *options, duet_get_result *results,
                 duet_deadline deadline)
{
    static const duet_bounded_map_steps steps = {.next = next_result,
                                                 .work = get_one};
    static const duet_get_all_options defaults;
    get_all all = {.session = session,
                   .urls = urls,
                   .results = results,
                   .count = count,
                   .options = options != NULL ? options : &defaults,
                   .deadline = deadline};
    const duet_bounded_map_options map = {.at_once = all.options->at_once,
                                          .name = "get_all"};
    int status = check(all.options);

    for (size_t i = 0; i < count; i++)
        results[i] = (duet_get_result){0};
    /* The deadline ends each fetch by itself, so that the rest is kept. */
    if (status == 0)
        status = duet_bounded_map(&steps, &all, &map, DUET_NEVER);
    if (status != 0)
        duet_get_results_clear(results, count);
    return status;
}

void duet_get_results_clear(duet_get_result *results, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        duet_response_free(results[i].response);
        free(results[i].message);
        results[i] = (duet_get_result){0};
    }
}
