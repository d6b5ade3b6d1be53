/* SPDX-License-Identifier: MIT */
/* database_pool.h - connections that tasks share.
 *
 * A task takes a connection, works, and gives it back:
 *
 * Example, given duet_database_pool *pool:
 *
 *     duet_deadline deadline = duet_in_ms(2000);
 *     duet_database *database;
 *     status = duet_database_pool_acquire(pool, &database, deadline);
 *     if (status == 0) {
 *         status = duet_database_query(database, "DELETE FROM mice", NULL,
 *                                      NULL, deadline);
 *         duet_database_pool_release(pool, database);
 *     }
 *
 * Tasks get connections in the order in which they asked. A connection is made
 * when none is idle and the maximum is not reached. One that was lost, is too
 * old, or cannot be cleaned is closed when it is released, and a new one is
 * made when it is needed. Cancelling a task leaks nothing.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_DATABASE_POOL_H
#define DUET_DATABASE_POOL_H

#include <duet/database.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_database_pool duet_database_pool;

typedef struct duet_database_pool_options {
    /* How each connection is made; the texts are copied. */
    duet_database_options database;
    /* Connections to keep, idle or not; made when the pool is opened. Default
     * 1; DUET_NO_LIMIT for none; at most `maximum`. */
    int minimum;
    /* Connections at once. Default 10; 1 to 10000. */
    int maximum;
    /* A connection older than this is closed when it is idle. Default 1 hour;
     * DUET_NO_LIMIT. */
    int64_t age_ms;
    /* An idle connection beyond the minimum is closed after this. Default 10
     * minutes; DUET_NO_LIMIT. */
    int64_t idle_ms;
    /* A connection that was idle for longer is pinged before use, and replaced
     * if it is dead. One that the server has closed is always replaced: that is
     * noticed without a ping. Default 1000; DUET_NO_LIMIT for never. */
    int64_t check_ms;
} duet_database_pool_options;

/* Opens a pool and its first connections. A keeper task, which belongs to the
 * calling task, closes idle connections in time and maintains the minimum; once
 * the caller has ended, that is done only when connections are acquired and
 * released.
 *
 *   options   copied; NULL for all defaults
 *   out_pool  returned-owned (duet_database_pool_close()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL  an option is out of range; the detail says which
 *   and the codes of duet_database_open()
 * Source: aiomysql.create_pool(). */
DUET_API DUET_MUST_USE int
duet_database_pool_open(const duet_database_pool_options *options,
                        duet_database_pool **out_pool, duet_deadline deadline);

/* Closes a pool: tasks that wait for a connection get DUET_ECLOSED, idle
 * connections are closed, and the call waits for those in use.
 *
 *   pool  taken on 0, kept by the caller on failure; NULL does nothing
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT, DUET_ECANCELED  connections are in use; call again when
 *                                   they are released
 * Source: aiomysql's Pool.close() and wait_closed(). */
DUET_API int duet_database_pool_close(duet_database_pool *pool,
                                      duet_deadline deadline);

/* Takes a connection.
 *
 *   pool          borrowed until return
 *   out_database  the caller's until duet_database_pool_release(); NULL on
 *                 failure
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_ECLOSED    the pool is being closed
 *   and the codes of duet_database_open()
 * Source: aiomysql's Pool.acquire(), which has no deadline. */
DUET_API DUET_MUST_USE int
duet_database_pool_acquire(duet_database_pool *pool,
                           duet_database **out_database,
                           duet_deadline deadline);

/* Returns a connection. Suspends if there is work left: unread rows, or a
 * transaction to roll back. That takes at most stop_ms; then the connection is
 * closed. Prepared statements must be freed before.
 *
 *   pool      borrowed until return
 *   database  taken; NULL does nothing */
DUET_API void duet_database_pool_release(duet_database_pool *pool,
                                         duet_database *database);

/* Acquires, calls duet_database_run() (duet_database_query() if `count` is 0),
 * and releases. The rows are buffered.
 *
 *   as for duet_database_run(), without options
 *
 * Returns 0, or the codes of duet_database_pool_acquire() and
 * duet_database_run(). */
DUET_API DUET_MUST_USE int
duet_database_pool_run(duet_database_pool *pool, const char *sql,
                       const duet_value *values, size_t count,
                       duet_rows **out_rows, duet_deadline deadline);

/* Counters of a pool. */
typedef struct duet_database_pool_counts {
    size_t idle;    /* connections that are not in use */
    size_t in_use;  /* connections that a task has or opens now */
    size_t waiting; /* tasks that wait for one now */
    /* Since the pool was opened: */
    uint64_t acquired;
    uint64_t gave_up; /* acquires that timed out or were cancelled */
    uint64_t opened;
    uint64_t closed;
    uint64_t found_dead; /* by the check before use */
    uint64_t lost;       /* were broken when released, or could not be
                          * cleaned */
} duet_database_pool_counts;

/* Reads the counters.
 *
 *   pool        borrowed until return
 *   out_counts  set */
DUET_API void duet_database_pool_count(const duet_database_pool *pool,
                                       duet_database_pool_counts *out_counts);

DUET_END_DECLARATIONS

#endif
