/* SPDX-License-Identifier: MIT */
/* blocking.c - a loop around one fetch. */
#include <duet/blocking.h>

#include <stdio.h>

#include <duet/loop.h>

#include "base/error.h"

enum { TIMEOUT_MS = 30000, DETAIL_BYTES = 512 };

typedef struct blocking_call {
    const char *url;
    const duet_fetch_options *options;
    duet_response **out_response;
    int64_t timeout_ms;
    /* The task's detail, which ends with it. */
    char detail[DETAIL_BYTES];
    duet_phase phase;
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
    snprintf(call->detail, sizeof call->detail, "%s", duet_error_detail());
    call->phase = duet_error_phase();
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
    int status;

    *out_response = NULL;
    if (timeout_ms < DUET_NO_LIMIT)
        return duet__fail(DUET_EINVAL, "a timeout of %lld ms",
                          (long long)timeout_ms);
    status = duet_run(get, &call, NULL);
    if (status != 0 && call.detail[0] != '\0') {
        duet__fail(status, "%s", call.detail);
        duet__detail_set_phase((int)call.phase);
    }
    return status;
}
