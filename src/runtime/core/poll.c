/* SPDX-License-Identifier: MIT */
/* poll.c - the table of descriptors, and epoll_wait().
 *
 * Owns the table. A driver's source stays registered with its latest events; a
 * descriptor that tasks wait for is registered for one event, and stays in the
 * set disarmed. */
#include "runtime/core/poll.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/core/clock.h"

enum { EVENTS_PER_POLL = 256, FIRST_ROOM = 64 };

int duet__poll_init(duet__poll_set *set)
{
    *set = (duet__poll_set){.epoll = epoll_create1(EPOLL_CLOEXEC)};
    return set->epoll < 0 ? duet__error_from_errno(errno) : 0;
}

void duet__poll_free(duet__poll_set *set)
{
    for (size_t i = 0; i < set->room; i++)
        free(set->entries[i].waiting);
    free(set->entries);
    if (set->epoll >= 0)
        close(set->epoll);
    *set = (duet__poll_set){.epoll = -1};
}

bool duet__descriptor_is_open(int descriptor)
{
    return fcntl(descriptor, F_GETFD) >= 0;
}

/* Makes room for `descriptor`; not for a number that is not open, which could
 * be arbitrarily large. Returns 0, DUET_EBADF or DUET_ENOMEM. */
static int make_room(duet__poll_set *set, int descriptor)
{
    size_t room = set->room == 0 ? FIRST_ROOM : set->room;
    duet__poll_entry *entries;

    if (!duet__descriptor_is_open(descriptor))
        return DUET_EBADF;
    while (room <= (size_t)descriptor)
        room *= 2;
    entries = realloc(set->entries, room * sizeof *entries);
    if (entries == NULL)
        return DUET_ENOMEM;
    for (size_t i = set->room; i < room; i++)
        entries[i] = (duet__poll_entry){0};
    set->entries = entries;
    set->room = room;
    return 0;
}

int duet__poll_find(duet__poll_set *set, int descriptor,
                    duet__poll_entry **out_entry)
{
    int status = 0;

    if (descriptor < 0)
        return DUET_EBADF;
    if ((size_t)descriptor >= set->room)
        status = make_room(set, descriptor);
    if (status == 0)
        *out_entry = &set->entries[descriptor];
    return status;
}

static int control(duet__poll_set *set, int operation, int descriptor,
                   uint32_t events, uint32_t generation)
{
    struct epoll_event event = {
        .events = events,
        .data.u64 = (uint64_t)generation << 32 | (uint32_t)descriptor,
    };

    if (epoll_ctl(set->epoll, operation, descriptor, &event) == 0)
        return 0;
    return duet__error_from_errno(errno);
}

/* --- sources ------------------------------------------------------------- */

int duet__source_watch(duet__poll_set *set, int descriptor, uint32_t events,
                       duet__source_ready *ready, void *context)
{
    duet__poll_entry *entry;
    int status = duet__poll_find(set, descriptor, &entry);
    bool is_new;

    if (status != 0)
        return status;
    if (duet__poll_is_driven(entry) && entry->context != context)
        return DUET_EBUSY;
    is_new = !duet__poll_is_driven(entry);
    if (is_new) {
        entry->generation++;
        if (entry->registered != 0) /* left over from waiting tasks */
            control(set, EPOLL_CTL_DEL, descriptor, 0, 0);
        entry->registered = 0;
    }
    if (events != entry->registered || is_new) {
        int operation = entry->registered == 0 ? EPOLL_CTL_ADD
                        : events == 0          ? EPOLL_CTL_DEL
                                               : EPOLL_CTL_MOD;

        if (events != 0 || entry->registered != 0)
            status =
                control(set, operation, descriptor, events, entry->generation);
        if (status != 0)
            return status;
    }
    entry->registered = events;
    entry->ready = ready;
    entry->context = context;
    return 0;
}

int duet__source_watch_once(duet__poll_set *set, int descriptor,
                            uint32_t events, duet__source_ready *ready,
                            void *context)
{
    duet__poll_entry *entry = &set->entries[descriptor];
    int status = DUET_ENOENT;

    events |= EPOLLONESHOT;
    if (entry->registered != 0)
        status =
            control(set, EPOLL_CTL_MOD, descriptor, events, entry->generation);
    /* Or closed and opened again since. A new registration gets a new
     * generation: the registration of the previous file with that number may
     * survive in a duplicate, and fire. */
    if (status == DUET_ENOENT)
        status = control(set, EPOLL_CTL_ADD, descriptor, events,
                         ++entry->generation);
    if (status == DUET_EEXIST)
        status =
            control(set, EPOLL_CTL_MOD, descriptor, events, entry->generation);
    if (status != 0)
        return status;
    entry->registered = events;
    entry->ready = ready;
    entry->context = context;
    return 0;
}

void duet__source_forget(duet__poll_set *set, int descriptor)
{
    duet__poll_entry *entry;

    if (descriptor < 0 || (size_t)descriptor >= set->room)
        return;
    entry = &set->entries[descriptor];
    entry->generation++;
    entry->registered = 0;
    entry->ready = NULL;
    entry->context = NULL;
}

void duet__source_remove(duet__poll_set *set, int descriptor)
{
    if (descriptor < 0 || (size_t)descriptor >= set->room)
        return;
    if (set->entries[descriptor].registered != 0)
        control(set, EPOLL_CTL_DEL, descriptor, 0, 0);
    duet__source_forget(set, descriptor);
}

int duet__source_replace(duet__poll_set *set, int descriptor, int other)
{
    duet__poll_entry before = {0};
    int status = 0;
    int watched = 0;

    if ((size_t)descriptor < set->room)
        before = set->entries[descriptor];
    duet__source_remove(set, descriptor); /* while its file is still there */
    if (dup3(other, descriptor, O_CLOEXEC) < 0)
        status = duet__error_from_errno(errno);
    if (before.ready != NULL)
        watched = duet__source_watch(set, descriptor, before.registered,
                                     before.ready, before.context);
    return status != 0 ? status : watched;
}

/* --- polling ------------------------------------------------------------- */

static void deliver(duet__poll_set *set, const struct epoll_event *event)
{
    int descriptor = (int)(uint32_t)event->data.u64;
    duet__poll_entry *entry = &set->entries[descriptor];

    if (entry->generation != (uint32_t)(event->data.u64 >> 32))
        return; /* for a former owner */
    if (entry->ready != NULL)
        entry->ready(entry->context, descriptor, event->events);
}

static int wait_for_events(int epoll, struct epoll_event *events,
                           int64_t timeout_ns)
{
    static bool no_pwait2;
    struct timespec timeout = {.tv_sec = timeout_ns / 1000000000,
                               .tv_nsec = timeout_ns % 1000000000};
    int64_t ms = timeout_ns / 1000000 + (timeout_ns % 1000000 != 0);
    int count;

    if (timeout_ns <= 0)
        return epoll_wait(epoll, events, EVENTS_PER_POLL,
                          timeout_ns < 0 ? -1 : 0);
    if (!no_pwait2) {
        count = epoll_pwait2(epoll, events, EVENTS_PER_POLL, &timeout, NULL);
        if (count >= 0 || errno != ENOSYS)
            return count;
        no_pwait2 = true;
    }
    return epoll_wait(epoll, events, EVENTS_PER_POLL,
                      ms > INT32_MAX ? INT32_MAX : (int)ms);
}

int duet__poll(duet_loop *loop, int64_t timeout_ns)
{
    duet__poll_set *set = &loop->descriptors;
    struct epoll_event events[EVENTS_PER_POLL];
    int count;

    loop->counters.polls++;
    loop->is_polling = true;
    count = wait_for_events(set->epoll, events, timeout_ns);
    loop->is_polling = false;
    /* Read first: the callbacks use the time, and the sleep may have been
     * long. */
    loop->now_ns = duet__loop_time(loop);
    for (int i = 0; i < count; i++)
        deliver(set, &events[i]);
    if (count < 0)
        return 0;
    loop->counters.descriptor_events += (uint64_t)count;
    return count;
}
