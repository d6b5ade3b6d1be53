/* SPDX-License-Identifier: MIT */
/* blocking.c - a loop around one fetch. */
#include <duet/blocking.h>

#include <duet/loop.h>

#include "base/error.h"

enum { TIMEOUT_MS = 30000 };

typedef struct blocking_call {
    const char *url;
    const duet_fetch_options *options;
    duet_response **out_response;
    int64_t timeout_ms;
} blocking_call;

static int get(void *argument)
{
    blocking_call *call = argument;
    duet_session *session;
    int status = duet_session_open(NULL, &session);

    if (status == 0) {
        status = duet_get(session, call->url, call->options, call->out_response,
                          call->timeout_ms == DUET_NO_LIMIT
                              ? DUET_NEVER
                              : duet_in_ms(call->timeout_ms));
        duet_session_close(session);
    }
    return status;
}

int duet_blocking_get(const char *url, const duet_fetch_options *options,
                      duet_response **out_response, int64_t timeout_ms)
{
    blocking_call call = {
        .url = url,
        .options = options,
        .out_response = out_response,
        .timeout_ms = timeout_ms == 0 ? TIMEOUT_MS : timeout_ms,
    };

    *out_response = NULL;
    if (options != NULL && options->out_failed != NULL)
        *options->out_failed = NULL;
    if (timeout_ms < DUET_NO_LIMIT)
        return duet__fail(DUET_EINVAL, "a timeout of %lld ms",
                          (long long)timeout_ms);
    return duet_run(get, &call, NULL);
}
