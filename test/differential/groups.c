/* SPDX-License-Identifier: MIT */
/* groups.c - tasks as one piece of work: gather, and groups. */
#include <stdint.h>

#include "scenario.h"

/* --- gather -------------------------------------------------------------- */

typedef struct gathering {
    work works[3];
    bool collect_errors;
    int64_t deadline;     /* 0: none */
    int64_t cancel_at_ms; /* 0: not */
} gathering;

static int gather(void *argument)
{
    gathering *own = argument;
    const duet_gather_options options = {.collect_errors = own->collect_errors};
    duet_call calls[3];
    int status;

    for (int i = 0; i < 3; i++)
        calls[i] = (duet_call){.function = do_work, .argument = &own->works[i]};
    status = duet_gather(calls, 3, &options,
                         own->deadline != 0 ? duet_at_ns(own->deadline)
                                            : DUET_NEVER);
    note("gather: %s", word(status));
    if (status == 0)
        note("%s, %s, %s", word(calls[0].result), word(calls[1].result),
             word(calls[2].result));
    return status;
}

static int gather_then_sleep(void *argument)
{
    gathering *own = argument;

    cancel_at(start(gather, own), own->cancel_at_ms);
    must(sleep_until(100));
    return 0;
}

static int gather_none(void *argument)
{
    (void)argument;
    note("gather: %s", word(duet_gather(NULL, 0, NULL, DUET_NEVER)));
    return 0;
}

static int end_cancelled(void *argument)
{
    (void)argument;
    must(sleep_for(10));
    duet_task_cancel(duet_current_task());
    return sleep_for(1);
}

static int gather_member_cancelled(void *collect_errors)
{
    const duet_gather_options options = {.collect_errors =
                                             collect_errors != NULL};
    work other = {.name = "other", .ms = 20};
    duet_call calls[] = {{.function = end_cancelled},
                         {.function = do_work, .argument = &other}};

    note("gather: %s", word(duet_gather(calls, 2, &options, DUET_NEVER)));
    note("%s", word(calls[0].result));
    must(sleep_until(100));
    return 0;
}

/* --- groups -------------------------------------------------------------- */

typedef struct team {
    work works[2];
    int64_t body_ms;      /* how long the body sleeps */
    int body_result;      /* how it ends then */
    int64_t cancel_at_ms; /* 0: not */
} team;

static int lead(void *argument)
{
    team *own = argument;
    duet_group *group;
    int status = 0;

    must(duet_group_open(&group));
    for (int i = 0; i < 2 && status == 0; i++)
        status = duet_group_spawn(group, do_work, &own->works[i], NULL, NULL);
    if (status == 0)
        status = sleep_for(own->body_ms);
    note("body: %s", word(status));
    if (status == 0)
        status = own->body_result;
    status = duet_group_close(group, status);
    note("group: %s", word(status));
    note("requests: %d", duet_task_cancel_requests(duet_current_task()));
    note("next: %s", word(sleep_for(1)));
    return status;
}

static int group_led(void *argument)
{
    team *own = argument;

    cancel_at(start(lead, own), own->cancel_at_ms);
    return 0;
}

static int group_of_none(void *argument)
{
    duet_group *group;

    (void)argument;
    must(duet_group_open(&group));
    note("group: %s", word(duet_group_close(group, 0)));
    return 0;
}

static int leave_empty_group(void *argument)
{
    duet_group *group;

    (void)argument;
    must(duet_group_open(&group));
    duet_task_cancel(duet_current_task());
    note("group: %s", word(duet_group_close(group, 0)));
    note("next: %s", word(sleep_for(1)));
    note("next: %s", word(sleep_for(1)));
    return 0;
}

static int group_of_none_cancelled(void *argument)
{
    (void)argument;
    return finish(start(leave_empty_group, NULL));
}

static int group_in_group(void *argument)
{
    team inner = {.works = {{.name = "a", .ms = 10, .result = DUET_EIO},
                            {.name = "b", .ms = 30}}};
    work other = {.name = "other", .ms = 50, .clean_up_ms = 5};
    duet_group *group;

    (void)argument;
    must(duet_group_open(&group));
    must(duet_group_spawn(group, do_work, &other, NULL, NULL));
    must(duet_group_spawn(group, lead, &inner, NULL, NULL));
    note("outer group: %s", word(duet_group_close(group, 0)));
    return 0;
}

static int group_with_deadline(void *argument)
{
    work slow = {.name = "slow", .ms = 50, .clean_up_ms = 5};
    duet_timeout *timeout;
    duet_group *group;
    int status;

    (void)argument;
    must(duet_timeout_open(duet_in_ms(10), &timeout));
    must(duet_group_open(&group));
    must(duet_group_spawn(group, do_work, &slow, NULL, NULL));
    status = duet_group_close(group, 0);
    note("group: %s", word(status));
    note("timeout: %s", word(duet_timeout_close(timeout, status)));
    note("next: %s", word(sleep_for(1)));
    return 0;
}

/* --- members ------------------------------------------------------------- */

static int member_cancelled(void *argument)
{
    work works[] = {{.name = "a", .ms = 10}, {.name = "b", .ms = 30}};
    duet_group *group;
    duet_task *task;

    (void)argument;
    must(duet_group_open(&group));
    must(duet_group_spawn(group, do_work, &works[0], NULL, NULL));
    must(duet_group_spawn(group, do_work, &works[1], NULL, &task));
    must(sleep_until(5));
    duet_task_cancel(task);
    must(sleep_until(6));
    note("b: %s", word(duet_task_result(task)));
    note("group: %s", word(duet_group_close(group, 0)));
    return 0;
}

typedef struct adder {
    duet_group *group;
    work fails;
    work late;
} adder;

static int add_one(void *argument)
{
    adder *own = argument;

    must(sleep_for(10));
    note("adds: %s",
         word(duet_group_spawn(own->group, do_work, &own->late, NULL, NULL)));
    return 0;
}

static int member_adds_while_closing(void *argument)
{
    adder own = {.late = {.name = "late", .ms = 10}};

    (void)argument;
    must(duet_group_open(&own.group));
    must(duet_group_spawn(own.group, add_one, &own, NULL, NULL));
    note("group: %s", word(duet_group_close(own.group, 0)));
    return 0;
}

static int add_when_cancelled(void *argument)
{
    adder *own = argument;
    int status = sleep_for(50);

    note("adder: %s", word(status));
    note("adds: %s",
         word(duet_group_spawn(own->group, do_work, &own->late, NULL, NULL)));
    return status;
}

static int member_adds_to_failed(void *argument)
{
    adder own = {.fails = {.name = "fails", .ms = 10, .result = DUET_EIO},
                 .late = {.name = "late", .ms = 10}};

    (void)argument;
    must(duet_group_open(&own.group));
    must(duet_group_spawn(own.group, do_work, &own.fails, NULL, NULL));
    must(duet_group_spawn(own.group, add_when_cancelled, &own, NULL, NULL));
    note("group: %s", word(duet_group_close(own.group, 0)));
    return 0;
}

/* --- the table ----------------------------------------------------------- */

#define ALL_WELL                                                               \
    {                                                                          \
        {.name = "a", .ms = 30}, {.name = "b", .ms = 10},                      \
            {.name = "c", .ms = 20},                                           \
    }
#define ONE_FAILS                                                              \
    {                                                                          \
        {.name = "a", .ms = 30}, {.name = "b", .ms = 10, .result = DUET_EIO},  \
            {.name = "c", .ms = 20},                                           \
    }
#define TWO_FAIL                                                               \
    {                                                                          \
        {.name = "a", .ms = 30}, {.name = "b", .ms = 10, .result = DUET_EIO},  \
            {.name = "c", .ms = 10, .result = DUET_EIO},                       \
    }
#define TIDY                                                                   \
    {                                                                          \
        {.name = "a", .ms = 30, .clean_up_ms = 4}, {.name = "b", .ms = 10},    \
            {.name = "c", .ms = 20, .clean_up_ms = 2},                         \
    }

static gathering well = {.works = ALL_WELL};
static gathering one_fails = {.works = ONE_FAILS};
static gathering one_fails_collected = {.works = ONE_FAILS,
                                        .collect_errors = true};
static gathering two_fail = {.works = TWO_FAIL};
static gathering cancelled = {.works = TIDY, .cancel_at_ms = 15};
static gathering cancelled_collected = {
    .works = TIDY, .collect_errors = true, .cancel_at_ms = 15};
static gathering too_slow = {.works = TIDY, .deadline = 15000000};

#define FAILS_AND_TIDY                                                         \
    {                                                                          \
        {.name = "a", .ms = 10, .result = DUET_EIO},                           \
            {.name = "b", .ms = 30, .clean_up_ms = 5},                         \
    }
#define TIDY_AND_SLOW                                                          \
    {                                                                          \
        {.name = "a", .ms = 30, .clean_up_ms = 5}, {.name = "b", .ms = 40},    \
    }

static team fails_in_body = {.works = FAILS_AND_TIDY, .body_ms = 50};
static team fails_while_closing = {.works = FAILS_AND_TIDY};
static team body_fails = {
    .works = TIDY_AND_SLOW, .body_ms = 10, .body_result = DUET_EIO};
static team cancelled_in_body = {
    .works = TIDY_AND_SLOW, .body_ms = 50, .cancel_at_ms = 15};
static team cancelled_while_closing = {.works = TIDY_AND_SLOW,
                                       .cancel_at_ms = 15};
static team fails_and_cancelled = {
    .works = {{.name = "a", .ms = 10, .result = DUET_EIO},
              {.name = "b", .ms = 30, .clean_up_ms = 10}},
    .cancel_at_ms = 15};
static team member_stubborn = {
    .works =
        {{.name = "a", .ms = 10, .result = DUET_EIO},
         {.name = "b", .ms = 30, .clean_up_ms = 5, .swallows_cancel = true}},
    .body_ms = 50};
static team both_fail = {.works = {{.name = "a", .ms = 10, .result = DUET_EIO},
                                   {.name = "b",
                                    .ms = 30,
                                    .result = DUET_EIO,
                                    .swallows_cancel = true}},
                         .body_ms = 50};

const scenario group_scenarios[] = {
    {"gather", gather_then_sleep, &well, false},
    {"gather, one fails", gather_then_sleep, &one_fails, false},
    {"gather, one fails, collected", gather_then_sleep, &one_fails_collected,
     false},
    {"gather, two fail", gather_then_sleep, &two_fail, false},
    {"gather cancelled", gather_then_sleep, &cancelled, false},
    {"gather cancelled, collected", gather_then_sleep, &cancelled_collected,
     false},
    {"gather with a deadline", gather_then_sleep, &too_slow, false},
    {"gather of none", gather_none, NULL, false},
    {"gather, member cancelled", gather_member_cancelled, NULL, false},
    {"gather, member cancelled, collected", gather_member_cancelled, "", false},
    {"group fails in its body", group_led, &fails_in_body, false},
    {"group fails while closing", group_led, &fails_while_closing, false},
    {"group body fails", group_led, &body_fails, false},
    {"group cancelled in its body", group_led, &cancelled_in_body, false},
    {"group cancelled while closing", group_led, &cancelled_while_closing,
     false},
    {"group fails, then is cancelled", group_led, &fails_and_cancelled, false},
    {"group member swallows cancel", group_led, &member_stubborn, false},
    {"group members fail one after another", group_led, &both_fail, false},
    {"group of none", group_of_none, NULL, false},
    {"group of none, cancelled", group_of_none_cancelled, NULL, false},
    {"group in a group", group_in_group, NULL, false},
    {"group with a deadline", group_with_deadline, NULL, false},
    {"member cancelled", member_cancelled, NULL, false},
    {"member adds while closing", member_adds_while_closing, NULL, false},
    {"group member adds to a failed group", member_adds_to_failed, NULL, false},
    {0},
};
