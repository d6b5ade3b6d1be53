/* SPDX-License-Identifier: MIT */
/* admission.c - grants slots to waiting tasks.
 *
 * Invariants: a host is in `turns` or `late` exactly if a task waits for it and
 * it is below its limit; while the slots that are not lent are fewer than the
 * total limit, both are empty (a task that can run does run). A slot is counted
 * when it is granted, before the task that gets it runs. */
#include "client/admission/admission.h"

#include <stdlib.h>

#include <duet/error.h>

#include "base/check.h"
#include "runtime/core/clock.h"
#include "runtime/core/loop.h"
#include "runtime/core/wait.h"

enum { SILENT_MS = 1000 };

static void look_for_silence(duet__timer *timer);

void duet__admission_init(duet__admission *admission, size_t total_max,
                          size_t per_host_max)
{
    *admission = (duet__admission){.total_max = total_max,
                                   .per_host_max = per_host_max,
                                   .look.fired = look_for_silence};
    duet__map_init(&admission->hosts, SIZE_MAX);
    duet__link_init(&admission->slots);
    duet__link_init(&admission->turns);
    duet__link_init(&admission->late);
}

static int find_host(duet__admission *admission, duet__text name,
                     duet__admission_host **out_host)
{
    duet__admission_host *host = duet__map_get(&admission->hosts, name);
    int status = 0;

    if (host == NULL) {
        host = calloc(1, sizeof *host);
        if (host == NULL)
            return DUET_ENOMEM;
        duet__link_init(&host->waiting);
        duet__link_init(&host->turn);
        status = duet__map_insert(&admission->hosts, name, host);
        if (status != 0) {
            free(host);
            return status;
        }
        host->entry = duet__map_find(&admission->hosts, name);
    }
    *out_host = host;
    return 0;
}

/* The list that the host belongs to in its current state; NULL: none. */
static duet__list *list_of(duet__admission *admission,
                           const duet__admission_host *host)
{
    if (duet__list_is_empty(&host->waiting) ||
        host->running >= admission->per_host_max)
        return NULL;
    return host->lent > 0 ? &admission->late : &admission->turns;
}

/* Appends the host to the list it belongs to, or frees it if nothing uses it
 * any more. */
static void update(duet__admission *admission, duet__admission_host *host)
{
    duet__list *list = list_of(admission, host);

    if (list != host->list) {
        duet__list_remove(&host->turn);
        if (list != NULL)
            duet__list_push_back(list, &host->turn);
        host->list = list;
    }
    if (host->running == 0 && duet__list_is_empty(&host->waiting)) {
        duet__map_remove_entry(&admission->hosts, host->entry);
        free(host);
    }
}

static bool has_room(const duet__admission *admission)
{
    return admission->running - admission->lent < admission->total_max;
}

static void give(duet__admission *admission, duet__admission_host *host,
                 duet__admission_slot *slot)
{
    *slot = (duet__admission_slot){.host = host,
                                   .heard_ns = duet__loop_current->now_ns};
    duet__link_init(&slot->link);
    duet__list_push_back(&admission->slots, &slot->link);
    admission->running++;
    host->running++;
}

static duet__admission_host *next_host(duet__admission *admission)
{
    duet__link *turn = duet__list_pop_front(&admission->turns);

    if (turn == NULL)
        turn = duet__list_pop_front(&admission->late);
    return turn != NULL ? DUET__MEMBER(turn, duet__admission_host, turn) : NULL;
}

typedef struct admission_wait {
    duet__wait wait;
    duet__admission *admission;
    duet__admission_slot *slot;
} admission_wait;

/* Serves the hosts in turn while there is room. */
static void serve(duet__admission *admission)
{
    duet__admission_host *host;

    while (has_room(admission) && (host = next_host(admission)) != NULL) {
        admission_wait *waiter =
            DUET__MEMBER(host->waiting.next, admission_wait, wait.link);

        host->list = NULL; /* moves the host to the end */
        give(admission, host, waiter->slot);
        admission->waiting--;
        duet__wake_first(&host->waiting, 0);
        update(admission, host);
    }
}

/* --- silence ------------------------------------------------------------- */

/* Does another host wait for a slot? */
static bool another_waits(const duet__admission *admission,
                          const duet__admission_host *host)
{
    const duet__list *turns = &admission->turns;

    return !duet__list_is_empty(turns) &&
           (turns->next != &host->turn || turns->next->next != turns);
}

static void lend(duet__admission *admission, duet__admission_slot *slot)
{
    duet__list_remove(&slot->link);
    slot->is_lent = true;
    slot->host->lent++;
    admission->lent++;
    update(admission, slot->host);
    serve(admission);
}

/* Without memory for the timer, the next waiting task tries again. */
static void look_in(duet__admission *admission, int64_t ns)
{
    if (admission->look.place == 0 && admission->lent < admission->total_max &&
        !duet__list_is_empty(&admission->turns))
        (void)duet__loop_arm(duet__loop_current, &admission->look,
                             duet_in_ns(ns));
}

static void look_for_silence(duet__timer *timer)
{
    duet__admission *admission = DUET__MEMBER(timer, duet__admission, look);
    const int64_t silent_ns = SILENT_MS * INT64_C(1000000);
    int64_t now_ns = duet_clock_ns();
    int64_t longest_ns = 0; /* of slots whose server has sent since */
    duet__link *next;

    for (duet__link *link = admission->slots.next; link != &admission->slots;
         link = next) {
        duet__admission_slot *slot =
            DUET__MEMBER(link, duet__admission_slot, link);
        int64_t silence_ns = now_ns - slot->heard_ns;

        next = link->next;
        if (admission->lent == admission->total_max)
            return;
        if (silence_ns >= silent_ns) {
            if (another_waits(admission, slot->host))
                lend(admission, slot);
        } else if (silence_ns > longest_ns) {
            longest_ns = silence_ns;
        }
    }
    look_in(admission, silent_ns - longest_ns);
}

/* --- waiting ------------------------------------------------------------- */

/* A waiting task gives up. */
static void give_up(duet__wait *wait)
{
    duet__admission *admission =
        DUET__MEMBER(wait, admission_wait, wait)->admission;

    duet__list_remove(&wait->link);
    admission->waiting--;
    update(admission, wait->object);
}

int duet__admission_enter(duet__admission *admission, duet__text host_name,
                          duet__admission_slot *slot, duet_deadline deadline)
{
    admission_wait waiter = {
        .wait = {.what = "connection slot", .leave = give_up},
        .admission = admission,
        .slot = slot,
    };
    duet__admission_host *host;
    int status = admission->is_closed ? DUET_ECLOSED : 0;

    if (status == 0)
        status = find_host(admission, host_name, &host);
    if (status != 0)
        return status;
    if (has_room(admission) && host->running < admission->per_host_max) {
        give(admission, host, slot);
        return 0;
    }
    waiter.wait.object = host;
    duet__list_push_back(&host->waiting, &waiter.wait.link);
    admission->waiting++;
    update(admission, host);
    look_in(admission, SILENT_MS * INT64_C(1000000));
    return duet__park(&waiter.wait, deadline);
}

void duet__admission_leave(duet__admission *admission,
                           duet__admission_slot *slot)
{
    duet__admission_host *host = slot->host;

    DUET__CHECK(host->running > 0, "a slot is given back once");
    duet__list_remove(&slot->link);
    admission->running--;
    host->running--;
    if (slot->is_lent) {
        admission->lent--;
        host->lent--;
    }
    update(admission, host);
    if (!admission->is_closed)
        serve(admission);
}

void duet__admission_close(duet__admission *admission)
{
    duet__map_entry *entry = duet__map_first(&admission->hosts);

    admission->is_closed = true;
    if (admission->look.place != 0)
        duet__loop_disarm(duet__loop_current, &admission->look);
    while (entry != NULL) {
        duet__admission_host *host = entry->value;

        entry = duet__map_next(&admission->hosts, entry);
        duet__wake_all(&host->waiting, DUET_ECLOSED);
        update(admission, host);
    }
    admission->waiting = 0;
}

void duet__admission_free(duet__admission *admission)
{
    DUET__CHECK(admission->running == 0 && admission->waiting == 0,
                "no slot is in use");
    if (admission->look.place != 0)
        duet__loop_disarm(duet__loop_current, &admission->look);
    duet__map_free(&admission->hosts);
}
