/* SPDX-License-Identifier: MIT */
/* threads.c - calls in other threads, and calls from them.
 *
 * No timer is armed while a thread is waited for: virtual time would jump. */
#include <semaphore.h>

#include "scenario.h"

/* --- to a thread --------------------------------------------------------- */

static int answer(void *result)
{
    return *(int *)result;
}

static void note_to_thread(duet_thread_function *function, void *argument)
{
    int result;
    int status = duet_to_thread(function, argument, &result, DUET_NEVER);

    note("to thread: %s", word(status == 0 ? result : status));
}

static int to_thread(void *argument)
{
    (void)argument;
    note_to_thread(answer, &(int){7});
    note_to_thread(answer, &(int){DUET_EIO});
    return 0;
}

static int pass_gate(void *gate)
{
    return sem_wait(gate) == 0 ? 0 : DUET_EIO;
}

static int go_through(void *gate)
{
    note_to_thread(pass_gate, gate);
    return 0;
}

static int to_thread_cancelled(void *argument)
{
    duet_thread_pool *pool;
    duet_task *task;
    sem_t gate;

    (void)argument;
    must(sem_init(&gate, 0, 0));
    task = start(go_through, &gate);
    for (int i = 0; i < 3; i++)
        must(duet_yield());
    duet_task_cancel(task);
    note("result: %s", word(finish(task)));
    must(sem_post(&gate));
    note_to_thread(answer, &(int){0});
    /* The call that goes on uses the gate. */
    must(duet_default_thread_pool(&pool));
    must(duet_thread_pool_shutdown(pool, false, DUET_NEVER));
    must(sem_destroy(&gate));
    return 0;
}

/* --- from a thread ------------------------------------------------------- */

typedef struct caller {
    duet_loop *loop;
    duet_event *event;
    duet_future *future;
    int result; /* of what the thread had run */
} caller;

static void say(void *text)
{
    note("%s", (const char *)text);
}

static void set_event(void *event)
{
    note("sets the event");
    duet_event_set(event);
}

static int call_three(void *argument)
{
    caller *own = argument;

    must(duet_loop_call_from_thread(own->loop, say, "first"));
    must(duet_loop_call_from_thread(own->loop, say, "second"));
    must(duet_loop_call_from_thread(own->loop, set_event, own->event));
    return 0;
}

static int calls_from_thread(void *argument)
{
    caller own = {.loop = duet_current_loop()};
    duet_thread *thread;

    (void)argument;
    must(duet_event_new(&own.event));
    must(duet_thread_start(call_three, &own, NULL, &thread));
    note("event: %s", word(duet_event_wait(own.event, DUET_NEVER)));
    must(duet_thread_join(thread, NULL, DUET_NEVER));
    duet_event_free(own.event);
    return 0;
}

static int yield_and_fail(void *argument)
{
    note("in the loop");
    must(duet_yield());
    return *(int *)argument;
}

static void run_one(caller *own, int result, char *said)
{
    must(duet_run_from_thread(own->loop, yield_and_fail, &result, NULL,
                              &own->result, DUET_NEVER));
    must(duet_loop_call_from_thread(own->loop, say, said));
    must(own->result == result ? 0 : DUET_ESTATE);
}

static int run_two(void *own)
{
    run_one(own, 0, "the thread: ok");
    run_one(own, DUET_EIO, "the thread: failed");
    return 0;
}

static int runs_from_thread(void *argument)
{
    caller own = {.loop = duet_current_loop()};
    duet_thread *thread;

    (void)argument;
    must(duet_thread_start(run_two, &own, NULL, &thread));
    must(duet_thread_join(thread, NULL, DUET_NEVER));
    must(duet_yield());
    note("main");
    return 0;
}

static int settle(void *argument)
{
    caller *own = argument;

    if (own->result == 0)
        must(duet_future_set_from_thread(own->future, own));
    else
        must(duet_future_fail_from_thread(own->future, own->result));
    return 0;
}

static int future_from_thread(void *argument)
{
    static const int results[] = {0, DUET_EIO};

    (void)argument;
    for (int i = 0; i < 2; i++) {
        caller own = {.result = results[i]};
        duet_thread *thread;

        must(duet_future_new(&own.future));
        must(duet_thread_start(settle, &own, NULL, &thread));
        note("future: %s",
             word(duet_future_wait(own.future, NULL, DUET_NEVER)));
        must(duet_thread_join(thread, NULL, DUET_NEVER));
        duet_future_free(own.future);
    }
    return 0;
}

const scenario thread_scenarios[] = {
    {"to a thread", to_thread, NULL, false},
    {"to a thread, cancelled", to_thread_cancelled, NULL, false},
    {"calls from a thread", calls_from_thread, NULL, false},
    {"tasks from a thread", runs_from_thread, NULL, false},
    {"future set from a thread", future_from_thread, NULL, false},
    {0},
};
