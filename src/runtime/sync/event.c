/* SPDX-License-Identifier: MIT */
/* event.c - a flag and the tasks that wait for it.
 *
 * Invariant: no task waits for an event that is set. */
#include <duet/event.h>

#include <stdlib.h>

#include "base/check.h"
#include "base/life.h"
#include "runtime/core/thread_check.h"
#include "runtime/core/wait.h"

DUET__LIVES("event")

struct duet_event {
    DUET__USER
    DUET__LIFE
    bool set;
    duet__list waiters;
};

int duet_event_new(duet_event **out_event)
{
    duet_event *event = malloc(sizeof *event);

    *out_event = event;
    if (event == NULL)
        return DUET_ENOMEM;
    *event = (duet_event){0};
    duet__link_init(&event->waiters);
    DUET__LIFE_BEGINS(event);
    return 0;
}

void duet_event_free(duet_event *event)
{
    if (event == NULL)
        return;
    DUET__LIFE_ENDS(event);
    DUET__CHECK(duet__list_is_empty(&event->waiters),
                "a task waits for the event");
    free(event);
}

void duet_event_set(duet_event *event)
{
    DUET__OWN_USE(event);
    event->set = true;
    duet__wake_all(&event->waiters, 0);
}

void duet_event_clear(duet_event *event)
{
    DUET__OWN_USE(event);
    event->set = false;
}

bool duet_event_is_set(const duet_event *event)
{
    DUET__OWN_USE(event);
    return event->set;
}

int duet_event_wait(duet_event *event, duet_deadline deadline)
{
    duet__wait wait = {.what = "event", .object = event, .cancel_wins = true};

    DUET__OWN_USE(event);
    if (event->set)
        return 0;
    duet__list_push_back(&event->waiters, &wait.link);
    return duet__park(&wait, deadline);
}
