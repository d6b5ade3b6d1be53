/* SPDX-License-Identifier: MIT */
/* fetcher.h - fetches all URLs of an input, a number of them at once, and
 * writes one record for each.
 *
 * URLs are taken from the input as places become free. One that waits for its
 * host, for a look-up or for a retry holds no place: reading continues, up to
 * 32 MiB of waiting URLs (frontier.h). While all of these wait, nothing more is
 * read.
 */
#ifndef DUET_FETCH_WORK_FETCHER_H
#define DUET_FETCH_WORK_FETCHER_H

#include <stdbool.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/fields.h>

#include "fetch/input/input.h"

typedef struct duet__fetcher duet__fetcher;

enum { DUET__AT_ONCE_STANDARD = 64 };

typedef struct duet__fetcher_options {
    const char *directory;      /* for the bodies; NULL: they are not kept */
    int records;                /* descriptor that records are written to */
    int progress;               /* descriptor for progress; -1: none */
    int64_t at_once;            /* default 64 */
    int64_t per_host;           /* default: as many as at_once */
    int64_t timeout_ms;         /* for a URL with all its attempts; default 5
                                 * minutes; DUET_NO_LIMIT */
    int retries;                /* after the first attempt; default 0 */
    int64_t body_bytes_max;     /* default none */
    int redirects_max;          /* default 10; -1: a redirect is the response */
    const char *method;         /* default GET */
    const char *user_agent;     /* default the session's */
    const char *ca_file;        /* default the system's */
    const char *dns_servers;    /* as duet_session_options.dns_servers */
    bool skip_existing;         /* do not fetch URLs with a file there */
    bool insecure;              /* accept any certificate */
    const duet_fields *headers; /* sent with each request; NULL: none */
} duet__fetcher_options;

typedef struct duet__fetcher_result {
    uint64_t done;        /* fetched: a whole response with a status of 2xx */
    uint64_t failed;      /* records of failures */
    uint64_t cancelled;   /* records of URLs cancelled by the end of the run */
    uint64_t skipped;     /* records of existing files (skip_existing) */
    uint64_t lost;        /* records that could not be written */
    uint64_t renamed;     /* bodies whose own names existed */
    uint64_t bytes;       /* of bodies */
    uint64_t at_once_max; /* the most that were in flight */
    int64_t elapsed_ns;
    int status; /* 0; else why the run ended early: the records could not be
                 * written, the input not be read, or no memory */
} duet__fetcher_result;

/* Makes a fetcher.
 *
 *   input    borrowed until duet__fetcher_free()
 *   options  as `input`, with all it points to
 *   fetcher  returned-owned; NULL on failure
 *
 * Returns 0, DUET_ENOMEM, or the code of opening the directory or the session,
 * with detail. The caller is a task. */
DUET_MUST_USE int duet__fetcher_new(duet__input *input,
                                    const duet__fetcher_options *options,
                                    duet__fetcher **fetcher);

/* Fetches the whole input. Suspends.
 *
 *   result  set
 *
 * Returns result->status; its detail says more. */
DUET_MUST_USE int duet__fetcher_run(duet__fetcher *fetcher,
                                    duet__fetcher_result *result);

/* How many URLs are in flight now. */
uint64_t duet__fetcher_in_flight(const duet__fetcher *fetcher);

/* Clears the terminal's line, so that something else can be written. */
void duet__fetcher_hide_progress(duet__fetcher *fetcher);

/* Frees a fetcher that does not run; NULL does nothing. Suspends. */
void duet__fetcher_free(duet__fetcher *fetcher);

#endif
