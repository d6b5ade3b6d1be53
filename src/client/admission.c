/* SPDX-License-Identifier: MIT */
/* admission.c - giving out slots.
 *
 * Invariants: a host is in `turns` exactly if somebody waits for it and it is
 * below its limit; while the total is below its limit, `turns` is empty (who
 * can run, runs). A slot is counted when it is given, before the task that gets
 * it runs. */
#include "client/admission.h"

#include <stdlib.h>

#include <duet/error.h>

#include "base/check.h"
#include "runtime/wait.h"

void duet__admission_init(duet__admission *admission, size_t total_max,
                          size_t per_host_max)
{
    *admission =
        (duet__admission){.total_max = total_max, .per_host_max = per_host_max};
    duet__map_init(&admission->hosts, SIZE_MAX);
    duet__link_init(&admission->turns);
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

/* Puts the host into `turns`, at the end, or takes it out, as it now stands;
 * frees it if nobody has to do with it any more. */
static void update(duet__admission *admission, duet__admission_host *host)
{
    bool somebody_waits = !duet__list_is_empty(&host->waiting);
    bool could_run = somebody_waits && host->running < admission->per_host_max;

    if (could_run != duet__link_is_in(&host->turn)) {
        if (could_run)
            duet__list_push_back(&admission->turns, &host->turn);
        else
            duet__list_remove(&host->turn);
    }
    if (!somebody_waits && host->running == 0) {
        duet__map_remove_entry(&admission->hosts, host->entry);
        free(host);
    }
}

static void give(duet__admission *admission, duet__admission_host *host)
{
    admission->running++;
    host->running++;
}

/* Serves the hosts in turn while there is room. */
static void serve(duet__admission *admission)
{
    while (admission->running < admission->total_max &&
           !duet__list_is_empty(&admission->turns)) {
        duet__admission_host *host =
            DUET__MEMBER(duet__list_pop_front(&admission->turns),
                         duet__admission_host, turn);

        give(admission, host);
        admission->waiting--;
        duet__wake_first(&host->waiting, 0);
        update(admission, host);
    }
}

typedef struct admission_wait {
    duet__wait wait;
    duet__admission *admission;
} admission_wait;

/* A waiter gives up. */
static void give_up(duet__wait *wait)
{
    duet__admission *admission =
        DUET__MEMBER(wait, admission_wait, wait)->admission;

    duet__list_remove(&wait->link);
    admission->waiting--;
    update(admission, wait->object);
}

int duet__admission_enter(duet__admission *admission, duet__text host_name,
                          duet__admission_host **out_host,
                          duet_deadline deadline)
{
    admission_wait waiter = {
        .wait = {.what = "connection slot", .leave = give_up},
        .admission = admission,
    };
    duet__admission_host *host;
    int status = admission->is_closed ? DUET_ECLOSED : 0;

    if (status == 0)
        status = find_host(admission, host_name, &host);
    if (status != 0)
        return status;
    *out_host = host;
    if (admission->running < admission->total_max &&
        host->running < admission->per_host_max) {
        give(admission, host);
        return 0;
    }
    waiter.wait.object = host;
    duet__list_push_back(&host->waiting, &waiter.wait.link);
    admission->waiting++;
    update(admission, host);
    return duet__park(&waiter.wait, deadline);
}

void duet__admission_leave(duet__admission *admission,
                           duet__admission_host *host)
{
    DUET__CHECK(host->running > 0, "a slot is given back once");
    admission->running--;
    host->running--;
    update(admission, host);
    if (!admission->is_closed)
        serve(admission);
}

void duet__admission_close(duet__admission *admission)
{
    duet__map_entry *entry = duet__map_first(&admission->hosts);

    admission->is_closed = true;
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
    duet__map_free(&admission->hosts);
}
