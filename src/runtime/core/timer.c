/* SPDX-License-Identifier: MIT */
/* timer.c - the heap of armed timers.
 *
 * Owns the array. Invariant: entries[i].timer->place == i + 1, and no entry is
 * before its parent. Each node has eight children: that makes a third of the
 * levels of a binary heap, and moving an entry by a level writes to a timer
 * elsewhere in memory, while the children are in three cache lines.
 *
 * Most timers never fire. A disarmed one leaves an entry without a timer, a
 * gap, as closing it would touch one timer for each level of the heap; gaps are
 * closed together, once they are the majority of entries. The first entry is
 * never a gap, nor does disarming leave one as the last. */
#include "runtime/core/timer.h"

#include <stdlib.h>

#include <duet/error.h>

#include "base/check.h"

enum { CHILDREN = 8, FIRST_ROOM = 64 };

static bool before(const duet__timer_entry *a, const duet__timer_entry *b)
{
    if (a->at_ns != b->at_ns)
        return a->at_ns < b->at_ns;
    return a->sequence < b->sequence;
}

static void put(duet__timers *timers, size_t index, duet__timer_entry entry)
{
    timers->entries[index] = entry;
    if (entry.timer != NULL)
        entry.timer->place = index + 1;
}

static void sift_up(duet__timers *timers, size_t index, duet__timer_entry entry)
{
    while (index > 0) {
        size_t parent = (index - 1) / CHILDREN;

        if (!before(&entry, &timers->entries[parent]))
            break;
        put(timers, index, timers->entries[parent]);
        index = parent;
    }
    put(timers, index, entry);
}

static void sift_down(duet__timers *timers, size_t index,
                      duet__timer_entry entry)
{
    for (;;) {
        size_t first = index * CHILDREN + 1;
        size_t end =
            first + CHILDREN < timers->count ? first + CHILDREN : timers->count;
        size_t least = first;

        if (first >= timers->count)
            break;
        for (size_t child = first + 1; child < end; child++)
            if (before(&timers->entries[child], &timers->entries[least]))
                least = child;
        if (!before(&timers->entries[least], &entry))
            break;
        put(timers, index, timers->entries[least]);
        index = least;
    }
    put(timers, index, entry);
}

static int make_room(duet__timers *timers)
{
    size_t room = timers->room == 0 ? FIRST_ROOM : timers->room * 2;
    duet__timer_entry *entries;

    if (timers->count + timers->reserved < timers->room)
        return 0;
    entries = realloc(timers->entries, room * sizeof *entries);
    if (entries == NULL)
        return DUET_ENOMEM;
    timers->entries = entries;
    timers->room = room;
    return 0;
}

static void add(duet__timers *timers, duet__timer *timer,
                duet_deadline deadline)
{
    duet__timer_entry entry = {deadline.at_ns, timers->next_sequence++, timer};

    sift_up(timers, timers->count++, entry);
}

int duet__timers_arm(duet__timers *timers, duet__timer *timer,
                     duet_deadline deadline)
{
    int status;

    duet__timers_disarm(timers, timer);
    if (duet_deadline_is_never(deadline))
        return 0;
    status = make_room(timers);
    if (status == 0)
        add(timers, timer, deadline);
    return status;
}

/* Removes the first entry, and gaps that move to its place. */
static void take_first(duet__timers *timers)
{
    for (;;) {
        duet__timer_entry last = timers->entries[--timers->count];

        if (timers->count == 0)
            return;
        sift_down(timers, 0, last);
        if (timers->entries[0].timer != NULL)
            return;
        timers->gaps--;
    }
}

/* Makes a heap of the entries that have a timer. */
static void close_gaps(duet__timers *timers)
{
    size_t kept = 0;

    for (size_t i = 0; i < timers->count; i++)
        if (timers->entries[i].timer != NULL)
            put(timers, kept++, timers->entries[i]);
    timers->count = kept;
    timers->gaps = 0;
    for (size_t i = (kept + CHILDREN - 2) / CHILDREN; i-- > 0;)
        sift_down(timers, i, timers->entries[i]);
}

void duet__timers_disarm(duet__timers *timers, duet__timer *timer)
{
    size_t index = timer->place - 1;

    if (timer->place == 0)
        return;
    timer->place = 0;
    if (index == 0) {
        take_first(timers);
        return;
    }
    timers->entries[index].timer = NULL;
    timers->gaps++;
    while (timers->entries[timers->count - 1].timer == NULL) {
        timers->count--;
        timers->gaps--;
    }
    if (timers->gaps > timers->count / 2)
        close_gaps(timers);
}

/* Other timers leave the reserved entries free, so without gaps one is free. */
void duet__timers_arm_reserved(duet__timers *timers, duet__timer *timer,
                               duet_deadline deadline)
{
    duet__timers_disarm(timers, timer);
    if (duet_deadline_is_never(deadline))
        return;
    if (timers->count == timers->room)
        close_gaps(timers);
    DUET__CHECK(timers->count < timers->room, "the timer has room set aside");
    add(timers, timer, deadline);
}

int duet__timers_reserve(duet__timers *timers)
{
    int status;

    timers->reserved++;
    status = make_room(timers);
    if (status != 0)
        timers->reserved--;
    return status;
}

void duet__timers_unreserve(duet__timers *timers)
{
    DUET__CHECK(timers->reserved > 0, "room is given back once");
    timers->reserved--;
}

duet_deadline duet__timers_next(const duet__timers *timers)
{
    return timers->count == 0 ? DUET_NEVER
                              : duet_at_ns(timers->entries[0].at_ns);
}

bool duet__timers_fire_one(duet__timers *timers, int64_t now_ns)
{
    duet__timer *timer;

    if (timers->count == 0 || timers->entries[0].at_ns > now_ns)
        return false;
    timer = timers->entries[0].timer;
    timer->place = 0;
    take_first(timers);
    timer->fired(timer);
    return true;
}

void duet__timers_free(duet__timers *timers)
{
    free(timers->entries);
    *timers = (duet__timers){0};
}
