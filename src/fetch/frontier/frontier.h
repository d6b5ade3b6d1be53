/* SPDX-License-Identifier: MIT */
/* frontier.h - the URLs that were read and are not being transferred, and the
 * order in which they begin.
 *
 * Each host (origin) has a queue of its own. A URL leaves it only when its
 * transfer begins, so a URL that waits for its host, for a look-up or for a
 * retry holds only memory, and nothing that a URL of another host could use.
 * Hosts take turns.
 *
 * A host has at most its share of transfers. The share of a host that has never
 * answered is small, and grows by one with each answer, up to the limit for a
 * host; if the host stops answering, it is halved. So a host that accepts
 * connections without answering holds few places, and one that answers soon
 * gets as many as it can use.
 *
 * A host that sends Retry-After (RFC 9110 10.2.3) rests: none of its URLs
 * begins meanwhile. One that does so repeatedly, with no other answer in
 * between, is given up: its waiting URLs are reported without being fetched.
 *
 * Memory is bounded by a number of bytes for all waiting URLs together. At that
 * limit (duet__frontier_is_full()) nothing more is to be added, even if all
 * waiting URLs belong to hosts that rest: then reading the input continues when
 * the first of them continues. */
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
    void *context;          /* of the task that looks it up */
    duet__map_entry *entry; /* its place among the hosts; the key: its origin */
    duet__list queue;       /* of duet__fetch_url that may begin */
    duet__list *list;       /* turns, held or unnamed; NULL: none */
    duet__link turn;        /* in `list` */
    duet__timer rest;       /* armed while it rests */
    size_t running;         /* of its URLs: begun, and not returned */
    size_t retrying;        /* of its URLs: in the wait before a retry */
    size_t given_up;        /* of its URLs: in frontier->given_up */
    size_t share;
    int rests;         /* in a row, with no other answer between */
    bool has_no_name;  /* its host is an address, or it is no URL */
    bool is_looked_up; /* being looked up; then `turn` is free for other use */
    bool is_slow;      /* is_looked_up, and this look-up takes long */
    int64_t asked_ns;
    bool has_answered; /* some time */
    int64_t named_until_ns;
    int name_error;        /* of the last look-up; 0: none */
    const char *name_flaw; /* of the same, for messages; a constant */
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
    size_t per_host;  /* transfers at once */
    size_t share;     /* of a host that has not answered yet */
    int rests;        /* in a row, after which a host is given up */
    size_t bytes_max; /* of waiting URLs */
} duet__frontier_limits;

struct duet__frontier {
    duet__frontier_limits limits;
    duet__map hosts;
    duet__list turns;    /* hosts that could have one more transfer */
    duet__list held;     /* the same, beyond their share */
    duet__list unnamed;  /* hosts with a queue, to be looked up */
    duet__list given_up; /* of duet__fetch_url */
    duet__timers timers; /* of retries and rests */
    size_t count;        /* URLs that wait, for any reason */
    size_t bytes;        /* of the same */
};

/* Makes an empty one, which must not be moved. */
void duet__frontier_init(duet__frontier *frontier,
                         const duet__frontier_limits *limits);

/* Frees all waiting URLs; none may be running. */
void duet__frontier_free(duet__frontier *frontier);

/* Adds a URL of the input, and copies what it needs of the item. Returns 0 or
 * DUET_ENOMEM. */
DUET_MUST_USE int duet__frontier_add(duet__frontier *frontier,
                                     const duet__input_item *item);

/* Is nothing more to be added for now? */
bool duet__frontier_is_full(const duet__frontier *frontier);

/* Could duet__frontier_next() return a URL? */
bool duet__frontier_is_ready(const duet__frontier *frontier);

/* The next URL to transfer, or to report (is_given_up); NULL if there is none
 * now. It belongs to the caller until it is returned with
 * duet__frontier_put_back(), duet__frontier_retry() or duet__frontier_drop().
 *
 *   is_all  nothing more will be added soon: a host that is alone may exceed
 *           its share */
duet__fetch_url *duet__frontier_next(duet__frontier *frontier, int64_t now_ns,
                                     bool is_all);

/* Returns a URL that could not be begun: it is the first of its host again. */
void duet__frontier_put_back(duet__fetch_url *url);

/* Returns a URL to be tried again at url->due_ns, then before the others of its
 * host. Returns 0; or DUET_ENOMEM, and the URL still belongs to the caller. */
DUET_MUST_USE int duet__frontier_retry(duet__fetch_url *url);

/* Frees a URL whose record was written. */
void duet__frontier_drop(duet__fetch_url *url);

/* Like duet__frontier_next(), but returns any waiting URL, whatever it waits
 * for; NULL if none is left. Only URLs returned by this function may be
 * running. */
duet__fetch_url *duet__frontier_take_any(duet__frontier *frontier);

/* What an attempt shows about the host: it answered, */
void duet__frontier_answered(duet__fetch_url *url);

/* or has sent nothing for a while: if it never answered, its share becomes
 * 1, */
void duet__frontier_is_silent(duet__fetch_url *url);

/* or sent nothing for too long: its share is halved, */
void duet__frontier_fell_silent(duet__fetch_url *url);

/* or sent Retry-After: it rests until then. */
void duet__frontier_rest(duet__fetch_url *url, int64_t until_ns);

/* The next host to be looked up; NULL if there is none. It stays until
 * duet__frontier_named(). */
duet__frontier_host *duet__frontier_unnamed(duet__frontier *frontier);

/* The host was looked up; its queue continues until `until_ns`, whatever the
 * result was.
 *
 *   error, flaw  0 and NULL, or why there is no address; a constant */
void duet__frontier_named(duet__frontier_host *host, int error,
                          const char *flaw, int64_t until_ns);

/* When the next retry or rest is due; DUET_NEVER: none. */
duet_deadline duet__frontier_due(const duet__frontier *frontier);

/* Continues everything that is due by now. */
void duet__frontier_wake(duet__frontier *frontier, int64_t now_ns);

#endif
