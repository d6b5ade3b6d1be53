/* SPDX-License-Identifier: MIT */
/* frontier.h - the URLs that were read and are not on the wire, and whose turn
 * it is.
 *
 * Each host (origin) has a queue of its own. A URL leaves it only to go on the
 * wire, so who waits for a host, for its name or for a retry holds a place in
 * memory and nothing that a URL of another host could use. Hosts take turns.
 *
 * A host has at most its share on the wire. The share of one that has never
 * answered is small, and grows by one with each answer, up to the limit for a
 * host; one that falls silent gets half. So a host that takes connections and
 * says nothing holds few places, and one that answers soon has all it can use.
 *
 * A host that asks to be left alone for a while (RFC 9110 10.2.3) rests: none
 * of its URLs begins meanwhile. One that asks again and again, with no other
 * answer between, is given up: its URLs that wait are handed out to be
 * reported, not to be fetched.
 *
 * Memory is bounded by a number of bytes for all waiting URLs together. At that
 * bound (duet__frontier_is_full()) nothing more is to be added, though all that
 * wait may belong to hosts that rest: then the input is read on when the first
 * of them goes on. */
#ifndef DUET_FETCH_FRONTIER_FRONTIER_H
#define DUET_FETCH_FRONTIER_FRONTIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>

#include "base/list.h"
#include "base/map.h"
#include "base/text.h"
#include "fetch/input/input.h"
#include "runtime/core/timer.h"

typedef struct duet__frontier duet__frontier;

typedef struct duet__frontier_host {
    duet__frontier *frontier;
    void *context;          /* of who looks it up */
    duet__map_entry *entry; /* its place among the hosts; the key: its origin */
    duet__list queue;       /* of duet__fetch_url that may begin */
    duet__list *list;       /* turns, held or unnamed; NULL: none */
    duet__link turn;        /* in `list` */
    duet__timer rest;       /* armed while it rests */
    size_t running;         /* of its URLs: begun, and not given back */
    size_t retrying;        /* of its URLs: in the wait before a retry */
    size_t given_up;        /* of its URLs: in frontier->given_up */
    size_t share;
    int rests;         /* in a row, with no other answer between */
    bool has_no_name;  /* its host is an address, or it is no URL */
    bool is_looked_up; /* now; then `turn` is free for who does it */
    bool is_slow;      /* for the same, and this: */
    int64_t asked_ns;
    bool has_answered; /* some time */
    int64_t named_until_ns;
    int name_error;        /* of the last look-up; 0: none */
    const char *name_flaw; /* of the same, for people; a constant */
} duet__frontier_host;

/* A URL from the input to its record. */
typedef struct duet__fetch_url {
    duet__link link;   /* in its host's queue, or in given_up */
    duet__timer retry; /* armed while it waits to be tried again */
    duet__frontier_host *host;
    const char *source; /* borrowed from the input */
    uint64_t line;
    uint64_t index;
    int64_t started_ns; /* the first attempt; 0: not begun */
    int64_t due_ns;     /* the end of the wait before the retry */
    int attempts;
    int http_status; /* of the last attempt; 0: there was none */
    int error;       /* of the same */
    bool is_given_up;
    size_t length;
    char text[]; /* NUL-terminated */
} duet__fetch_url;

typedef struct duet__frontier_limits {
    size_t per_host;  /* on the wire at once */
    size_t share;     /* of a host that has not answered yet */
    int rests;        /* in a row, after which a host is given up */
    size_t bytes_max; /* of waiting URLs */
} duet__frontier_limits;

struct duet__frontier {
    duet__frontier_limits limits;
    duet__map hosts;
    duet__list turns;    /* hosts that could have one more on the wire */
    duet__list held;     /* the same, beyond their share */
    duet__list unnamed;  /* hosts with a queue, to be looked up */
    duet__list given_up; /* of duet__fetch_url */
    duet__timers timers; /* of retries and rests */
    size_t count;        /* URLs that wait, for whatever */
    size_t bytes;        /* of the same */
};

/* Makes an empty one, which must not be moved. */
void duet__frontier_init(duet__frontier *frontier,
                         const duet__frontier_limits *limits);

/* Frees all that waits; nothing is running. */
void duet__frontier_free(duet__frontier *frontier);

/* Adds a URL of the input; what is needed of the item is copied. Returns 0 or
 * DUET_ENOMEM. */
DUET_MUST_USE int duet__frontier_add(duet__frontier *frontier,
                                     const duet__input_item *item);

/* Is nothing more to be added for now? */
bool duet__frontier_is_full(const duet__frontier *frontier);

/* Could duet__frontier_next() give something? */
bool duet__frontier_is_ready(const duet__frontier *frontier);

/* The next URL to go on the wire, or to be reported (is_given_up); NULL if none
 * can now. It is the caller's until it is given back by
 * duet__frontier_put_back(), duet__frontier_retry() or duet__frontier_drop().
 *
 *   is_all  nothing more will be added soon: a host that is alone may go beyond
 *           its share */
duet__fetch_url *duet__frontier_next(duet__frontier *frontier, int64_t now_ns,
                                     bool is_all);

/* It could not be begun: it is the first of its host again. */
void duet__frontier_put_back(duet__fetch_url *url);

/* It is to be tried again at url->due_ns, and then before the others of its
 * host. Returns 0; or DUET_ENOMEM, and it is still the caller's. */
DUET_MUST_USE int duet__frontier_retry(duet__fetch_url *url);

/* It has its record: frees it. */
void duet__frontier_drop(duet__fetch_url *url);

/* Any of the waiting URLs, as duet__frontier_next() but whatever it waits for;
 * NULL if none is left. Only while nothing is running but what this gave. */
duet__fetch_url *duet__frontier_take_any(duet__frontier *frontier);

/* What is learnt of the host by an attempt: it answered, */
void duet__frontier_answered(duet__fetch_url *url);

/* or has said nothing for a while: one that never has gets no more than that
 * for now, */
void duet__frontier_is_silent(duet__fetch_url *url);

/* or said nothing for too long, */
void duet__frontier_fell_silent(duet__fetch_url *url);

/* or wants to be left alone until then. */
void duet__frontier_rest(duet__fetch_url *url, int64_t until_ns);

/* The next host to be looked up; NULL if there is none. It stays until
 * duet__frontier_named(). */
duet__frontier_host *duet__frontier_unnamed(duet__frontier *frontier);

/* The host was looked up; its queue goes on until `until_ns`, whatever came of
 * it.
 *
 *   error, flaw  0 and NULL, or why there is no address; a constant */
void duet__frontier_named(duet__frontier_host *host, int error,
                          const char *flaw, int64_t until_ns);

/* When something that waits comes due; DUET_NEVER: nothing will. */
duet_deadline duet__frontier_due(const duet__frontier *frontier);

/* Lets all that is due by now go on. */
void duet__frontier_wake(duet__frontier *frontier, int64_t now_ns);

#endif
