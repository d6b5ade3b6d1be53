/* SPDX-License-Identifier: MIT */
/* phase.c - what the phases are called, how long they may last, and how a
 * failure in one of them reads. */
#include "client/hop/phase.h"

#include <stdarg.h>
#include <stdio.h>

#include <duet/error.h>

#include "base/error.h"
#include "base/limit.h"

enum {
    RESOLVE_MS = 10000,
    CONNECT_MS = 10000,
    TLS_MS = 10000,
    FIRST_BYTE_MS = 60000,
    IDLE_MS = 60000,
};

const char *duet_phase_name(duet_phase phase)
{
    static const char *const names[] = {
#define PHASE_NAME(name, text) text,
        DUET_PHASE_TABLE(PHASE_NAME)
#undef PHASE_NAME
    };

    return (unsigned)phase < DUET__PHASES ? names[phase] : names[0];
}

duet_phase duet_error_phase(void)
{
    return (duet_phase)duet__detail_phase();
}

static int read_limit(const char *option, int64_t value_ms, size_t standard_ms,
                      int64_t *limit_ns)
{
    size_t ms;
    int status = duet__limit_read(option, value_ms, standard_ms, &ms);

    if (status != 0)
        return status;
    *limit_ns = ms > INT64_MAX ? INT64_MAX : duet__ns_of_ms((int64_t)ms);
    return 0;
}

int duet__phase_limits_read(const duet_fetch_options *options,
                            duet__phase_limits *limits)
{
    static const duet_fetch_options standard;
    const duet_fetch_options *from = options != NULL ? options : &standard;
    int64_t *ns = limits->ns;
    int status =
        read_limit("queue_ms", from->queue_ms, SIZE_MAX, &ns[DUET_PHASE_QUEUE]);

    ns[DUET_PHASE_NONE] = INT64_MAX;
    if (status == 0)
        status = read_limit("resolve_ms", from->resolve_ms, RESOLVE_MS,
                            &ns[DUET_PHASE_RESOLVE]);
    if (status == 0)
        status = read_limit("connect_ms", from->connect_ms, CONNECT_MS,
                            &ns[DUET_PHASE_CONNECT]);
    if (status == 0)
        status =
            read_limit("tls_ms", from->tls_ms, TLS_MS, &ns[DUET_PHASE_TLS]);
    if (status == 0)
        status = read_limit("first_byte_ms", from->first_byte_ms, FIRST_BYTE_MS,
                            &ns[DUET_PHASE_FIRST_BYTE]);
    ns[DUET_PHASE_HEAD] = ns[DUET_PHASE_FIRST_BYTE]; /* one time for both */
    if (status == 0)
        status =
            read_limit("idle_ms", from->idle_ms, IDLE_MS, &ns[DUET_PHASE_BODY]);
    ns[DUET_PHASE_SEND] = ns[DUET_PHASE_BODY];
    return status;
}

duet_deadline duet__phase_deadline(const duet__phase_limits *limits,
                                   duet_phase phase, int64_t begin_ns)
{
    int64_t limit_ns = limits->ns[phase];

    return duet_at_ns(limit_ns > INT64_MAX - begin_ns ? INT64_MAX
                                                      : begin_ns + limit_ns);
}

duet_deadline duet__phase_next_check(const duet__phase_limits *limits,
                                     duet_phase phase, int64_t begin_ns,
                                     int64_t now_ns)
{
    duet_deadline next = duet__phase_deadline(limits, phase, begin_ns);

    for (int later = (int)phase + 1; later < DUET__PHASES; later++) {
        duet_deadline earliest =
            duet__phase_deadline(limits, (duet_phase)later, now_ns);

        next = duet_deadline_earlier(next, earliest);
    }
    return next;
}

int duet__phase_fail(int code, duet_phase phase, const char *where,
                     int64_t begin_ns, const char *format, ...)
{
    double seconds = (double)(duet_clock_ns() - begin_ns) / 1e9;
    va_list arguments;
    char sentence[320];

    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    duet__fail(code, "%s %.100s: %s after %.*f s", duet_phase_name(phase),
               where, sentence, seconds < 1 ? 3 : 1, seconds);
    duet__detail_set_phase((int)phase);
    return code;
}
