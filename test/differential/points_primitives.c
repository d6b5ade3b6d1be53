/* SPDX-License-Identifier: MIT */
/* points_primitives.c - waiting for locks, items, descriptors and threads. */
#include <fcntl.h>
#include <unistd.h>

#include "points.h"

static char item[] = "item";
static const int number = 7;

/* --- sleep --------------------------------------------------------------- */

static int await_sleep(things *all, duet_deadline deadline)
{
    int status =
        duet_sleep(duet_deadline_earlier(deadline, duet_at_ns(15000000)));

    (void)all;
    return status == 0 && deadline.at_ns < 15000000 ? DUET_ETIMEDOUT : status;
}

static void wake_nothing(things *all)
{
    (void)all;
}

/* --- locks and events ---------------------------------------------------- */

static void make_lock(things *all)
{
    must(duet_lock_acquire(all->lock, DUET_NEVER));
}

static int await_lock(things *all, duet_deadline deadline)
{
    return duet_lock_acquire(all->lock, deadline);
}

static void wake_lock(things *all)
{
    must(duet_lock_release(all->lock));
}

static void look_lock(things *all)
{
    note("lock: %s", duet_lock_is_held(all->lock) ? "held" : "free");
}

static int await_event(things *all, duet_deadline deadline)
{
    return duet_event_wait(all->event, deadline);
}

static void wake_event(things *all)
{
    duet_event_set(all->event);
}

static int await_condition(things *all, duet_deadline deadline)
{
    int status;

    must(duet_lock_acquire(all->lock, DUET_NEVER));
    status = duet_condition_wait(all->condition, deadline);
    look_lock(all);
    must(duet_lock_release(all->lock));
    return status;
}

static void wake_condition(things *all)
{
    must(duet_lock_acquire(all->lock, DUET_NEVER));
    must(duet_condition_notify(all->condition, 1));
    must(duet_lock_release(all->lock));
}

static bool is_noted(void *all)
{
    return ((things *)all)->noted;
}

static int await_predicate(things *all, duet_deadline deadline)
{
    int status;

    must(duet_lock_acquire(all->lock, DUET_NEVER));
    status = duet_condition_wait_for(all->condition, is_noted, all, deadline);
    must(duet_lock_release(all->lock));
    return status;
}

static void wake_predicate(things *all)
{
    all->noted = true;
    wake_condition(all);
}

static void make_semaphore(things *all)
{
    must(duet_semaphore_acquire(all->semaphore, DUET_NEVER));
}

static int await_semaphore(things *all, duet_deadline deadline)
{
    return duet_semaphore_acquire(all->semaphore, deadline);
}

static void wake_semaphore(things *all)
{
    must(duet_semaphore_release(all->semaphore));
}

static void look_semaphore(things *all)
{
    note("slots: %zu", duet_semaphore_free_slots(all->semaphore));
}

static int await_barrier(things *all, duet_deadline deadline)
{
    return duet_barrier_wait(all->barrier, NULL, deadline);
}

static int partner(void *argument)
{
    things *all = argument;
    int status = duet_barrier_wait(all->barrier, NULL, DUET_NEVER);

    note("partner: %s", word(status));
    return status;
}

static void wake_barrier(things *all)
{
    all->partner = start(partner, all);
}

static void look_barrier(things *all)
{
    note("at the barrier: %zu", duet_barrier_waiting(all->barrier));
    if (duet_barrier_waiting(all->barrier) > 0)
        duet_barrier_abort(all->barrier);
}

/* --- read-write lock ----------------------------------------------------- */

static void make_writer(things *all)
{
    must(duet_read_write_lock_write(all->read_write, DUET_NEVER));
}

static void make_reader(things *all)
{
    must(duet_read_write_lock_read(all->read_write, DUET_NEVER));
}

static int await_read(things *all, duet_deadline deadline)
{
    return duet_read_write_lock_read(all->read_write, deadline);
}

static int await_write(things *all, duet_deadline deadline)
{
    return duet_read_write_lock_write(all->read_write, deadline);
}

static void wake_read_write(things *all)
{
    must(duet_read_write_lock_release(all->read_write));
}

static void look_read_write(things *all)
{
    int status = duet_read_write_lock_write(all->read_write, DUET_NOW);

    note("lock: %s", status == 0 ? "free" : "held");
    if (status == 0)
        must(duet_read_write_lock_release(all->read_write));
}

/* --- queue --------------------------------------------------------------- */

static int await_get(things *all, duet_deadline deadline)
{
    void *got;

    return duet_queue_get(all->queue, &got, deadline);
}

static void put_now(things *all)
{
    must(duet_queue_put_now(all->queue, item));
}

static int await_put(things *all, duet_deadline deadline)
{
    return duet_queue_put(all->queue, item, deadline);
}

static void get_now(things *all)
{
    void *got;

    must(duet_queue_get_now(all->queue, &got));
}

static void look_queue(things *all)
{
    note("queue: %zu", duet_queue_count(all->queue));
}

static int await_queue_join(things *all, duet_deadline deadline)
{
    return duet_queue_join(all->queue, deadline);
}

static void finish_item(things *all)
{
    get_now(all);
    must(duet_queue_task_done(all->queue));
}

static void shut_down(things *all)
{
    duet_queue_shutdown(all->queue, false);
}

/* --- channel ------------------------------------------------------------- */

static int await_receive(things *all, duet_deadline deadline)
{
    return duet_channel_receive(all->channel, NULL, deadline);
}

static int await_send(things *all, duet_deadline deadline)
{
    return duet_channel_send(all->channel, &number, deadline);
}

static void fill_channel(things *all)
{
    must(duet_channel_send(all->channel, &number, DUET_NEVER));
}

static void empty_channel(things *all)
{
    must(duet_channel_receive(all->channel, NULL, DUET_NEVER));
}

static void look_channel(things *all)
{
    note("channel: %zu", duet_channel_count(all->channel));
}

static int await_meeting_to_receive(things *all, duet_deadline deadline)
{
    return duet_channel_receive(all->meeting, NULL, deadline);
}

static int await_meeting_to_send(things *all, duet_deadline deadline)
{
    return duet_channel_send(all->meeting, &number, deadline);
}

static const char *met(int status)
{
    return status == DUET_ETIMEDOUT ? "nobody there" : word(status);
}

static void send_to_meeting(things *all)
{
    note("send: %s", met(duet_channel_send(all->meeting, &number, DUET_NOW)));
}

static void receive_from_meeting(things *all)
{
    note("receive: %s",
         met(duet_channel_receive(all->meeting, NULL, DUET_NOW)));
}

static int await_select(things *all, duet_deadline deadline)
{
    const duet_select_case cases[] = {
        {.kind = DUET_SELECT_RECEIVE, .channel = all->meeting},
        {.kind = DUET_SELECT_READABLE, .descriptor = all->pipe[0]},
        {.kind = DUET_SELECT_RECEIVE, .channel = all->channel}};
    size_t index;
    int status = duet_select(cases, 3, &index, deadline);

    if (status == 0)
        note("selected: %zu", index);
    return status;
}

/* --- future -------------------------------------------------------------- */

static int await_future(things *all, duet_deadline deadline)
{
    return duet_future_wait(all->future, NULL, deadline);
}

static void wake_future(things *all)
{
    note("set: %s", word(duet_future_set(all->future, item)));
}

/* --- descriptors --------------------------------------------------------- */

static int await_readable(things *all, duet_deadline deadline)
{
    return duet_wait_readable(all->pipe[0], deadline);
}

static void write_byte(things *all)
{
    must((int)write(all->pipe[1], "x", 1));
}

static void fill_pipe(things *all)
{
    char bytes[4096] = {0};

    while (write(all->pipe[1], bytes, sizeof bytes) > 0)
        continue;
}

static int await_writable(things *all, duet_deadline deadline)
{
    return duet_wait_writable(all->pipe[1], deadline);
}

static void empty_pipe(things *all)
{
    char bytes[4096];

    while (read(all->pipe[0], bytes, sizeof bytes) > 0)
        continue;
}

/* --- threads ------------------------------------------------------------- */

static int pass_gate(void *gate)
{
    return sem_wait(gate);
}

static int open_gate(void *gate)
{
    return sem_post(gate);
}

static int await_thread(things *all, duet_deadline deadline)
{
    const duet_thread_pool_options one = {.threads = 1};
    duet_thread_call *call;
    int status;

    must(duet_thread_pool_new(&one, &all->pool));
    must(duet_thread_pool_try_submit(all->pool, pass_gate, &all->gate, NULL,
                                     &call));
    status = duet_thread_call_wait(call, NULL, deadline);
    duet_thread_call_free(call);
    return status;
}

/* Returns once the call has ended, and has said so to the loop. */
static void wake_thread(things *all)
{
    sem_t next;

    must(sem_init(&next, 0, 0));
    must(sem_post(&all->gate));
    if (all->pool != NULL) {
        must(duet_thread_pool_try_submit(all->pool, open_gate, &next, NULL,
                                         NULL));
        must(sem_wait(&next));
    }
    must(sem_destroy(&next));
}

/* --- the table ----------------------------------------------------------- */

const point primitive_points[] = {
    {.name = "sleep", .await = await_sleep, .wake = wake_nothing},
    {.name = "lock",
     .make = make_lock,
     .await = await_lock,
     .wake = wake_lock,
     .give_back = wake_lock,
     .look = look_lock},
    {.name = "event",
     .await = await_event,
     .wake = wake_event,
     .wakes_from_callback = true},
    {.name = "condition",
     .await = await_condition,
     .wake = wake_condition,
     .look = look_lock},
    {.name = "predicate",
     .await = await_predicate,
     .wake = wake_predicate,
     .look = look_lock},
    {.name = "semaphore",
     .make = make_semaphore,
     .await = await_semaphore,
     .wake = wake_semaphore,
     .give_back = wake_semaphore,
     .look = look_semaphore,
     .wakes_from_callback = true},
    {.name = "barrier",
     .await = await_barrier,
     .wake = wake_barrier,
     .look = look_barrier},
    {.name = "read lock",
     .make = make_writer,
     .await = await_read,
     .wake = wake_read_write,
     .give_back = wake_read_write,
     .look = look_read_write},
    {.name = "write lock",
     .make = make_reader,
     .await = await_write,
     .wake = wake_read_write,
     .give_back = wake_read_write,
     .look = look_read_write},
    {.name = "queue get",
     .await = await_get,
     .wake = put_now,
     .look = look_queue,
     .wakes_from_callback = true},
    {.name = "queue put",
     .make = put_now,
     .await = await_put,
     .wake = get_now,
     .look = look_queue,
     .wakes_from_callback = true},
    {.name = "queue join",
     .make = put_now,
     .await = await_queue_join,
     .wake = finish_item,
     .look = look_queue,
     .wakes_from_callback = true},
    {.name = "queue get until it is shut",
     .await = await_get,
     .wake = shut_down,
     .look = look_queue,
     .wakes_from_callback = true},
    {.name = "queue put until it is shut",
     .make = put_now,
     .await = await_put,
     .wake = shut_down,
     .look = look_queue,
     .wakes_from_callback = true},
    {.name = "receive",
     .await = await_receive,
     .wake = fill_channel,
     .look = look_channel,
     .wakes_from_callback = true},
    {.name = "send",
     .make = fill_channel,
     .await = await_send,
     .wake = empty_channel,
     .look = look_channel,
     .wakes_from_callback = true},
    {.name = "meeting to receive",
     .await = await_meeting_to_receive,
     .wake = send_to_meeting,
     .wakes_from_callback = true},
    {.name = "meeting to send",
     .await = await_meeting_to_send,
     .wake = receive_from_meeting,
     .wakes_from_callback = true},
    {.name = "select",
     .await = await_select,
     .wake = fill_channel,
     .look = look_channel,
     .wakes_from_callback = true},
    {.name = "future",
     .await = await_future,
     .wake = wake_future,
     .wakes_from_callback = true},
    {.name = "readable", .await = await_readable, .wake = write_byte},
    {.name = "writable",
     .make = fill_pipe,
     .await = await_writable,
     .wake = empty_pipe},
    {.name = "call in a thread", .await = await_thread, .wake = wake_thread},
    {0},
};

/* --- what is around them ------------------------------------------------- */

void make_things(things *all)
{
    const duet_queue_options one = {.capacity = 1};

    *all = (things){0};
    must(duet_lock_new(&all->lock));
    must(duet_event_new(&all->event));
    must(duet_condition_new(all->lock, &all->condition));
    must(duet_semaphore_new(1, NULL, &all->semaphore));
    must(duet_barrier_new(2, &all->barrier));
    must(duet_queue_new(&one, &all->queue));
    must(duet_future_new(&all->future));
    must(duet_read_write_lock_new(&all->read_write));
    must(duet_channel_new(sizeof number, 1, &all->channel));
    must(duet_channel_new(sizeof number, 0, &all->meeting));
    must(sem_init(&all->gate, 0, 0));
    must(pipe2(all->pipe, O_NONBLOCK | O_CLOEXEC));
}

void free_things(things *all)
{
    if (duet_lock_is_held(all->lock))
        must(duet_lock_release(all->lock));
    duet_condition_free(all->condition);
    duet_lock_free(all->lock);
    duet_event_free(all->event);
    duet_semaphore_free(all->semaphore);
    duet_barrier_free(all->barrier);
    duet_queue_free(all->queue);
    duet_future_free(all->future);
    duet_read_write_lock_release(all->read_write);
    duet_read_write_lock_free(all->read_write);
    duet_channel_free(all->channel);
    duet_channel_free(all->meeting);
    if (all->pool != NULL)
        must(duet_thread_pool_shutdown(all->pool, false, DUET_NEVER));
    duet_thread_pool_free(all->pool);
    must(sem_destroy(&all->gate));
    must(close(all->pipe[0]));
    must(close(all->pipe[1]));
}
