/* SPDX-License-Identifier: MIT */
#include "file/blocking/job.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include <duet/task.h>

#include "base/list.h"
#include "support/busy_pool.h"
#include "support/in_task.h"
#include "support/memory.h"
#include "support/ticker.h"

typedef struct sample_job {
    duet__job job;
    sem_t *go_on; /* run() waits for it unless NULL */
    int result;
    int answer;
} sample_job;

static atomic_int runs;
static atomic_int frees;
static atomic_bool begun;

static int run_sample(duet__job *job)
{
    sample_job *self = DUET__MEMBER(job, sample_job, job);

    atomic_store(&begun, true);
    if (self->go_on != NULL)
        sem_wait(self->go_on);
    atomic_fetch_add(&runs, 1);
    self->answer = 42;
    return self->result == 0 ? 0 : duet__job_fail(job, self->result);
}

static void free_sample(duet__job *job)
{
    atomic_fetch_add(&frees, 1);
    free(DUET__MEMBER(job, sample_job, job));
}

static sample_job *new_sample(int result, sem_t *go_on)
{
    sample_job *self = malloc(sizeof *self);

    assert_non_null(self);
    *self = (sample_job){.job = {.run = run_sample,
                                 .free = free_sample,
                                 .what = "try",
                                 .path = "it"},
                         .result = result,
                         .go_on = go_on};
    runs = frees = 0;
    begun = false;
    return self;
}

in_task(job_that_succeeds_comes_back)
{
    sample_job *self = new_sample(0, NULL);

    assert_status(duet__job_run(&self->job, NULL, DUET_NEVER), 0);
    assert_int_equal(self->answer, 42);
    assert_int_equal(frees, 0);
    free_sample(&self->job);
}

in_task(job_that_fails_is_freed_and_explained)
{
    sample_job *self = new_sample(DUET_ENOSPC, NULL);

    assert_status(duet__job_run(&self->job, NULL, DUET_NEVER), DUET_ENOSPC);
    assert_int_equal(frees, 1);
    assert_string_equal(duet_error_detail(), "try it: no space left on device");
}

static test_ticker ticker = {.descriptor = -1};

static int run_for_ticks(duet__job *job)
{
    (void)job;
    test_await_ticks(&ticker, 5);
    return 0;
}

/* The job ends only if the loop ticks while it runs. */
in_task(loop_ticks_while_a_job_blocks)
{
    sample_job *self = new_sample(0, NULL);

    self->job.run = run_for_ticks;
    assert_status(duet_spawn(test_tick, &ticker, NULL, NULL), 0);
    assert_status(duet__job_run(&self->job, NULL, DUET_NEVER), 0);
    free_sample(&self->job);
}

static duet_thread_call *straggler;

static int run_it(void *job)
{
    return duet__job_run(job, &straggler, DUET_NEVER);
}

in_task(job_given_up_ends_by_itself)
{
    sem_t go_on;
    sample_job *self = new_sample(0, &go_on);
    duet_task *task;
    int result = 1;

    sem_init(&go_on, 0, 0);
    straggler = NULL;
    assert_status(duet_spawn(run_it, &self->job, NULL, &task), 0);
    while (!atomic_load(&begun))
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    duet_task_cancel(task);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    assert_true(atomic_load(&self->job.given_up));
    assert_non_null(straggler);
    assert_int_equal(runs, 0);
    sem_post(&go_on);
    assert_status(duet_thread_call_wait(straggler, &result, DUET_NEVER), 0);
    assert_int_equal(result, 0);
    assert_int_equal(runs, 1);
    duet_thread_call_free(straggler);
}

static void run_waits_for_what_was_given_up(void **state)
{
    job_given_up_ends_by_itself(state);
    assert_int_equal(frees, 1);
}

in_task(job_past_its_deadline_is_named_and_never_begins)
{
    straggler = NULL;
    test_make_pool_busy();
    assert_status(
        duet__job_run(&new_sample(0, NULL)->job, &straggler, duet_in_ms(1)),
        DUET_ETIMEDOUT);
    assert_string_equal(duet_error_detail(), "try it: deadline passed");
    assert_null(straggler);
    assert_int_equal(frees, 1);
    test_make_pool_free();
}

in_task(job_begun_is_waited_for_again)
{
    sem_t go_on;
    duet_thread_call *call;
    sample_job *self = new_sample(DUET_EIO, &go_on);
    int result = 0;

    sem_init(&go_on, 0, 0);
    assert_status(duet__job_begin(&self->job, &call, DUET_NEVER), 0);
    assert_status(duet__job_wait(call, &result, duet_in_ms(2)), DUET_ETIMEDOUT);
    sem_post(&go_on);
    assert_status(duet__job_wait(call, &result, DUET_NEVER), 0);
    assert_status(result, DUET_EIO);
    assert_int_equal(frees, 0);
    free_sample(&self->job);
}

in_task(discarded_job_is_freed_without_running)
{
    sample_job *self = new_sample(0, NULL);

    duet__job_discard(&self->job);
    duet__job_discard(NULL);
}

static void discarded_job_is_gone_when_the_loop_is(void **state)
{
    discarded_job_is_freed_without_running(state);
    assert_int_equal(runs, 0);
    assert_int_equal(frees, 1);
    duet__job_discard(&new_sample(0, NULL)->job); /* outside tasks */
    assert_int_equal(frees, 1);
}

static void job_outside_tasks_is_refused(void **state)
{
    (void)state;
    assert_status(duet__job_run(&new_sample(0, NULL)->job, NULL, DUET_NEVER),
                  DUET_ENOLOOP);
    assert_int_equal(frees, 1);
}

in_task(job_without_memory_is_freed)
{
    sample_job *self;
    duet_thread_pool *pool;

    assert_status(duet_default_thread_pool(&pool), 0);
    self = new_sample(0, NULL);
    test_fail_allocation(1);
    assert_status(duet__job_run(&self->job, NULL, DUET_NEVER), DUET_ENOMEM);
    assert_true(test_allocation_failed());
    assert_int_equal(frees, 1);
}

static void failure_names_both_paths(void **state)
{
    const duet__job job = {.what = "rename", .path = "a", .to = "b"};

    (void)state;
    errno = EACCES;
    assert_status(duet__job_errno(&job), DUET_EACCES);
    assert_string_equal(duet_error_detail(),
                        "rename a to b: permission denied");
}

TEST_MAIN(test(loop_ticks_while_a_job_blocks),
          test(job_that_succeeds_comes_back),
          test(job_that_fails_is_freed_and_explained),
          test(run_waits_for_what_was_given_up),
          test(job_past_its_deadline_is_named_and_never_begins),
          test(job_begun_is_waited_for_again),
          test(discarded_job_is_gone_when_the_loop_is),
          test(job_outside_tasks_is_refused), test(job_without_memory_is_freed),
          test(failure_names_both_paths))
