/* SPDX-License-Identifier: MIT */
/* host_gate.c - an admission without a total limit, before the session's own.
 */
#include "fetch/host_gate.h"

#include <duet/error.h>
#include <duet/url.h>

void duet__host_gate_init(duet__host_gate *gate, int64_t at_once,
                          int64_t per_host)
{
    duet__admission_init(&gate->admission, SIZE_MAX, (size_t)per_host);
    gate->is_needless = per_host >= at_once;
}

static int wait_without_slot(duet__host_gate *gate, duet__slots *slots,
                             duet__text origin, duet__admission_host **out_host)
{
    bool has_left = duet__slots_leave(slots);
    int status =
        duet__admission_enter(&gate->admission, origin, out_host, DUET_NEVER);

    if (has_left && !duet__slots_return(slots) && status == 0) {
        duet__host_gate_leave(gate, *out_host);
        status = DUET_ECANCELED;
    }
    return status;
}

int duet__host_gate_enter(duet__host_gate *gate, duet__slots *slots,
                          const char *url, duet__admission_host **out_host,
                          int64_t *waited_ns)
{
    int64_t begin_ns;
    duet__text origin;
    duet_url *parts;
    int status;

    *out_host = NULL;
    *waited_ns = 0;
    if (gate->is_needless)
        return 0;
    status = duet_url_parse(url, &parts);
    if (status != 0) /* whoever fetches it says so */
        return status == DUET_ENOMEM ? status : 0;
    origin = duet__text_from(duet_url_origin(parts));
    status =
        duet__admission_enter(&gate->admission, origin, out_host, DUET_NOW);
    if (status == DUET_ETIMEDOUT) {
        begin_ns = duet_clock_ns();
        status = wait_without_slot(gate, slots, origin, out_host);
        *waited_ns = duet_clock_ns() - begin_ns;
    }
    duet_url_free(parts);
    if (status != 0)
        *out_host = NULL;
    return status;
}

void duet__host_gate_leave(duet__host_gate *gate, duet__admission_host *host)
{
    if (host != NULL)
        duet__admission_leave(&gate->admission, host);
}

void duet__host_gate_close(duet__host_gate *gate)
{
    duet__admission_close(&gate->admission);
}

void duet__host_gate_free(duet__host_gate *gate)
{
    duet__admission_free(&gate->admission);
}
