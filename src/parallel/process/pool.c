/* SPDX-License-Identifier: MIT */
/* pool.c - the slots for workers, and the queue for them.
 *
 * Invariant: a slot is in `idle` or held by one call; no call waits while a
 * slot is idle. A slot that is released has no worker, or one that waits for a
 * request. */
#include "parallel/process/pool.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "base/error.h"
#include "base/limit.h"
#include "parallel/process/process.h"
#include "parallel/process/worker.h"
#include "runtime/core/task.h"

DUET__LIVES("process pool")

enum {
    WORKERS_MOST = 1024,
    QUEUE_DEFAULT = 1024,
    MESSAGE_LIMIT_BYTES = 16 * 1024 * 1024,
    INITIALIZER_BYTES = 60000,
};

/* --- workers ------------------------------------------------------------- */

static void end_worker(duet__worker_slot *slot)
{
    if (slot->process == NULL)
        return;
    close(slot->socket);
    duet_process_free(slot->process);
    slot->process = NULL;
    slot->calls = 0;
}

static duet__worker_line line_to(const duet__worker_slot *slot)
{
    return (duet__worker_line){slot->socket,
                               duet_process_end_descriptor(slot->process)};
}

static int start_worker(duet_process_pool *pool, duet__worker_slot *slot,
                        duet_deadline deadline)
{
    duet_process_options options = pool->process_options;
    int ends[2];
    int initialized = 0;
    int status;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return duet__error_from_errno(errno);
    options.descriptors = &ends[1];
    options.descriptor_count = 1;
    status =
        duet_process_start(duet__worker_main, pool->setup, pool->setup_length,
                           &options, &slot->process, deadline);
    close(ends[1]);
    slot->socket = ends[0];
    if (status != 0) {
        close(ends[0]);
        return status;
    }
    status = duet__worker_receive_bytes(line_to(slot), &initialized,
                                        sizeof initialized, deadline);
    if (status == DUET_EDIED || initialized < 0) {
        pool->broken = true;
        status = duet__fail(DUET_EBROKEN,
                            "the initializer of a process pool "
                            "%s",
                            status == 0 ? "failed" : "died");
    }
    if (status != 0)
        end_worker(slot);
    return status;
}

/* Writes how the worker of `slot` ended into the detail of an output. */
static int describe_death(duet__worker_slot *slot, duet_process_output *output,
                          duet_deadline deadline)
{
    int id = duet_process_id(slot->process);
    duet_exit_status end = {0};
    char text[128];
    int status = duet_process_wait(slot->process, &end, deadline);

    if (status != 0)
        return status;
    if (end.signal != 0)
        snprintf(text, sizeof text, "worker %d died of signal %d (%s)", id,
                 end.signal, strsignal(end.signal));
    else
        snprintf(text, sizeof text, "worker %d exited with %d in a call", id,
                 end.code);
    *output =
        (duet_process_output){.status = DUET_EDIED, .detail = strdup(text)};
    return output->detail != NULL ? 0 : DUET_ENOMEM;
}

/* --- slots --------------------------------------------------------------- */

typedef struct slot_wait {
    duet__wait wait;
    duet__worker_slot *slot; /* handed over */
} slot_wait;

static int take_slot(duet_process_pool *pool, duet__worker_slot **out_slot,
                     duet_deadline deadline)
{
    slot_wait own = {.wait = {.what = "a worker process",
                              .object = pool,
                              .outside = DUET__FOR_WORK}};
    duet__link *first = duet__list_pop_front(&pool->idle);
    int status;

    if (first != NULL) {
        *out_slot = DUET__MEMBER(first, duet__worker_slot, link);
        return 0;
    }
    duet__list_push_back(&pool->waiting, &own.wait.link);
    status = duet__park(&own.wait, deadline);
    *out_slot = own.slot;
    return status;
}

static void give_slot(duet_process_pool *pool, duet__worker_slot *slot)
{
    duet__wait *next;

    if (duet__list_is_empty(&pool->waiting)) {
        duet__list_push_front(&pool->idle, &slot->link);
        return;
    }
    next = DUET__MEMBER(pool->waiting.next, duet__wait, link);
    DUET__MEMBER(next, slot_wait, wait)->slot = slot;
    duet__wake(next, 0);
}

/* --- runs ---------------------------------------------------------------- */

int duet__process_pool_check(const duet_process_pool *pool, size_t length)
{
    if (pool->broken)
        return duet__fail(DUET_EBROKEN, "the initializer of this process pool "
                                        "failed");
    if (pool->closed)
        return duet__fail_plainly(DUET_ECLOSED);
    if (length > pool->message_limit)
        return duet__fail(DUET_ETOOLARGE,
                          "the input has %zu bytes, %zu are allowed", length,
                          pool->message_limit);
    return 0;
}

int duet__process_pool_enter(duet_process_pool *pool)
{
    int waiting = pool->running - pool->slots_n;

    if (waiting >= 0 && (size_t)waiting >= pool->queue_limit)
        return duet__fail(DUET_EFULL, "%d calls wait for a worker", waiting);
    pool->running++;
    return 0;
}

void duet__process_pool_leave(duet_process_pool *pool)
{
    if (--pool->running == 0)
        duet__wake_all(&pool->closers, 0);
}

/* Takes the next output; if the worker died, one that reports it. */
static int receive(duet_process_pool *pool, duet__worker_slot *slot, int sent,
                   duet__pool_run *run, duet_deadline deadline)
{
    duet_process_output *output = &run->outputs[run->done];
    int status = sent;

    if (status == 0)
        status = duet__worker_receive(line_to(slot), pool->message_limit,
                                      output, deadline);
    slot->calls++;
    if (status == DUET_EDIED) {
        status = describe_death(slot, output, deadline);
        end_worker(slot);
    }
    if (status != 0)
        return status;
    run->done++;
    return run->came != NULL ? run->came(run->context, output) : 0;
}

/* Uses one worker until all outputs have arrived, it died, or it is to be
 * replaced. */
static int use_worker(duet_process_pool *pool, duet__worker_slot *slot,
                      duet__pool_run *run, duet_deadline deadline)
{
    size_t share = run->count - run->done;
    duet__worker_request request = {run->function, run->plain, 0};
    size_t end;
    int sent;
    int status = 0;

    if (slot->process == NULL)
        status = start_worker(pool, slot, deadline);
    if (status != 0)
        return status;
    if (pool->calls_per_worker > 0 &&
        share > (size_t)(pool->calls_per_worker - slot->calls))
        share = (size_t)(pool->calls_per_worker - slot->calls);
    end = run->done + share;
    request.count = share;
    sent = duet__worker_send(line_to(slot), &request, run->inputs + run->done,
                             deadline);
    if (sent == DUET_EDIED && slot->calls > 0) {
        end_worker(slot); /* it died while it was idle */
        return 0;
    }
    if (sent != 0 && sent != DUET_EDIED)
        return sent;
    while (run->done < end && slot->process != NULL && status == 0)
        status = receive(pool, slot, sent, run, deadline);
    if (pool->calls_per_worker > 0 && slot->calls >= pool->calls_per_worker)
        end_worker(slot);
    return status;
}

int duet__process_pool_run(duet_process_pool *pool, duet__pool_run *run,
                           duet_deadline deadline)
{
    duet__worker_slot *slot;
    int status =
        pool->cancelled ? DUET_ECANCELED : take_slot(pool, &slot, deadline);

    if (status != 0)
        return status;
    if (pool->broken)
        status = duet__process_pool_check(pool, 0);
    while (run->done < run->count && status == 0)
        status = use_worker(pool, slot, run, deadline);
    if (status != 0) /* it may be in the middle of a call */
        end_worker(slot);
    give_slot(pool, slot);
    return status;
}

/* --- life ---------------------------------------------------------------- */

static int default_workers(void)
{
    cpu_set_t cores;

    return sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores)
                                                           : 1;
}

static int check_options(const duet_process_pool_options *options)
{
    if (options->workers < 0 || options->workers > WORKERS_MOST)
        return duet__fail(DUET_EINVAL, "workers is %d, allowed are 1 to %d",
                          options->workers, WORKERS_MOST);
    if (options->calls_per_worker < 0)
        return duet__fail(DUET_EINVAL, "calls_per_worker is negative");
    if (options->initializer_length > INITIALIZER_BYTES)
        return duet__fail(DUET_EINVAL,
                          "initializer_length is %zu, %d are allowed",
                          options->initializer_length, INITIALIZER_BYTES);
    if (options->shared_count > DUET__PROCESS_SHARED)
        return duet__fail(DUET_EINVAL, "shared_count is %zu, %d are allowed",
                          options->shared_count, DUET__PROCESS_SHARED);
    return 0;
}

static int make_setup(duet_process_pool *pool,
                      const duet_process_pool_options *options)
{
    const duet__worker_setup setup = {options->initializer,
                                      pool->message_limit};

    pool->setup_length = sizeof setup + options->initializer_length;
    pool->setup = malloc(pool->setup_length);
    if (pool->setup == NULL)
        return DUET_ENOMEM;
    memcpy(pool->setup, &setup, sizeof setup);
    if (options->initializer_length > 0)
        memcpy(pool->setup + sizeof setup, options->initializer_argument,
               options->initializer_length);
    return 0;
}

static int init(duet_process_pool *pool,
                const duet_process_pool_options *options)
{
    int status = duet__limit_read("queue_limit", options->queue_limit,
                                  QUEUE_DEFAULT, &pool->queue_limit);

    if (status == 0)
        status = duet__limit_read("message_limit_bytes",
                                  options->message_limit_bytes,
                                  MESSAGE_LIMIT_BYTES, &pool->message_limit);
    if (status == 0)
        status = duet_process_server_start();
    return status == 0 ? make_setup(pool, options) : status;
}

int duet_process_pool_new(const duet_process_pool_options *options,
                          duet_process_pool **out_pool)
{
    static const duet_process_pool_options defaults;
    duet_process_pool *pool;
    int workers;
    int status;

    *out_pool = NULL;
    if (duet_current_task() == NULL)
        return DUET_ENOLOOP;
    if (options == NULL)
        options = &defaults;
    status = check_options(options);
    if (status != 0)
        return status;
    workers = options->workers != 0 ? options->workers : default_workers();
    pool =
        calloc(1, sizeof *pool + (size_t)workers * sizeof(duet__worker_slot));
    if (pool == NULL)
        return DUET_ENOMEM;
    pool->loop = duet_current_loop();
    pool->slots_n = workers;
    pool->calls_per_worker = options->calls_per_worker;
    pool->process_options =
        (duet_process_options){.name = "duet-worker",
                               .shared = options->shared,
                               .shared_count = options->shared_count};
    duet__scope_init(&pool->calls, NULL);
    duet__link_init(&pool->idle);
    duet__link_init(&pool->waiting);
    duet__link_init(&pool->closers);
    for (int i = 0; i < workers; i++)
        duet__list_push_back(&pool->idle, &pool->slots[i].link);
    status = init(pool, options);
    if (status != 0) {
        free(pool);
        return status;
    }
    DUET__LIFE_BEGINS(pool);
    *out_pool = pool;
    return 0;
}

int duet_process_pool_shutdown(duet_process_pool *pool, bool cancel_pending,
                               duet_deadline deadline)
{
    int status = 0;

    DUET__LIFE_GOES_ON(pool);
    pool->closed = true;
    pool->cancelled |= cancel_pending;
    if (cancel_pending)
        duet__wake_all(&pool->waiting, DUET_ECANCELED);
    while (pool->running > 0 && status == 0) {
        duet__wait wait = {.what = "the end of a process pool",
                           .object = pool,
                           .outside = DUET__FOR_WORK};

        duet__list_push_back(&pool->closers, &wait.link);
        status = duet__park(&wait, deadline);
    }
    return status;
}

void duet_process_pool_free(duet_process_pool *pool)
{
    if (pool == NULL)
        return;
    DUET__LIFE_ENDS(pool);
    pool->closed = true;
    duet__scope_cancel(&pool->calls);
    if (duet__scope_wait(&pool->calls) != 0)
        duet__cancel_put_back(
            &duet__task_current()->cancel); /* told by its next wait */
    duet__task_release_ended(&pool->calls);
    DUET__CHECK(pool->running == 0, "a task is in a call of the pool");
    for (int i = 0; i < pool->slots_n; i++)
        end_worker(&pool->slots[i]);
    free(pool->setup);
    free(pool);
}
