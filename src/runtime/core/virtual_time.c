/* SPDX-License-Identifier: MIT */
/* virtual_time.c - jumps of the virtual clock.
 *
 * Owns loop->silent_since_ns. Invariant: it is 0 unless the loop has done
 * nothing but wait since then. */
#include "runtime/core/virtual_time.h"

#include "base/error.h"
#include "base/limit.h"
#include "runtime/core/clock.h"

enum {
    SILENCE_DEFAULT_MS = 20,
    /* Work ends by itself, but a call may wait for the loop: so there is a
     * limit. */
    WORK_MS = 1000,
    /* Other threads may call the loop at any time (loop.h). */
    STUCK_MS = 1000,
    /* The longest time that a foreign loop is blocked (embed.h). */
    STEP_MS = 20,
};

static const int64_t ns_per_ms = 1000000;

int duet__virtual_time_check(const duet_loop_options *options)
{
    if (options->virtual_silence_ms < 0)
        return duet__fail(DUET_EINVAL,
                          "virtual_silence_ms is %lld, allowed are 1 and more",
                          (long long)options->virtual_silence_ms);
    return 0;
}

/* --- what is under way --------------------------------------------------- */

/* Does a client wait for a response that no handler of this loop works on? */
static bool waits_for_response(const duet__under_way *drivers)
{
    for (size_t i = 0; i < sizeof drivers->asking / sizeof *drivers->asking;
         i++)
        if (drivers->asking[i] & ~drivers->handled[i])
            return true;
    return false;
}

static void ask_drivers(duet_loop *loop, bool *waits_for_peer, bool *listens)
{
    duet__under_way drivers = {0};

    for (duet__link *link = loop->drivers.next; link != &loop->drivers;
         link = link->next) {
        duet__driver *driver = DUET__MEMBER(link, duet__driver, link);

        if (driver->under_way != NULL)
            driver->under_way(driver, &drivers);
    }
    *waits_for_peer = drivers.waits_for_peer || waits_for_response(&drivers);
    *listens = drivers.listens;
}

/* How long there must have been no outside event, in nanoseconds of real time;
 * INT64_MAX: the next event can only come from outside. */
static int64_t silence_needed(duet_loop *loop, duet_deadline next)
{
    int64_t silence_ms = loop->options.virtual_silence_ms;
    bool waits_for_peer = loop->waiting_outside[DUET__FOR_PEER] > 0;
    bool waits_for_work = loop->waiting_outside[DUET__FOR_WORK] > 0;
    bool drivers_wait = false;
    bool listens = false;

    if (silence_ms == 0)
        silence_ms = SILENCE_DEFAULT_MS;
    if (!duet__list_is_empty(&loop->drivers))
        ask_drivers(loop, &drivers_wait, &listens);
    waits_for_peer = waits_for_peer || drivers_wait;
    if (duet_deadline_is_never(next)) {
        if (waits_for_peer || waits_for_work || listens ||
            loop->signal_handlers > 0)
            return INT64_MAX;
        return duet__ns_of_ms(loop->is_stuck ? silence_ms : STUCK_MS);
    }
    if (waits_for_work) {
        int64_t ahead_ns = next.at_ns - loop->virtual_ns;

        return ahead_ns > WORK_MS * ns_per_ms ? ahead_ns : WORK_MS * ns_per_ms;
    }
    return waits_for_peer ? duet__ns_of_ms(silence_ms) : 0;
}

/* --- jumps --------------------------------------------------------------- */

/* Waits for events for the rest of the time that must pass without one. Returns
 * whether there was none. */
static bool was_silent(duet_loop *loop, int64_t needed_ns)
{
    int64_t now_ns = duet__clock_real_ns();
    int64_t left_ns;

    if (needed_ns == 0)
        return true;
    if (loop->silent_since_ns == 0)
        loop->silent_since_ns = now_ns;
    left_ns = needed_ns == INT64_MAX
                  ? -1
                  : needed_ns - (now_ns - loop->silent_since_ns);
    if (loop->embed_timer >= 0 &&
        (left_ns < 0 || left_ns > STEP_MS * ns_per_ms))
        left_ns = STEP_MS * ns_per_ms;
    if (duet__poll(loop, left_ns) > 0) {
        loop->silent_since_ns = 0;
        return false;
    }
    return needed_ns != INT64_MAX &&
           duet__clock_real_ns() - loop->silent_since_ns >= needed_ns;
}

void duet__virtual_time_pass(duet_loop *loop, duet_deadline next)
{
    if (duet__poll(loop, 0) > 0 || next.at_ns <= loop->virtual_ns) {
        loop->silent_since_ns = 0;
        return;
    }
    if (!was_silent(loop, silence_needed(loop, next)))
        return;
    loop->silent_since_ns = 0;
    if (duet_deadline_is_never(next))
        loop->is_at_rest = true;
    else
        loop->virtual_ns = next.at_ns;
}
