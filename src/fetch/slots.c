/* SPDX-License-Identifier: MIT */
/* slots.c - a counter and two queues. Invariant: while a task is due, no slot
 * is free. */
#include "fetch/slots.h"

#include "runtime/wait.h"

/* Tasks that wait without a slot; beyond, they keep theirs. */
enum { COUNT_MAX = 4096 };

void duet__slots_init(duet__slots *slots, int64_t total,
                      void (*freed)(void *context), void *context)
{
    *slots = (duet__slots){
        .total = total, .free = total, .freed = freed, .context = context};
    duet__link_init(&slots->waiting);
    duet__link_init(&slots->due);
}

bool duet__slots_take(duet__slots *slots)
{
    if (slots->free == 0)
        return false;
    slots->free--;
    return true;
}

void duet__slots_release(duet__slots *slots)
{
    if (duet__wake_first(&slots->due, 0))
        return;
    slots->free++;
    slots->freed(slots->context);
}

bool duet__slots_are_wanted(const duet__slots *slots)
{
    return !duet__list_is_empty(&slots->due);
}

static int wait_in(duet__list *queue, const char *what, duet_deadline deadline)
{
    duet__wait wait = {.what = what};

    duet__list_push_back(queue, &wait.link);
    return duet__park(&wait, deadline);
}

bool duet__slots_leave(duet__slots *slots)
{
    if (slots->count >= COUNT_MAX)
        return false;
    slots->count++;
    duet__slots_release(slots);
    return true;
}

bool duet__slots_return(duet__slots *slots)
{
    bool is_due = true;

    while (!duet__slots_take(slots)) {
        if (wait_in(&slots->due, "retry slot", DUET_NEVER) == 0)
            break;      /* it was handed over */
        is_due = false; /* cancelled; a slot comes all the same */
    }
    slots->count--;
    return is_due;
}

bool duet__slots_wait(duet__slots *slots, int64_t wait_ms)
{
    bool has_left;
    bool is_due;

    if (slots->is_closed)
        return false;
    has_left = duet__slots_leave(slots);
    is_due = wait_in(&slots->waiting, "retry", duet_in_ms(wait_ms)) ==
             DUET_ETIMEDOUT;
    if (has_left && !duet__slots_return(slots))
        is_due = false;
    return is_due && !slots->is_closed;
}

void duet__slots_close(duet__slots *slots)
{
    slots->is_closed = true;
    duet__wake_all(&slots->waiting, 0);
}
