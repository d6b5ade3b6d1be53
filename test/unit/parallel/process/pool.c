/* SPDX-License-Identifier: MIT */
#include <duet/process_pool.h>

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/in_task.h"
#include "support/process.h"
#include "support/worker.h"

static duet_process_pool *new_pool(const duet_process_pool_options *options)
{
    duet_process_pool *pool;

    assert_status(duet_process_pool_new(options, &pool), 0);
    return pool;
}

static int call(duet_process_pool *pool, duet_process_call_function *function,
                int argument)
{
    duet_process_output output;

    assert_status(duet_process_pool_call(pool, function, &argument,
                                         sizeof argument, &output, DUET_NEVER),
                  0);
    assert_null(output.bytes);
    return output.result;
}

static int die_and_go_on(void *argument)
{
    const duet_process_pool_options one = {.workers = 1};
    duet_process_pool *pool = new_pool(&one);
    int signals[] = {-SIGSEGV, -SIGKILL};
    duet_process_output output;
    int first = call(pool, worker_id, 0);

    (void)argument;
    assert_int_equal(call(pool, worker_id, 0), first);
    for (int i = 0; i < 2; i++) {
        assert_status(duet_process_pool_call(pool, worker_square, &signals[i],
                                             sizeof(int), &output, DUET_NEVER),
                      DUET_EDIED);
        assert_non_null(
            strstr(duet_error_detail(), i == 0 ? "signal 11" : "signal 9"));
        assert_int_equal(call(pool, worker_square, 12), 144);
    }
    assert_int_not_equal(call(pool, worker_id, 0), first);
    duet_process_pool_free(pool);
    return 0;
}

/* Killed while it has nothing to do, it fails nobody. */
in_task(worker_that_died_idle_is_replaced)
{
    const duet_process_pool_options one = {.workers = 1};
    duet_process_pool *pool = new_pool(&one);
    int first = call(pool, worker_id, 0);

    assert_int_equal(kill(first, SIGKILL), 0);
    while (kill(first, 0) == 0) /* until the fork server has reaped it */
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_not_equal(call(pool, worker_id, 0), first);
    duet_process_pool_free(pool);
}

/* Leaves a process behind that has the worker's socket, too. */
static int fork_and_die(const void *input, size_t length, void **out_output,
                        size_t *out_length)
{
    pid_t id = fork();

    (void)input;
    (void)length;
    (void)out_output;
    (void)out_length;
    if (id == 0) {
        alarm(60);
        while (pause() != 0)
            continue;
    }
    duet_shared_add(duet_process_shared(0), 0, id);
    kill(getpid(), SIGKILL);
    return 0;
}

in_task(death_is_noticed_though_a_fork_has_the_socket)
{
    duet_shared *id;
    const duet_process_pool_options options = {
        .workers = 1, .shared = &id, .shared_count = 1};
    duet_process_output output;
    duet_process_pool *pool;

    assert_status(duet_shared_new(1, 8, &id), 0);
    pool = new_pool(&options);
    assert_status(duet_process_pool_call(pool, fork_and_die, NULL, 0, &output,
                                         DUET_NEVER),
                  DUET_EDIED);
    assert_non_null(strstr(duet_error_detail(), "signal 9"));
    kill((pid_t)duet_shared_get(id, 0), SIGKILL);
    assert_int_equal(call(pool, worker_square, 3), 9);
    duet_process_pool_free(pool);
    duet_shared_free(id);
}

static void dead_worker_fails_its_call_and_is_replaced(void **state)
{
    (void)state;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    assert_status(duet_run(die_and_go_on, NULL, NULL), 0);
#else
    (void)die_and_go_on;
    test_skip("the sanitizer turns the signal into an exit");
#endif
}

in_task(worker_is_replaced_after_its_calls)
{
    const duet_process_pool_options two_calls = {.workers = 1,
                                                 .calls_per_worker = 2};
    duet_process_pool *pool = new_pool(&two_calls);
    int ids[6];

    for (int i = 0; i < 6; i++)
        ids[i] = call(pool, worker_id, 0);
    for (int i = 0; i < 6; i += 2)
        assert_int_equal(ids[i], ids[i + 1]);
    assert_int_not_equal(ids[1], ids[2]);
    assert_int_not_equal(ids[3], ids[4]);
    duet_process_pool_free(pool);
}

static int base;

static int set_base(const void *argument, size_t length)
{
    if (length != sizeof(int))
        return DUET_EINVAL;
    base = *(const int *)argument;
    return 0;
}

static int add_base(const void *input, size_t length, void **out_output,
                    size_t *out_length)
{
    (void)length;
    (void)out_output;
    (void)out_length;
    return base + *(const int *)input;
}

in_task(initializer_runs_in_workers_and_may_break_the_pool)
{
    int thousand = 1000;
    duet_process_pool_options options = {.initializer = set_base,
                                         .initializer_argument = &thousand,
                                         .initializer_length = sizeof thousand};
    duet_process_pool *pool = new_pool(&options);
    duet_process_output output;

    assert_int_equal(call(pool, add_base, 7), 1007);
    assert_int_equal(base, 0);
    duet_process_pool_free(pool);
    options.initializer_length = 1;
    pool = new_pool(&options);
    for (int i = 0; i < 2; i++)
        assert_status(duet_process_pool_call(pool, add_base, NULL, 0, &output,
                                             DUET_NEVER),
                      DUET_EBROKEN);
    duet_process_pool_free(pool);
}

in_task(call_that_is_given_up_ends_with_its_worker)
{
    const duet_process_pool_options one = {.workers = 1};
    duet_process_pool *pool = new_pool(&one);
    duet_process_output output;
    int first = call(pool, worker_id, 0);

    assert_status(duet_process_pool_call(pool, worker_hang, NULL, 0, &output,
                                         duet_in_ms(5)),
                  DUET_ETIMEDOUT);
    assert_int_not_equal(call(pool, worker_id, 0), first);
    duet_process_pool_free(pool);
}

static int add_one(const void *input, size_t length, void **out_output,
                   size_t *out_length)
{
    (void)input;
    (void)length;
    (void)out_output;
    (void)out_length;
    return (int)duet_shared_add(duet_process_shared(0), 0, 1);
}

in_task(workers_share_memory)
{
    duet_shared *counter;
    const duet_process_pool_options options = {.shared = &counter,
                                               .shared_count = 1};
    duet_process_pool *pool;

    assert_status(duet_shared_new(1, 8, &counter), 0);
    pool = new_pool(&options);
    for (int i = 1; i <= 3; i++)
        assert_int_equal(call(pool, add_one, 0), i);
    assert_int_equal(duet_shared_get(counter, 0), 3);
    duet_process_pool_free(pool);
    duet_shared_free(counter);
}

static int refuse(void *argument)
{
    const duet_process_pool_options wrong[] = {{.workers = -1},
                                               {.workers = 1025},
                                               {.calls_per_worker = -1},
                                               {.queue_limit = -2},
                                               {.message_limit_bytes = -2},
                                               {.initializer_length = 60001},
                                               {.shared_count = 17}};
    duet_process_pool *pool;

    (void)argument;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_status(duet_process_pool_new(&wrong[i], &pool), DUET_EINVAL);
        assert_null(pool);
    }
    duet_process_pool_free(NULL);
    return 0;
}

/* --- an input without end ------------------------------------------------- */

enum { ENOUGH = 50 };

typedef struct endless {
    duet_process_pool *pool;
    int next;
    int taken;
    int in_flight;
    int most_in_flight;
} endless;

static int next_number(void *context, void **out_input)
{
    endless *own = context;

    *out_input = (void *)(intptr_t)own->next++;
    own->in_flight++;
    if (own->in_flight > own->most_in_flight)
        own->most_in_flight = own->in_flight;
    return 0;
}

static int square_in_worker(void *context, void *input, void **out_output)
{
    const endless *own = context;
    int number = (int)(intptr_t)input;
    duet_process_output output;
    int status = duet_process_pool_call(own->pool, worker_square, &number,
                                        sizeof number, &output, DUET_NEVER);

    (void)out_output;
    return status != 0 ? status : output.result; /* cancelled at the end */
}

static int take_in_order(void *context, void *input, void *output, int result)
{
    endless *own = context;

    (void)output;
    own->in_flight--;
    if (own->taken >= ENOUGH)
        return 0; /* what was in flight */
    assert_int_equal((intptr_t)input, own->taken);
    assert_int_equal(result, own->taken * own->taken);
    return ++own->taken == ENOUGH ? DUET_EEMPTY : 0;
}

in_task(endless_input_is_mapped_in_order)
{
    const duet_bounded_map_steps steps = {next_number, square_in_worker,
                                          take_in_order};
    const duet_bounded_map_options options = {.at_once = 4, .in_order = true};
    endless own = {.pool = new_pool(NULL)};

    assert_status(duet_bounded_map(&steps, &own, &options, DUET_NEVER),
                  DUET_EEMPTY);
    assert_int_equal(own.taken, ENOUGH);
    assert_int_equal(own.in_flight, 0);
    assert_true(own.most_in_flight <= 4);
    duet_process_pool_free(own.pool);
}

static void options_out_of_range_are_refused(void **state)
{
    duet_process_pool *pool;

    (void)state;
    assert_status(duet_run(refuse, NULL, NULL), 0);
    assert_status(duet_process_pool_new(NULL, &pool), DUET_ENOLOOP);
}

PROCESS_TEST_MAIN(test(dead_worker_fails_its_call_and_is_replaced),
                  test(worker_that_died_idle_is_replaced),
                  test(death_is_noticed_though_a_fork_has_the_socket),
                  test(endless_input_is_mapped_in_order),
                  test(worker_is_replaced_after_its_calls),
                  test(initializer_runs_in_workers_and_may_break_the_pool),
                  test(call_that_is_given_up_ends_with_its_worker),
                  test(workers_share_memory),
                  test(options_out_of_range_are_refused))
