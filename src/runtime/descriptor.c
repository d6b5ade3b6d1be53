/* SPDX-License-Identifier: MIT */
/* descriptor.c - the loop's epoll set and the tasks that wait for descriptors.
 *
 * Owns the table. A driver's source stays registered as it was told last. A
 * descriptor that tasks wait for is registered for one event (EPOLLONESHOT) and
 * stays in the set disarmed: the user may close it without telling us, so its
 * registration is never trusted but changed, and added if epoll knows it not.
 */
#include "runtime/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <duet/descriptor.h>

#include "base/error.h"
#include "runtime/loop.h"
#include "runtime/wait.h"

enum { EVENTS_PER_POLL = 256, FIRST_ROOM = 64 };

int duet__descriptors_init(duet__descriptors *descriptors)
{
    *descriptors = (duet__descriptors){.epoll = epoll_create1(EPOLL_CLOEXEC)};
    return descriptors->epoll < 0 ? duet__error_from_errno(errno) : 0;
}

void duet__descriptors_free(duet__descriptors *descriptors)
{
    for (size_t i = 0; i < descriptors->room; i++) {
        free(descriptors->entries[i].readers);
        free(descriptors->entries[i].writers);
    }
    free(descriptors->entries);
    if (descriptors->epoll >= 0)
        close(descriptors->epoll);
    *descriptors = (duet__descriptors){.epoll = -1};
}

bool duet__descriptor_is_open(int descriptor)
{
    return fcntl(descriptor, F_GETFD) >= 0;
}

/* Makes room for `descriptor`: none for what is not open, however large the
 * number is. Returns 0, DUET_EBADF or DUET_ENOMEM. */
static int make_room(duet__descriptors *descriptors, int descriptor)
{
    size_t room = descriptors->room == 0 ? FIRST_ROOM : descriptors->room;
    duet__descriptor *entries;

    if (!duet__descriptor_is_open(descriptor))
        return DUET_EBADF;
    while (room <= (size_t)descriptor)
        room *= 2;
    entries = realloc(descriptors->entries, room * sizeof *entries);
    if (entries == NULL)
        return DUET_ENOMEM;
    for (size_t i = descriptors->room; i < room; i++)
        entries[i] = (duet__descriptor){0};
    descriptors->entries = entries;
    descriptors->room = room;
    return 0;
}

/* The entry of `descriptor`, made if need be. Returns 0, DUET_EBADF or
 * DUET_ENOMEM. */
static int find_entry(duet__descriptors *descriptors, int descriptor,
                      duet__descriptor **out_entry)
{
    int status = 0;

    if (descriptor < 0)
        return DUET_EBADF;
    if ((size_t)descriptor >= descriptors->room)
        status = make_room(descriptors, descriptor);
    if (status == 0)
        *out_entry = &descriptors->entries[descriptor];
    return status;
}

static int control(duet__descriptors *descriptors, int operation,
                   int descriptor, uint32_t events, uint32_t generation)
{
    struct epoll_event event = {
        .events = events,
        .data.u64 = (uint64_t)generation << 32 | (uint32_t)descriptor,
    };

    if (epoll_ctl(descriptors->epoll, operation, descriptor, &event) == 0)
        return 0;
    return duet__error_from_errno(errno);
}

/* --- sources ------------------------------------------------------------- */

int duet__source_watch(duet__descriptors *descriptors, int descriptor,
                       uint32_t events, duet__descriptor_ready *ready,
                       void *context)
{
    duet__descriptor *entry;
    int status = find_entry(descriptors, descriptor, &entry);

    if (status != 0)
        return status;
    if (entry->ready != NULL && entry->context != context)
        return DUET_EBUSY;
    if (entry->ready == NULL) {
        entry->generation++;
        if (entry->registered != 0) /* left over from waiting tasks */
            control(descriptors, EPOLL_CTL_DEL, descriptor, 0, 0);
        entry->registered = 0;
    }
    if (events != entry->registered || entry->ready == NULL) {
        int operation = entry->registered == 0 ? EPOLL_CTL_ADD
                        : events == 0          ? EPOLL_CTL_DEL
                                               : EPOLL_CTL_MOD;

        if (events != 0 || entry->registered != 0)
            status = control(descriptors, operation, descriptor, events,
                             entry->generation);
        if (status != 0)
            return status;
    }
    entry->registered = events;
    entry->ready = ready;
    entry->context = context;
    return 0;
}

void duet__source_forget(duet__descriptors *descriptors, int descriptor)
{
    duet__descriptor *entry;

    if (descriptor < 0 || (size_t)descriptor >= descriptors->room)
        return;
    entry = &descriptors->entries[descriptor];
    entry->generation++;
    entry->registered = 0;
    entry->ready = NULL;
    entry->context = NULL;
}

void duet__source_remove(duet__descriptors *descriptors, int descriptor)
{
    if (descriptor < 0 || (size_t)descriptor >= descriptors->room)
        return;
    if (descriptors->entries[descriptor].registered != 0)
        control(descriptors, EPOLL_CTL_DEL, descriptor, 0, 0);
    duet__source_forget(descriptors, descriptor);
}

/* --- tasks that wait ----------------------------------------------------- */

static bool has_waiters(const duet__list *queue)
{
    return queue != NULL && !duet__list_is_empty(queue);
}

static uint32_t wanted_events(const duet__descriptor *entry)
{
    uint32_t events = 0;

    if (has_waiters(entry->readers))
        events |= EPOLLIN | EPOLLRDHUP;
    if (has_waiters(entry->writers))
        events |= EPOLLOUT;
    return events;
}

/* Registers what the tasks wait for, once. What is added anew gets a generation
 * of its own: the registration of what had the number before may live on, in a
 * duplicate, and fire. */
static int arm_for_waiters(duet__descriptors *descriptors, int descriptor)
{
    duet__descriptor *entry = &descriptors->entries[descriptor];
    uint32_t events = wanted_events(entry) | EPOLLONESHOT;
    int status = DUET_ENOENT;

    if (entry->registered != 0)
        status = control(descriptors, EPOLL_CTL_MOD, descriptor, events,
                         entry->generation);
    if (status == DUET_ENOENT) /* or closed and opened again since */
        status = control(descriptors, EPOLL_CTL_ADD, descriptor, events,
                         ++entry->generation);
    if (status == DUET_EEXIST)
        status = control(descriptors, EPOLL_CTL_MOD, descriptor, events,
                         entry->generation);
    if (status == 0)
        entry->registered = events;
    return status;
}

static void wake_waiters(duet__descriptors *descriptors, int descriptor,
                         uint32_t events)
{
    duet__descriptor *entry = &descriptors->entries[descriptor];
    const uint32_t broken = EPOLLERR | EPOLLHUP;

    if (entry->readers != NULL &&
        (events & (EPOLLIN | EPOLLRDHUP | EPOLLPRI | broken)))
        duet__wake_all(entry->readers, 0);
    if (entry->writers != NULL && (events & (EPOLLOUT | broken)))
        duet__wake_all(entry->writers, 0);
    if (has_waiters(entry->readers) || has_waiters(entry->writers))
        arm_for_waiters(descriptors, descriptor);
}

static int find_queue(duet__descriptor *entry, bool writing,
                      duet__list **out_queue)
{
    duet__list **place = writing ? &entry->writers : &entry->readers;

    if (*place == NULL) {
        *place = malloc(sizeof **place);
        if (*place == NULL)
            return DUET_ENOMEM;
        duet__link_init(*place);
    }
    *out_queue = *place;
    return 0;
}

int duet__descriptor_is_ready(int descriptor, bool writing)
{
    struct pollfd one = {.fd = descriptor,
                         .events = writing ? POLLOUT : POLLIN | POLLRDHUP};

    if (poll(&one, 1, 0) < 0)
        return duet__error_from_errno(errno);
    if (one.revents & POLLNVAL)
        return DUET_EBADF;
    return one.revents != 0 ? 0 : DUET_EAGAIN;
}

int duet__descriptor_wait_for(duet__descriptors *descriptors, int descriptor,
                              bool writing, duet__wait *wait)
{
    duet__descriptor *entry;
    duet__list *queue;
    int status = find_entry(descriptors, descriptor, &entry);

    if (status == 0 && entry->ready != NULL)
        status = DUET_EBUSY;
    if (status == 0)
        status = find_queue(entry, writing, &queue);
    if (status != 0)
        return status;
    wait->object = (void *)(intptr_t)descriptor;
    duet__list_push_back(queue, &wait->link);
    status = arm_for_waiters(descriptors, descriptor);
    if (status != 0)
        duet__list_remove(&wait->link);
    return status;
}

/* The status of what was refused, with its reason for people. */
static int explain(int status, int descriptor)
{
    if (status == DUET_EBADF)
        return duet__fail(status, "descriptor %d is not open", descriptor);
    if (status == DUET_EBUSY)
        return duet__fail(status,
                          "descriptor %d belongs to a client or server of this "
                          "loop",
                          descriptor);
    return status;
}

int duet__descriptor_await(int descriptor, bool writing, duet__outside outside,
                           duet_deadline deadline)
{
    duet_loop *loop = duet__loop_current;
    duet__wait wait = {.what = writing ? "writable" : "readable",
                       .hands_over_nothing = true,
                       .outside = outside};
    int status;

    if (loop == NULL || loop->current == NULL)
        return DUET_ENOLOOP;
    status = duet__descriptor_wait_for(&loop->descriptors, descriptor, writing,
                                       &wait);
    if (status == DUET_EPERM) /* always ready: regular files */
        return duet_yield();
    if (status == 0 && duet_deadline_is_now(deadline) &&
        duet__descriptor_is_ready(descriptor, writing) == 0) {
        duet__list_remove(&wait.link);
        return 0;
    }
    return status != 0 ? explain(status, descriptor)
                       : duet__park(&wait, deadline);
}

int duet_wait_readable(int descriptor, duet_deadline deadline)
{
    return duet__descriptor_await(descriptor, false, DUET__FOR_PEER, deadline);
}

int duet_wait_writable(int descriptor, duet_deadline deadline)
{
    return duet__descriptor_await(descriptor, true, DUET__FOR_PEER, deadline);
}

/* --- polling ------------------------------------------------------------- */

static void deliver(duet__descriptors *descriptors,
                    const struct epoll_event *event)
{
    int descriptor = (int)(uint32_t)event->data.u64;
    duet__descriptor *entry = &descriptors->entries[descriptor];

    if (entry->generation != (uint32_t)(event->data.u64 >> 32))
        return; /* for an owner that is gone */
    if (entry->ready != NULL)
        entry->ready(entry->context, descriptor, event->events);
    else
        wake_waiters(descriptors, descriptor, event->events);
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

int duet__descriptors_poll(duet_loop *loop, int64_t timeout_ns)
{
    duet__descriptors *descriptors = &loop->descriptors;
    struct epoll_event events[EVENTS_PER_POLL];
    int count = wait_for_events(descriptors->epoll, events, timeout_ns);

    /* First: who is told times what he hears, and it may have been long. */
    loop->now_ns = duet__loop_time(loop);
    for (int i = 0; i < count; i++)
        deliver(descriptors, &events[i]);
    return count < 0 ? 0 : count;
}
