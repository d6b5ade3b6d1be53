/* SPDX-License-Identifier: MIT */
/* entrance.c - waits for the addresses of a host, then for a slot.
 *
 * Invariant: a slot that duet__admission_enter() gave is given back by
 * duet__hop_leave(), at once if the hop may not begin. */
#include "client/exchange/entrance.h"

#include <duet/error.h>

#include "runtime/core/loop.h"

/* After this long a wait for a slot, the addresses may have changed. */
enum { FRESH_MS = 1000 };

/* --- addresses ----------------------------------------------------------- */

static duet__search search_for(const duet__hop *hop, int64_t begin_ns,
                               duet_deadline deadline)
{
    return (duet__search){
        .host = duet_url_host(hop->url),
        .port = duet_url_port(hop->url),
        .begin_ns = begin_ns,
        .turn_deadline =
            duet__phase_deadline(hop->limits, DUET_PHASE_QUEUE, hop->begin_ns),
        .limit_ns = hop->limits->ns[DUET_PHASE_RESOLVE],
        .deadline = deadline,
    };
}

static int resolve_failed(const duet__hop *hop, int status,
                          const duet__search *search, const char *flaw)
{
    bool had_turn = search->turn_ns != 0 || status == DUET_ERESOLVE;

    if (status == DUET_ETIMEDOUT)
        flaw = had_turn ? "no answer" : "too many names are looked up";
    else if (status != DUET_ERESOLVE)
        flaw = duet_error_text(status);
    return duet__phase_fail(
        status, had_turn ? DUET_PHASE_RESOLVE : DUET_PHASE_QUEUE, hop->where,
        search->turn_ns != 0 ? search->turn_ns : hop->begin_ns, "%s", flaw);
}

static int resolve(duet_session *session, duet__hop *hop,
                   duet__entrance *entrance, duet_deadline deadline)
{
    duet__search search = search_for(hop, hop->begin_ns, deadline);
    int64_t end_ns;
    int64_t turn_ns;
    const char *flaw;
    int status = duet__resolver_find(session->resolver, &search,
                                     &entrance->addresses, &flaw);

    if (status == 0 && search.turn_ns == 0)
        return 0; /* without waiting */
    end_ns = duet_clock_ns();
    turn_ns = search.turn_ns != 0 ? search.turn_ns : end_ns;
    entrance->timings->queue_ns += turn_ns - hop->begin_ns;
    entrance->timings->resolve_ns += end_ns - turn_ns;
    if (status != 0)
        return resolve_failed(hop, status, &search, flaw);
    hop->begin_ns = end_ns;
    return 0;
}

/* Takes newer addresses, if there are any. */
static int refresh(duet_session *session, const duet__hop *hop,
                   duet__entrance *entrance, int64_t now_ns)
{
    duet__search search = search_for(hop, now_ns, DUET_NOW);
    duet__addresses *newer;
    const char *flaw;
    int status = duet__resolver_find(session->resolver, &search, &newer, &flaw);

    if (status == 0) {
        duet__addresses_drop(entrance->addresses);
        entrance->addresses = newer;
    }
    return status == DUET_ECANCELED ? status : 0;
}

/* --- slot ---------------------------------------------------------------- */

static int queue_failed(const duet__hop *hop, int status)
{
    static const char busy[] = "all connections stayed busy";
    static const char closed[] = "the session was closed";

    return duet__phase_fail(status, DUET_PHASE_QUEUE, hop->where, hop->begin_ns,
                            "%s",
                            status == DUET_ETIMEDOUT ? busy
                            : status == DUET_ECLOSED ? closed
                                                     : duet_error_text(status));
}

/* Checks what may have changed while the task waited for its slot. */
static int look_again(duet_session *session, const duet__hop *hop,
                      duet__entrance *entrance, int64_t now_ns)
{
    if (session->is_closed) /* between getting the slot and now */
        return DUET_ECLOSED;
    if (entrance->addresses != NULL &&
        now_ns - hop->begin_ns > FRESH_MS * INT64_C(1000000))
        return refresh(session, hop, entrance, now_ns);
    return 0;
}

static int queue(duet_session *session, duet__hop *hop,
                 duet__entrance *entrance, duet_deadline deadline)
{
    duet_deadline own =
        duet__phase_deadline(hop->limits, DUET_PHASE_QUEUE, hop->begin_ns);
    int status = duet__admission_enter(
        &session->admission, duet__text_from(duet_url_origin(hop->url)),
        &hop->slot, duet_deadline_earlier(own, deadline));
    /* Limits count from here: the turn's clock may be old if a task that ran
     * earlier in the turn took long. */
    int64_t entered_ns = duet_clock_ns();

    entrance->timings->queue_ns += entered_ns - hop->begin_ns;
    if (status != 0)
        return queue_failed(hop, status);
    status = look_again(session, hop, entrance, entered_ns);
    if (status != 0) {
        duet__admission_leave(&session->admission, &hop->slot);
        return queue_failed(hop, status);
    }
    hop->begin_ns = entered_ns;
    return 0;
}

/* --- both ---------------------------------------------------------------- */

int duet__hop_enter(duet_session *session, duet__hop *hop,
                    duet__entrance *entrance, duet_deadline deadline)
{
    int status;

    if (session->is_closed) /* between two hops */
        return queue_failed(hop, DUET_ECLOSED);
    status = resolve(session, hop, entrance, deadline);
    if (status != 0)
        return status;
    status = queue(session, hop, entrance, deadline);
    if (status != 0) {
        duet__addresses_drop(entrance->addresses);
        return status;
    }
    entrance->is_inside = true;
    hop->addresses =
        entrance->addresses != NULL ? entrance->addresses->text : NULL;
    return 0;
}

void duet__hop_leave(duet_session *session, duet__hop *hop,
                     duet__entrance *entrance)
{
    if (!entrance->is_inside)
        return;
    entrance->is_inside = false;
    duet__admission_leave(&session->admission, &hop->slot);
    duet__addresses_drop(entrance->addresses);
}
