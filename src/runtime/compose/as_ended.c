/* SPDX-License-Identifier: MIT */
/* as_ended.c - the list of what has ended, and who waits for it.
 *
 * Invariant: nobody waits while something has ended, but who was woken for it
 * and has not run yet; nobody waits when nothing is left. */
#include "runtime/compose/as_ended.h"

#include <stdlib.h>

void *duet__as_ended_alloc(size_t head_bytes, size_t count, size_t entry_bytes)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, entry_bytes, &bytes) ||
        __builtin_add_overflow(bytes, head_bytes, &bytes))
        return NULL;
    return malloc(bytes);
}

void duet__as_ended_init(duet__as_ended *all, size_t count)
{
    duet__link_init(&all->ended);
    duet__link_init(&all->waiters);
    all->count = all->left = count;
}

void duet__as_ended_add(duet__as_ended *all, duet__link *entry)
{
    duet__list_push_back(&all->ended, entry);
    duet__wake_first(&all->waiters, 0);
}

duet__link *duet__as_ended_take(duet__as_ended *all)
{
    if (--all->left == 0)
        duet__wake_all(&all->waiters, 0);
    return duet__list_pop_front(&all->ended);
}

int duet__as_ended_next(duet__as_ended *all, const char *what,
                        duet__outside outside, duet__link **out_entry,
                        duet_deadline deadline)
{
    int status = 0;

    while (duet__list_is_empty(&all->ended) && status == 0) {
        duet__wait wait = {.what = what,
                           .object = all,
                           .cancel_wins = true,
                           .outside = outside};

        if (all->left == 0)
            return DUET_EEMPTY;
        duet__list_push_back(&all->waiters, &wait.link);
        status = duet__park(&wait, deadline);
    }
    if (status == 0)
        *out_entry = duet__as_ended_take(all);
    /* It may have been woken for one that another can take. */
    else if (!duet__list_is_empty(&all->ended))
        duet__wake_first(&all->waiters, 0);
    return status;
}
