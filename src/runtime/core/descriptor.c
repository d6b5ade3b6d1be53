/* SPDX-License-Identifier: MIT */
/* descriptor.c - waking the tasks that wait for a descriptor.
 *
 * Invariant: while tasks wait for a descriptor that no driver owns, the epoll
 * set watches it for the next event that one of them waits for. */
#include "runtime/core/descriptor.h"

#include <poll.h>
#include <stdlib.h>

#include <duet/descriptor.h>

#include "base/error.h"
#include "base/list.h"
#include "runtime/core/clock.h"
#include "runtime/core/wait.h"

typedef struct waiting {
    duet__poll_set *set;
    duet__list readers; /* of duet__wait */
    duet__list writers;
} waiting;

static int arm(waiting *waiting, int descriptor);

static void wake(void *context, int descriptor, uint32_t events)
{
    const uint32_t broken = EPOLLERR | EPOLLHUP;
    waiting *waiting = context;

    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLPRI | broken))
        duet__wake_all(&waiting->readers, 0);
    if (events & (EPOLLOUT | broken))
        duet__wake_all(&waiting->writers, 0);
    if (!duet__list_is_empty(&waiting->readers) ||
        !duet__list_is_empty(&waiting->writers))
        arm(waiting, descriptor);
}

/* Registers what the tasks wait for, once. */
static int arm(waiting *waiting, int descriptor)
{
    uint32_t events = 0;

    if (!duet__list_is_empty(&waiting->readers))
        events |= EPOLLIN | EPOLLRDHUP;
    if (!duet__list_is_empty(&waiting->writers))
        events |= EPOLLOUT;
    return duet__source_watch_once(waiting->set, descriptor, events, wake,
                                   waiting);
}

/* The tasks that wait for the entry's descriptor; NULL: no memory. */
static waiting *find_waiting(duet__poll_set *set, duet__poll_entry *entry)
{
    waiting *found = entry->waiting;

    if (found != NULL)
        return found;
    found = malloc(sizeof *found);
    if (found == NULL)
        return NULL;
    found->set = set;
    duet__link_init(&found->readers);
    duet__link_init(&found->writers);
    entry->waiting = found;
    return found;
}

int duet__descriptor_wait_for(duet__poll_set *set, int descriptor, bool writing,
                              duet__wait *wait)
{
    duet__poll_entry *entry;
    waiting *waiting;
    int status = duet__poll_find(set, descriptor, &entry);

    if (status != 0)
        return status;
    if (duet__poll_is_driven(entry))
        return DUET_EBUSY;
    waiting = find_waiting(set, entry);
    if (waiting == NULL)
        return DUET_ENOMEM;
    wait->object = (void *)(intptr_t)descriptor;
    duet__list_push_back(writing ? &waiting->writers : &waiting->readers,
                         &wait->link);
    status = arm(waiting, descriptor);
    if (status != 0)
        duet__list_remove(&wait->link);
    return status;
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

/* The status of a refusal, with its reason as detail. */
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
                       .cancel_wins = true,
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
