/* SPDX-License-Identifier: MIT */
/* fetcher.h - fetches all URLs of an input, so many at once, and writes one
 * record for each.
 *
 * URLs are taken from the input as places get free. One that has to wait for
 * its host, for its name or to be tried again holds no place: the input is read
 * on past it, as far as 32 MiB of waiting URLs reach (frontier.h). While all of
 * these wait, nothing more is read.
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
    const char *directory;   /* for the bodies; NULL: they are not kept */
    int records;             /* descriptor that records are written to */
    int progress;            /* descriptor for people; -1: none */
    int64_t at_once;         /* default 64 */
    int64_t per_host;        /* default: as many as at_once */
    int64_t timeout_ms;      /* for a URL with all its attempts; default 5
                              * minutes; DUET_NO_LIMIT */
    int retries;             /* after the first attempt; default 0 */
    int64_t body_bytes_max;  /* default none */
    int redirects_max;       /* default 10; -1: a redirect is the response */
    const char *method;      /* default GET */
    const char *user_agent;  /* default the session's */
    const char *ca_file;     /* default the system's */
    const char *dns_servers; /* as duet_session_options.dns_servers */
    bool skip_existing;      /* what has a file in `directory` is not fetched */
    bool insecure;           /* accept any certificate */
    const duet_fields *headers; /* sent with each request; NULL: none */
} duet__fetcher_options;

typedef struct duet__fetcher_result {
    uint64_t done;        /* fetched: a whole response with a status of 2xx */
    uint64_t failed;      /* records of failures */
    uint64_t cancelled;   /* records of what the run had no time for */
    uint64_t skipped;     /* records of what was there (skip_existing) */
    uint64_t lost;        /* records that could not be written */
    uint64_t renamed;     /* bodies whose own names were taken */
    uint64_t bytes;       /* of bodies */
    uint64_t at_once_max; /* the most that were in flight */
    int64_t elapsed_ns;
    int status; /* 0; else why it could not go on: the records could not be
                 * written, the input not be read, there is no memory */
} duet__fetcher_result;

/* Makes a fetcher.
 *
 *   input    borrowed until duet__fetcher_free()
 *   options  as `input`, with all it points to
 *   fetcher  returned-owned; NULL on failure
 *
 * Returns 0, DUET_ENOMEM, or what the directory or the session cannot be
 * opened for, with detail. The caller is a task. */
DUET_MUST_USE int duet__fetcher_new(duet__input *input,
                                    const duet__fetcher_options *options,
                                    duet__fetcher **fetcher);

/* Fetches all there is. Suspends.
 *
 *   result  set
 *
 * Returns result->status; its detail says more. */
DUET_MUST_USE int duet__fetcher_run(duet__fetcher *fetcher,
                                    duet__fetcher_result *result);

/* What is in flight now. */
uint64_t duet__fetcher_in_flight(const duet__fetcher *fetcher);

/* Clears the terminal's line for something else to be written. */
void duet__fetcher_hide_progress(duet__fetcher *fetcher);

/* Frees a fetcher that does not run; NULL does nothing. Suspends. */
void duet__fetcher_free(duet__fetcher *fetcher);

#endif
