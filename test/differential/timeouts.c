/* SPDX-License-Identifier: MIT */
/* timeouts.c - scopes that bound a stretch of a task's own code. */
#include "scenario.h"

/* Two timeouts around one sleep. */
typedef struct nest {
    int64_t outer_ms;
    int64_t inner_ms;
    int64_t sleep_ms;
    int64_t cancel_at_ms; /* 0: not */
} nest;

static int sleep_in_nest(void *argument)
{
    const nest *own = argument;
    duet_timeout *outer, *inner;
    int status;

    must(duet_timeout_open(duet_in_ms(own->outer_ms), &outer));
    must(duet_timeout_open(duet_in_ms(own->inner_ms), &inner));
    status = sleep_for(own->sleep_ms);
    note("sleep: %s", word(status));
    note("expired: %d %d", duet_timeout_has_expired(inner),
         duet_timeout_has_expired(outer));
    status = duet_timeout_close(inner, status);
    note("inner: %s", word(status));
    status = duet_timeout_close(outer, status);
    note("outer: %s", word(status));
    note("requests: %d", duet_task_cancel_requests(duet_current_task()));
    note("next: %s", word(sleep_for(1)));
    return status;
}

static int timeouts_nested(void *argument)
{
    nest *own = argument;

    cancel_at(start(sleep_in_nest, own), own->cancel_at_ms);
    return 0;
}

static int timeout_moved(void *argument)
{
    duet_timeout *timeout;
    int status;

    (void)argument;
    must(duet_timeout_open(duet_in_ms(10), &timeout));
    must(sleep_for(5));
    must(duet_timeout_move(timeout, duet_at_ns(30000000)));
    note("sleep: %s", word(sleep_for(15)));
    status = sleep_for(50);
    note("sleep: %s", word(status));
    note("move: %s", word(duet_timeout_move(timeout, duet_at_ns(90000000))));
    note("timeout: %s", word(duet_timeout_close(timeout, status)));
    return 0;
}

/* From `first` to `second` after 5 ms, around a sleep to 50 ms. */
static void move(const char *name, duet_deadline first, duet_deadline second)
{
    int64_t begin = duet_clock_ns();
    duet_timeout *timeout;
    int status;

    must(duet_timeout_open(first, &timeout));
    must(sleep_for(5));
    must(duet_timeout_move(timeout, second));
    status = duet_sleep(duet_at_ns(begin + 50000000));
    note("%s: %s", name, word(status));
    note("timeout: %s", word(duet_timeout_close(timeout, status)));
}

static int timeout_off_and_on(void *argument)
{
    (void)argument;
    move("on", DUET_NEVER, duet_in_ms(20));
    move("off", duet_in_ms(20), DUET_NEVER);
    move("into the past", duet_in_ms(20), duet_in_ms(-1));
    return 0;
}

static int timeout_has_passed(void *argument)
{
    duet_timeout *timeout;
    int status;

    (void)argument;
    must(duet_timeout_open(DUET_NOW, &timeout));
    note("body");
    status = sleep_for(50);
    note("sleep: %s", word(status));
    note("timeout: %s", word(duet_timeout_close(timeout, status)));
    note("next: %s", word(sleep_for(1)));
    return 0;
}

/* A body that ends, once its sleep was cut off, by `result`. */
static void end_by(int result)
{
    duet_timeout *timeout;

    must(duet_timeout_open(duet_in_ms(10), &timeout));
    note("sleep: %s", word(sleep_for(50)));
    note("clean-up: %s", word(sleep_for(5)));
    note("timeout: %s", word(duet_timeout_close(timeout, result)));
    note("requests: %d", duet_task_cancel_requests(duet_current_task()));
}

static int timeout_body_goes_on(void *argument)
{
    (void)argument;
    end_by(0);
    end_by(DUET_EIO);
    end_by(DUET_ECANCELED);
    return 0;
}

static nest inner_first = {50, 10, 80, 0};
static nest outer_first = {10, 50, 80, 0};
static nest both_at_once = {10, 10, 80, 0};
static nest none = {50, 50, 10, 0};
static nest as_it_ends = {50, 10, 10, 0};
static nest cancelled = {50, 60, 80, 10};
static nest cancelled_and_inner = {50, 10, 80, 10};

const scenario timeout_scenarios[] = {
    {"timeouts, inner first", timeouts_nested, &inner_first, false},
    {"timeouts, outer first", timeouts_nested, &outer_first, false},
    {"timeouts, both at once", timeouts_nested, &both_at_once, false},
    {"timeouts, none", timeouts_nested, &none, false},
    {"timeouts, as the sleep ends", timeouts_nested, &as_it_ends, false},
    {"timeouts, cancelled", timeouts_nested, &cancelled, false},
    {"timeouts, cancelled as one expires", timeouts_nested,
     &cancelled_and_inner, false},
    {"timeout moved", timeout_moved, NULL, false},
    {"timeout off and on", timeout_off_and_on, NULL, false},
    {"timeout that has passed", timeout_has_passed, NULL, false},
    {"timeout whose body goes on", timeout_body_goes_on, NULL, false},
    {0},
};
