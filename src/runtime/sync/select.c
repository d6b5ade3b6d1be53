/* SPDX-License-Identifier: MIT */
/* select.c - waits for the first of several operations.
 *
 * Each case that cannot be done at once is in its object's queue with a wait of
 * its own. Invariant: either all of them are queued and none was chosen, or one
 * was chosen and none is queued: the wake-up of the first removes the others
 * before anything else runs. */
#include <stdint.h>
#include <stdlib.h>

#include "runtime/sync/channel.h"
#include "runtime/core/clock.h"
#include "runtime/core/descriptor.h"
#include "runtime/core/loop.h"
#include "runtime/core/task.h"

enum { FEW = 8, NONE_CHOSEN = -1 };

typedef struct selection selection;

typedef struct alternative {
    duet__offer offer;
    selection *selection;
} alternative;

struct selection {
    duet__wait wait; /* the task's; in no queue itself */
    alternative *alternatives;
    size_t standing; /* how many alternatives were put into queues */
    ptrdiff_t chosen;
};

/* DUET_EAGAIN: the case cannot be done now. */
static int try_case(const duet_select_case *one)
{
    int status = DUET_EAGAIN;

    switch (one->kind) {
    case DUET_SELECT_SEND:
        status = duet__channel_send_now(one->channel, one->value);
        break;
    case DUET_SELECT_RECEIVE:
        status = duet__channel_receive_now(one->channel, one->out_value);
        break;
    case DUET_SELECT_READABLE:
    case DUET_SELECT_WRITABLE:
        return duet__descriptor_is_ready(one->descriptor,
                                         one->kind == DUET_SELECT_WRITABLE);
    case DUET_SELECT_NOTHING:
        break;
    }
    return status == DUET_EFULL || status == DUET_EEMPTY ? DUET_EAGAIN : status;
}

static void leave_all(duet__wait *wait)
{
    selection *own = DUET__MEMBER(wait, selection, wait);

    for (size_t i = 0; i < own->standing; i++) {
        duet__link *link = &own->alternatives[i].offer.wait.link;

        if (link->next != NULL)
            duet__list_remove(link);
    }
}

static void choose(duet__wait *wait, int status)
{
    alternative *taken = DUET__MEMBER(wait, alternative, offer.wait);
    selection *own = taken->selection;

    own->chosen = taken - own->alternatives;
    leave_all(&own->wait);
    duet__wake(&own->wait, status);
}

static int stand_in_line(selection *own, const duet_select_case *one)
{
    alternative *place = &own->alternatives[own->standing++];

    *place =
        (alternative){.offer = {.wait = {.what = "select", .woken = choose},
                                .value = one->value,
                                .out_value = one->out_value},
                      .selection = own};
    switch (one->kind) {
    case DUET_SELECT_SEND:
    case DUET_SELECT_RECEIVE:
        duet__channel_offer(one->channel, &place->offer,
                            one->kind == DUET_SELECT_SEND);
        return 0;
    case DUET_SELECT_READABLE:
    case DUET_SELECT_WRITABLE:
        return duet__descriptor_wait_for(
            &duet__loop_current->descriptors, one->descriptor,
            one->kind == DUET_SELECT_WRITABLE, &place->offer.wait);
    case DUET_SELECT_NOTHING:
        break;
    }
    return 0;
}

static int wait_for_any(const duet_select_case *cases, size_t count,
                        alternative *alternatives, size_t *out_index,
                        duet_deadline deadline)
{
    selection own = {.wait = {.what = "select", .leave = leave_all},
                     .alternatives = alternatives,
                     .chosen = NONE_CHOSEN};
    int status = 0;

    for (size_t i = 0; i < count && status == 0; i++)
        status = stand_in_line(&own, &cases[i]);
    if (status != 0)
        leave_all(&own.wait);
    else
        status = duet__park(&own.wait, deadline);
    if (own.chosen != NONE_CHOSEN)
        *out_index = (size_t)own.chosen;
    return status;
}

int duet_select(const duet_select_case *cases, size_t count, size_t *out_index,
                duet_deadline deadline)
{
    alternative few[FEW];
    alternative *alternatives = few;
    int status;

    for (size_t i = 0; i < count; i++) {
        status = try_case(&cases[i]);
        if (status == 0 || status == DUET_ECLOSED)
            *out_index = i;
        if (status != DUET_EAGAIN)
            return status;
    }
    if (duet__task_current() == NULL)
        return duet_deadline_is_now(deadline) ? DUET_ETIMEDOUT : DUET_ENOLOOP;
    if (count > FEW) {
        alternatives = reallocarray(NULL, count, sizeof *alternatives);
        if (alternatives == NULL)
            return DUET_ENOMEM;
    }
    status = wait_for_any(cases, count, alternatives, out_index, deadline);
    if (alternatives != few)
        free(alternatives);
    return status;
}
