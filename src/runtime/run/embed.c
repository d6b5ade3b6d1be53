/* SPDX-License-Identifier: MIT */
/* embed.c - runs a loop in steps from a foreign event loop.
 *
 * The foreign loop watches our epoll descriptor. Timers and ready tasks, which
 * have no descriptor, are announced by a timerfd in the same set. Invariant:
 * between two steps the timerfd is armed for the time when the next step is
 * due, or disarmed if none is. */
#include <duet/embed.h>

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/core/clock.h"
#include "runtime/look/overflow.h"
#include "runtime/run/run.h"
#include "runtime/core/task.h"

static void silence(void *context, int descriptor, uint32_t events)
{
    uint64_t times;

    (void)context;
    (void)events;
    if (read(descriptor, &times, sizeof times) < 0)
        return; /* rearmed meanwhile: it will fire again */
}

/* When the next step is due, on CLOCK_MONOTONIC. */
static duet_deadline next_due(duet_loop *loop)
{
    duet_deadline next = duet__loop_next(loop);

    /* Virtual time jumps to the deadline at once. */
    return loop->options.virtual_time && !duet_deadline_is_never(next)
               ? DUET_NOW
               : next;
}

static void arm(duet_loop *loop)
{
    duet_deadline next = next_due(loop);
    struct itimerspec when = {0};

    if (!duet_deadline_is_never(next)) {
        /* All zero would disarm the timer. */
        when.it_value.tv_sec = next.at_ns / 1000000000;
        when.it_value.tv_nsec =
            next.at_ns % 1000000000 + (next.at_ns < 1000000000);
    }
    timerfd_settime(loop->embed_timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static void disarm(duet_loop *loop)
{
    const struct itimerspec never = {0};

    timerfd_settime(loop->embed_timer, 0, &never, NULL);
}

static void close_timer(duet_loop *loop)
{
    duet__source_remove(&loop->descriptors, loop->embed_timer);
    close(loop->embed_timer);
    loop->embed_timer = -1;
}

int duet_loop_start(duet_loop *loop, duet_task_function *main, void *argument)
{
    int status;

    if (loop->embed_timer >= 0 || loop->tasks > 0)
        return duet__fail_plainly(DUET_EBUSY);
    loop->embed_timer =
        timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (loop->embed_timer < 0)
        return duet__error_from_errno(errno);
    status = duet__source_watch(&loop->descriptors, loop->embed_timer, EPOLLIN,
                                silence, loop);
    if (status == 0)
        status = duet__run_begin(loop, main, argument);
    if (status != 0) {
        close_timer(loop);
        return status;
    }
    if (!loop->options.no_overflow_report)
        duet__overflow_report_start(loop);
    arm(loop);
    return 0;
}

int duet_loop_descriptor(const duet_loop *loop)
{
    return loop->embed_timer >= 0 ? loop->descriptors.epoll : -1;
}

int duet_loop_step(duet_loop *loop)
{
    bool goes_on;

    if (loop->embed_timer < 0)
        return duet__fail_plainly(DUET_ESTATE);
    if (duet__loop_current != NULL)
        return duet__fail_plainly(DUET_EBUSY);
    duet__loop_current = loop;
    duet__context_adopt_thread(&loop->context);
    if (loop->options.virtual_time)
        disarm(loop); /* it is not an outside event */
    duet__loop_turn(loop, duet_deadline_is_now(next_due(loop)));
    goes_on = duet__run_goes_on(loop);
    duet__loop_current = NULL;
    arm(loop);
    return goes_on;
}

duet_deadline duet_loop_next(duet_loop *loop)
{
    return next_due(loop);
}

void duet_loop_cancel(duet_loop *loop)
{
    if (loop->main != NULL)
        duet_task_cancel(loop->main);
}

int duet_loop_finish(duet_loop *loop)
{
    if (loop->embed_timer < 0 || loop->tasks > 0)
        return duet__fail_plainly(DUET_ESTATE);
    duet__overflow_report_stop(loop);
    close_timer(loop);
    return duet__run_end(loop);
}
