/* SPDX-License-Identifier: MIT */
/* scenario.h - what the scenarios on duet's side are made of.
 *
 * Each scenario has a twin of the same name in Python; both print what happens
 * and when, on virtual time, and compare.py compares. A note is one line:
 * milliseconds since the beginning, then the text. */
#ifndef DUET_TEST_DIFFERENTIAL_SCENARIO_H
#define DUET_TEST_DIFFERENTIAL_SCENARIO_H

#include <duet/duet.h>

typedef struct scenario {
    const char *name;
    int (*run)(void *argument);
    void *argument;
    bool makes_loops; /* run() is called outside a loop */
} scenario;

/* Prints one line of the log. */
DUET_PRINTF(1, 2) void note(const char *format, ...);

/* The loops that scenarios run on: virtual time, no SIGINT. */
extern const duet_loop_options loop_options;

/* How both sides call a status: "ok", "cancelled", "timed out" ... */
const char *word(int status);

/* Ends the program if a call that cannot fail here did. */
#define must(call) must_succeed((call), #call, __FILE__, __LINE__)
void must_succeed(int status, const char *call, const char *file, int line);

/* Sleeps until that many milliseconds since the beginning. */
int sleep_until(int64_t ms);

/* Sleeps for that many milliseconds. */
int sleep_for(int64_t ms);

/* Spawns a task that the calling task can join. */
duet_task *start(duet_task_function *function, void *argument);

/* Waits for a task of start() and returns its result. */
int finish(duet_task *task);

/* Notes how a task ends that is cancelled at that time; 0: it is not. */
void cancel_at(duet_task *task, int64_t ms);

/* What most tasks here do: sleep, then end. One that is cancelled may take its
 * time to clean up, and may then end by its result all the same. */
typedef struct work {
    const char *name;
    int64_t ms;
    int result;
    int64_t clean_up_ms;
    bool swallows_cancel;
} work;

int do_work(void *work);

/* Spawns do_work(); `own` is borrowed until it ends. */
duet_task *start_work(work *own);

/* Spawns it for each of several. */
void start_works(work *works, size_t count, duet_task **out_tasks);

/* finish() for each of several. */
void finish_tasks(duet_task *const *tasks, size_t count);

/* The scenarios, each table ended by one without name. */
extern const scenario *const await_scenarios;
extern const scenario callback_scenarios[];
extern const scenario channel_scenarios[];
extern const scenario event_scenarios[];
extern const scenario future_scenarios[];
extern const scenario group_scenarios[];
extern const scenario local_scenarios[];
extern const scenario lock_scenarios[];
extern const scenario loop_scenarios[];
extern const scenario map_scenarios[];
extern const scenario queue_scenarios[];
extern const scenario task_scenarios[];
extern const scenario thread_scenarios[];
extern const scenario timeout_scenarios[];
extern const scenario wait_scenarios[];

/* awaits.c makes its table at the start. */
void make_await_scenarios(void);

#endif
