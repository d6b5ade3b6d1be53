/* SPDX-License-Identifier: MIT */
/* maps.c - the bounded map, and doing something at even intervals. */
#include "scenario.h"

enum { INPUTS = 5 };

typedef struct mapping {
    work works[INPUTS];
    size_t next;
    int next_fails_at; /* which input cannot be given; 0: all can */
    bool takes;
    bool in_order;
    const char *stops_at; /* whose result ends the map */
    int64_t deadline;     /* 0: none */
    int64_t cancel_at_ms; /* 0: not */
} mapping;

static int next_input(void *context, void **out_input)
{
    mapping *own = context;

    if (own->next_fails_at != 0 && own->next_fails_at == (int)own->next)
        return DUET_EIO;
    if (own->next == INPUTS || own->works[own->next].name == NULL)
        return DUET_EEMPTY;
    *out_input = &own->works[own->next++];
    return 0;
}

static int work_on(void *context, void *input, void **out_output)
{
    (void)context;
    *out_output = input;
    return do_work(input);
}

static int take(void *context, void *input, void *output, int result)
{
    mapping *own = context;
    const work *given = input;

    note("taken %s: %s%s", given->name, word(result),
         output == NULL ? ", never ran" : "");
    return own->stops_at == given->name ? DUET_EIO : 0;
}

static int map(void *argument)
{
    mapping *own = argument;
    const duet_bounded_map_steps steps = {
        .next = next_input, .work = work_on, .take = own->takes ? take : NULL};
    const duet_bounded_map_options options = {.at_once = 2,
                                              .in_order = own->in_order};
    int status = duet_bounded_map(&steps, own, &options,
                                  own->deadline != 0 ? duet_at_ns(own->deadline)
                                                     : DUET_NEVER);

    note("map: %s", word(status));
    return status;
}

static int run_map(void *argument)
{
    mapping *own = argument;

    cancel_at(start(map, own), own->cancel_at_ms);
    must(sleep_until(100));
    return 0;
}

/* --- at even intervals --------------------------------------------------- */

static int beat(void *argument)
{
    static const int64_t lasts[] = {3, 10, 25, 1, 0};
    int *beats = argument;

    note("beat");
    must(sleep_for(lasts[*beats]));
    return ++*beats == 5 ? 7 : 0;
}

static int repeat(void *argument)
{
    int beats = 0;

    (void)argument;
    note("repeat: %d", duet_repeat_every(10, beat, &beats, DUET_NEVER));
    return 0;
}

static char name_c[] = "c";

#define WORKS                                                                  \
    {                                                                          \
        {.name = "a", .ms = 30}, {.name = "b", .ms = 10},                      \
            {.name = name_c, .ms = 10}, {.name = "d", .ms = 5},                \
            {.name = "e", .ms = 30, .clean_up_ms = 3},                         \
    }
#define WORKS_WITH_FAILURE                                                     \
    {                                                                          \
        {.name = "a", .ms = 30, .clean_up_ms = 3}, {.name = "b", .ms = 10},    \
            {.name = "c", .ms = 10, .result = DUET_EIO},                       \
            {.name = "d", .ms = 5}, {.name = "e", .ms = 5},                    \
    }

static mapping as_they_end = {.works = WORKS, .takes = true};
static mapping in_order = {.works = WORKS, .takes = true, .in_order = true};
static mapping no_input = {.takes = true};
static mapping fails = {.works = WORKS_WITH_FAILURE};
static mapping failure_taken = {.works = WORKS_WITH_FAILURE, .takes = true};
static mapping stopped = {.works = WORKS, .takes = true, .stops_at = name_c};
static mapping next_fails = {.works = WORKS, .takes = true, .next_fails_at = 3};
static mapping too_slow = {.works = WORKS, .takes = true, .deadline = 27000000};
static mapping cancelled = {.works = WORKS, .takes = true, .cancel_at_ms = 12};

const scenario map_scenarios[] = {
    {"map as they end", run_map, &as_they_end, false},
    {"map in order", run_map, &in_order, false},
    {"map of nothing", run_map, &no_input, false},
    {"map, one fails", run_map, &fails, false},
    {"map, one fails and is taken", run_map, &failure_taken, false},
    {"map stopped", run_map, &stopped, false},
    {"map, no more input", run_map, &next_fails, false},
    {"map with a deadline", run_map, &too_slow, false},
    {"map cancelled", run_map, &cancelled, false},
    {"repeated", repeat, NULL, false},
    {0},
};
