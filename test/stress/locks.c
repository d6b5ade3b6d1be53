/* SPDX-License-Identifier: MIT */
/* locks.c - lock, condition, semaphore, read-write lock, event, barrier and
 * future of the stress test. */
#include "world.h"

/* --- lines --------------------------------------------------------------- */

static void line_up(ticket *line, ticket *own)
{
    own->is_overtaken = false;
    own->next = line;
    own->previous = line->previous;
    line->previous->next = own;
    line->previous = own;
}

static void leave_line(ticket *own)
{
    own->previous->next = own->next;
    own->next->previous = own->previous;
}

/* Those before us in the line have been cancelled or timed out, whether they
 * know it yet or not. */
static void get_in(const world *all, ticket *line, ticket *own)
{
    check(all, !own->is_overtaken);
    for (ticket *one = line->next; one != own; one = one->next)
        one->is_overtaken |= !own->reads || !one->reads;
}

/* --- lock and condition -------------------------------------------------- */

static bool has_tokens(void *argument)
{
    const world *all = argument;

    return all->tokens > 0;
}

static void take_token(actor *own)
{
    world *all = own->world;
    duet_deadline deadline = begin_wait(own, CONDITION);
    int status;

    /* Others may hold the lock meanwhile; on return we do. */
    all->lock_holders--;
    status = duet_condition_wait_for(all->condition, has_tokens, all, deadline);
    check(all, all->lock_holders++ == 0);
    if (end_wait(own, status, deadline))
        check(all, all->tokens-- > 0);
}

static void add_tokens(world *all)
{
    int more = (int)pick(all, 3);

    all->tokens += more;
    check(all, duet_condition_notify(all->condition, (size_t)more) == 0);
}

static void use_lock(actor *own)
{
    world *all = own->world;
    duet_deadline deadline = begin_wait(own, LOCK);
    ticket place = {0};
    bool has_lock;

    line_up(&all->lock_line, &place);
    has_lock = end_wait(own, duet_lock_acquire(all->lock, deadline), deadline);
    if (has_lock)
        get_in(all, &all->lock_line, &place);
    leave_line(&place);
    if (!has_lock)
        return;
    check(all, all->lock_holders++ == 0);
    if (pick(all, 3) > 0)
        pause_a_little(own);
    if (pick(all, 2) == 0)
        take_token(own);
    else
        add_tokens(all);
    check(all, --all->lock_holders == 0);
    check(all, duet_lock_release(all->lock) == 0);
}

/* --- semaphore and read-write lock --------------------------------------- */

static uint64_t count_switches(void)
{
    duet_loop_counters counters;

    duet_loop_get_counters(duet_current_loop(), &counters);
    return counters.switches;
}

static void use_semaphore(actor *own)
{
    world *all = own->world;
    duet_deadline deadline = begin_wait(own, SEMAPHORE);
    uint64_t switches = count_switches();
    ticket place = {0};
    int status;

    line_up(&all->slot_line, &place);
    status = duet_semaphore_acquire(all->semaphore, deadline);
    /* Others that were let in may not have run yet: those before us have, if we
     * had to wait, too, and tasks run in the order they are woken. */
    if (status == 0 && !all->is_shuffled && switches != count_switches())
        get_in(all, &all->slot_line, &place);
    leave_line(&place);
    if (!end_wait(own, status, deadline))
        return;
    check(all, ++all->slot_holders <= SLOTS);
    pause_a_little(own);
    all->slot_holders--;
    check(all, duet_semaphore_release(all->semaphore) == 0);
}

static void use_pages(actor *own)
{
    world *all = own->world;
    bool writes = pick(all, 3) == 0;
    duet_deadline deadline = begin_wait(own, writes ? WRITE : READ);
    ticket place = {.reads = !writes};
    int status;

    line_up(&all->page_line, &place);
    status = writes ? duet_read_write_lock_write(all->pages, deadline)
                    : duet_read_write_lock_read(all->pages, deadline);
    if (status == 0)
        get_in(all, &all->page_line, &place);
    leave_line(&place);
    if (!end_wait(own, status, deadline))
        return;
    *(writes ? &all->writers : &all->readers) += 1;
    check(all, all->writers <= 1 && (all->writers == 0 || all->readers == 0));
    pause_a_little(own);
    *(writes ? &all->writers : &all->readers) -= 1;
    check(all, duet_read_write_lock_release(all->pages) == 0);
}

/* --- event, barrier, future ---------------------------------------------- */

static void use_event(actor *own)
{
    world *all = own->world;
    duet_deadline deadline;

    switch (pick(all, 3)) {
    case 0:
        duet_event_set(all->event);
        break;
    case 1:
        duet_event_clear(all->event);
        break;
    default:
        deadline = begin_wait(own, EVENT);
        end_wait(own, duet_event_wait(all->event, deadline), deadline);
    }
}

static void use_barrier(actor *own)
{
    world *all = own->world;
    size_t index = PARTIES;
    duet_deadline deadline;
    int status;

    if (pick(all, 10) == 0) {
        duet_barrier_reset(all->barrier);
        return;
    }
    deadline = begin_wait(own, BARRIER);
    status = duet_barrier_wait(all->barrier, &index, deadline);
    if (end_wait(own, status, deadline)) {
        check(all, index < PARTIES);
        all->arrived[index]++;
    }
}

static void settle(world *all)
{
    duet_future *old = all->future;
    uintptr_t number = all->futures++;
    int status = pick(all, 3) == 0 ? duet_future_fail(old, DUET_EIO)
                                   : duet_future_set(old, (void *)number);

    check(all, status == 0);
    check(all, duet_future_set(old, all) == DUET_EALREADY);
    check(all, duet_future_new(&all->future) == 0);
    all->future_waiters = 0;
    duet_future_free(old);
}

static void use_future(actor *own)
{
    world *all = own->world;
    duet_future *future = all->future;
    uintptr_t number = all->futures;
    duet_deadline deadline;
    void *value;
    int status;

    if (pick(all, 3) == 0) {
        settle(all);
        return;
    }
    deadline = begin_wait(own, FUTURE);
    duet_future_hold(future);
    all->future_waiters++;
    status = duet_future_wait(future, &value, deadline);
    if (future == all->future)
        all->future_waiters--;
    if (status == 0 || status == DUET_EIO) {
        check(all, duet_future_is_done(future));
        check(all, value == (status == 0 ? (void *)number : NULL));
        status = 0;
    }
    end_wait(own, status, deadline);
    duet_future_free(future);
}

void use_locks(actor *own)
{
    switch (pick(own->world, 8)) {
    case 0:
    case 1:
    case 2:
        use_lock(own);
        break;
    case 3:
        use_semaphore(own);
        break;
    case 4:
        use_pages(own);
        break;
    case 5:
        use_event(own);
        break;
    case 6:
        use_barrier(own);
        break;
    default:
        use_future(own);
    }
}

/* --- what holds ---------------------------------------------------------- */

void check_locks_when_quiet(const world *all)
{
    size_t free_slots = duet_semaphore_free_slots(all->semaphore);
    const int *waiting = all->waiting;

    check(all, duet_lock_is_held(all->lock) == (all->lock_holders == 1));
    check(all, all->lock_holders == 1 || waiting[LOCK] == 0);
    check(all, all->lock_holders == 1 || all->tokens == 0 ||
                   waiting[CONDITION] == 0);
    check(all, free_slots == (size_t)(SLOTS - all->slot_holders));
    check(all, free_slots == 0 || waiting[SEMAPHORE] == 0);
    check(all, all->writers == 1 || all->readers > 0 || waiting[WRITE] == 0);
    check(all, all->writers == 1 || waiting[WRITE] > 0 || waiting[READ] == 0);
    check(all, !duet_event_is_set(all->event) || waiting[EVENT] == 0);
    check(all, waiting[BARRIER] < PARTIES);
    check(all, duet_barrier_waiting(all->barrier) == (size_t)waiting[BARRIER]);
    for (int i = 1; i < PARTIES; i++)
        check(all, all->arrived[i] == all->arrived[0]);
    check(all, all->future_waiters == waiting[FUTURE]);
}

void check_locks_at_end(world *all)
{
    check(all, !duet_lock_is_held(all->lock) && all->lock_holders == 0);
    check(all, duet_semaphore_free_slots(all->semaphore) == SLOTS);
    check(all, all->readers == 0 && all->writers == 0);
    check(all, duet_read_write_lock_write(all->pages, DUET_NOW) == 0);
    check(all, duet_read_write_lock_release(all->pages) == 0);
    duet_future_free(all->future);
}

void make_locks(world *all)
{
    all->lock_line.next = all->lock_line.previous = &all->lock_line;
    all->page_line.next = all->page_line.previous = &all->page_line;
    all->slot_line.next = all->slot_line.previous = &all->slot_line;
    check(all, duet_lock_new(&all->lock) == 0);
    check(all, duet_condition_new(all->lock, &all->condition) == 0);
    check(all, duet_semaphore_new(SLOTS, NULL, &all->semaphore) == 0);
    check(all, duet_read_write_lock_new(&all->pages) == 0);
    check(all, duet_event_new(&all->event) == 0);
    check(all, duet_barrier_new(PARTIES, &all->barrier) == 0);
}

void free_locks(world *all)
{
    duet_condition_free(all->condition);
    duet_lock_free(all->lock);
    duet_semaphore_free(all->semaphore);
    duet_read_write_lock_free(all->pages);
    duet_event_free(all->event);
    duet_barrier_free(all->barrier);
}
