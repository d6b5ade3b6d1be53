/* SPDX-License-Identifier: MIT */
/* connection_pool.c - a pool of connections that tasks share.
 *
 * Invariant: the holder of a permit has, or makes, at most one connection, and
 * makes one only when none is idle; so there are never more than `maximum`.
 * Waiting tasks are in the semaphore's queue: first come, first served. */
#include <duet/database_pool.h>

#include <stdlib.h>

#include <duet/semaphore.h>
#include <duet/task.h>

#include "base/life.h"
#include "base/limit.h"
#include "database/link/database_state.h"
#include "database/link/leftovers.h"
#include "database/link/socket_wait.h"
#include "database/query/use.h"

enum {
    MINIMUM = 1,
    MAXIMUM = 10,
    MAXIMUM_MOST = 10000,
    AGE_MS = 3600000,
    IDLE_MS = 600000,
    CHECK_MS = 1000,
    KEEPER_MS_LEAST = 10,
    KEEPER_MS_MOST = 5000
};

DUET__LIVES("database pool")

struct duet_database_pool {
    DUET__LIFE
    duet_database_pool_options options; /* completed; texts of its own */
    duet_semaphore *permits;
    duet_database **idle; /* the one used last is last */
    size_t idle_count;
    size_t held; /* permits taken */
    size_t waiting;
    bool is_closing;
    duet_task *keeper; /* NULL once it has ended */
    duet_database_pool_counts counts;
};

/* --- connections ---------------------------------------------------------- */

static void retire(duet_database_pool *pool, duet_database *database)
{
    duet_database_close(database);
    pool->counts.closed++;
}

static bool is_older(int64_t since_ns, int64_t limit_ms)
{
    return limit_ms >= 0 &&
           duet_clock_ns() - since_ns > duet__ns_of_ms(limit_ms);
}

static bool is_too_old(const duet_database_pool *pool,
                       const duet_database *database)
{
    return is_older(database->opened_ns, pool->options.age_ms);
}

static int make(duet_database_pool *pool, duet_database **out_database,
                duet_deadline deadline)
{
    int status =
        duet_database_open(&pool->options.database, out_database, deadline);

    if (status == 0)
        pool->counts.opened++;
    return status;
}

static int ping(duet_database *database, duet_deadline deadline)
{
    duet_deadline moment = duet_in_ms(database->settings.stop_ms);
    int status;

    database->is_stopping = true; /* a ping is not worth a KILL */
    status =
        duet_database_ping(database, duet_deadline_earlier(moment, deadline));
    database->is_stopping = false;
    return status;
}

/* Is it visible on the socket that the server has closed an idle connection? */
static bool is_closed(const duet_database *database)
{
    return !database->is_encrypted && duet__database_has_input(database);
}

/* Is an idle connection alive? Pings it if it was idle for long, or if its
 * socket does not tell. */
static int check(duet_database_pool *pool, duet_database *database,
                 duet_deadline deadline)
{
    int status = 0;

    if (!duet_database_is_open(database) || is_too_old(pool, database))
        return DUET_EDISCONNECTED;
    if (is_closed(database))
        status = DUET_EDISCONNECTED;
    else if (is_older(database->idle_ns, pool->options.check_ms) ||
             duet__database_has_input(database))
        status = ping(database, deadline);
    if (status != 0 && status != DUET_ECANCELED)
        pool->counts.found_dead++;
    return status;
}

/* Takes a connection for the holder of a permit. */
static int take(duet_database_pool *pool, duet_database **out_database,
                duet_deadline deadline)
{
    while (pool->idle_count > 0) {
        duet_database *database = pool->idle[--pool->idle_count];
        int status = check(pool, database, deadline);

        if (status == 0) {
            *out_database = database;
            return 0;
        }
        retire(pool, database);
        if (status == DUET_ECANCELED)
            return status;
    }
    return make(pool, out_database, deadline);
}

static void give_permit_back(duet_database_pool *pool)
{
    pool->held--;
    duet_semaphore_release(pool->permits);
}

static void put(duet_database_pool *pool, duet_database *database)
{
    if (pool->is_closing || !duet_database_is_open(database) ||
        is_too_old(pool, database)) {
        retire(pool, database);
        return;
    }
    database->idle_ns = duet_clock_ns();
    pool->idle[pool->idle_count++] = database;
}

/* --- the keeper ----------------------------------------------------------- */

/* Closes connections that have been idle for too long, the oldest first, and
 * those that the server has closed. */
static void close_idle(duet_database_pool *pool)
{
    size_t kept = 0;
    size_t surplus = pool->idle_count + pool->held;

    surplus -= surplus < (size_t)pool->options.minimum
                   ? surplus
                   : (size_t)pool->options.minimum;
    for (size_t i = 0; i < pool->idle_count; i++) {
        duet_database *database = pool->idle[i];
        bool is_stale =
            surplus > 0 && is_older(database->idle_ns, pool->options.idle_ms);
        bool is_dead = is_closed(database);

        pool->counts.found_dead += is_dead;
        if (is_stale || is_dead || is_too_old(pool, database)) {
            retire(pool, database);
            surplus -= surplus > 0;
        } else {
            pool->idle[kept++] = database;
        }
    }
    pool->idle_count = kept;
}

/* Makes connections up to the minimum. */
static int fill(duet_database_pool *pool, duet_deadline deadline)
{
    int status = 0;

    while (status == 0 &&
           pool->idle_count + pool->held < (size_t)pool->options.minimum) {
        duet_database *database;

        if (duet_semaphore_acquire(pool->permits, DUET_NOW) != 0)
            break;
        pool->held++;
        status = make(pool, &database, deadline);
        if (status == 0)
            put(pool, database);
        give_permit_back(pool);
    }
    return status;
}

static int64_t keeper_ms(const duet_database_pool *pool)
{
    int64_t ms = KEEPER_MS_MOST;

    if (pool->options.idle_ms >= 0 && pool->options.idle_ms / 2 < ms)
        ms = pool->options.idle_ms / 2;
    if (pool->options.age_ms >= 0 && pool->options.age_ms / 2 < ms)
        ms = pool->options.age_ms / 2;
    return ms > KEEPER_MS_LEAST ? ms : KEEPER_MS_LEAST;
}

static int keep(void *argument)
{
    duet_database_pool *pool = argument;
    int status = 0;

    while (status != DUET_ECANCELED && !pool->is_closing) {
        status = duet_sleep(duet_in_ms(keeper_ms(pool)));
        if (status == DUET_ECANCELED)
            break;
        close_idle(pool);
        status = fill(pool, duet_in_ms(KEEPER_MS_MOST));
    }
    pool->keeper = NULL;
    return 0;
}

/* --- opening and closing -------------------------------------------------- */

static int read_options(const duet_database_pool_options *from,
                        duet_database_pool_options *out_options)
{
    const int64_t least = DUET_NO_LIMIT, most = INT64_MAX;
    duet_database_pool_options options = {0};
    int64_t maximum, minimum;
    int status;

    if (from != NULL)
        options = *from;
    maximum = options.maximum;
    minimum = options.minimum;
    status =
        duet__database_option("maximum", &maximum, MAXIMUM, 1, MAXIMUM_MOST);
    if (status == 0)
        status =
            duet__database_option("minimum", &minimum, MINIMUM, least, maximum);
    if (status == 0)
        status = duet__database_option("age_ms", &options.age_ms, AGE_MS, least,
                                       most);
    if (status == 0)
        status = duet__database_option("idle_ms", &options.idle_ms, IDLE_MS,
                                       least, most);
    if (status == 0)
        status = duet__database_option("check_ms", &options.check_ms, CHECK_MS,
                                       least, most);
    options.maximum = (int)maximum;
    options.minimum = minimum == DUET_NO_LIMIT ? 0 : (int)minimum;
    *out_options = options;
    return status;
}

static void free_pool(duet_database_pool *pool)
{
    DUET__LIFE_ENDS(pool);
    while (pool->idle_count > 0)
        retire(pool, pool->idle[--pool->idle_count]);
    duet_semaphore_free(pool->permits);
    duet__database_settings_free(&pool->options.database);
    free(pool->idle);
    free(pool);
}

static int start(duet_database_pool *pool, duet_deadline deadline)
{
    const duet_spawn_options keeper = {.name = "database pool"};
    int status = fill(pool, deadline);

    if (status == 0)
        status = duet_spawn(keep, pool, &keeper, &pool->keeper);
    return status;
}

int duet_database_pool_open(const duet_database_pool_options *options,
                            duet_database_pool **out_pool,
                            duet_deadline deadline)
{
    duet_database_pool *pool = calloc(1, sizeof *pool);
    duet_database_pool_options read;
    duet__database_settings settings;
    int status;

    *out_pool = NULL;
    if (pool == NULL)
        return DUET_ENOMEM;
    DUET__LIFE_BEGINS(pool);
    status = read_options(options, &read);
    if (status == 0)
        status = duet__database_settings_read(&read.database, &settings);
    if (status == 0)
        status = duet__database_settings_copy(&settings, &read.database);
    if (status == 0) {
        pool->options = read;
        status = duet_semaphore_new((size_t)read.maximum, NULL, &pool->permits);
    }
    if (status == 0) {
        pool->idle = calloc((size_t)read.maximum, sizeof(duet_database *));
        status = pool->idle == NULL ? DUET_ENOMEM : start(pool, deadline);
    }
    if (status != 0) {
        free_pool(pool);
        return status;
    }
    *out_pool = pool;
    return 0;
}

int duet_database_pool_close(duet_database_pool *pool, duet_deadline deadline)
{
    int status = 0;
    int taken = 0;

    if (pool == NULL)
        return 0;
    DUET__LIFE_GOES_ON(pool);
    pool->is_closing = true;
    while (pool->idle_count > 0)
        retire(pool, pool->idle[--pool->idle_count]);
    if (pool->keeper != NULL) {
        duet_task_cancel(pool->keeper);
        status = duet_join(pool->keeper, NULL, deadline);
        if (status == 0 || status == DUET_ECANCELED)
            pool->keeper = NULL;
    }
    while (status == 0 && taken < pool->options.maximum) {
        status = duet_semaphore_acquire(pool->permits, deadline);
        taken += status == 0;
    }
    if (status == 0) {
        free_pool(pool);
        return 0;
    }
    while (taken-- > 0)
        duet_semaphore_release(pool->permits);
    return status;
}

/* --- using ---------------------------------------------------------------- */

int duet_database_pool_acquire(duet_database_pool *pool,
                               duet_database **out_database,
                               duet_deadline deadline)
{
    int status = DUET_ECLOSED;

    *out_database = NULL;
    if (!pool->is_closing) {
        pool->waiting++;
        status = duet_semaphore_acquire(pool->permits, deadline);
        pool->waiting--;
        pool->held += status == 0;
    }
    if (pool->is_closing) {
        if (status == 0)
            give_permit_back(pool);
        return duet_fail(DUET_ECLOSED, "the pool is being closed");
    }
    if (status == 0) {
        status = take(pool, out_database, deadline);
        if (status != 0)
            give_permit_back(pool);
    } else if (status == DUET_ETIMEDOUT) {
        duet_fail(status, "database pool: all %d connections are in use",
                  pool->options.maximum);
    }
    pool->counts.acquired += status == 0;
    pool->counts.gave_up +=
        status == DUET_ETIMEDOUT || status == DUET_ECANCELED;
    return status;
}

/* Discards unread results and rolls back an open transaction. */
static void clean(duet_database *database)
{
    int status = 0;

    duet__leftovers_detach_reader(database);
    if (!duet_database_is_open(database))
        return;
    status = duet__database_enter(database, NULL);
    if (status == 0)
        status = duet__database_leave(database, 0);
    if (status == 0 && duet_database_in_transaction(database))
        status = duet_database_rollback(database,
                                        duet_in_ms(database->settings.stop_ms));
    if (status == DUET_ECANCELED)
        duet__database_pass_cancel();
    if (status != 0)
        database->is_lost = true;
}

void duet_database_pool_release(duet_database_pool *pool,
                                duet_database *database)
{
    if (database == NULL)
        return;
    clean(database);
    if (!duet_database_is_open(database))
        pool->counts.lost++;
    put(pool, database);
    give_permit_back(pool);
}

int duet_database_pool_run(duet_database_pool *pool, const char *sql,
                           const duet_value *values, size_t count,
                           duet_rows **out_rows, duet_deadline deadline)
{
    duet_database *database;
    int status = duet_database_pool_acquire(pool, &database, deadline);

    if (out_rows != NULL)
        *out_rows = NULL;
    if (status != 0)
        return status;
    if (count == 0)
        status = duet_database_query(database, sql, NULL, out_rows, deadline);
    else
        status = duet_database_run(database, sql, values, count, NULL, out_rows,
                                   deadline);
    duet_database_pool_release(pool, database);
    return status;
}

void duet_database_pool_count(const duet_database_pool *pool,
                              duet_database_pool_counts *out_counts)
{
    *out_counts = pool->counts;
    out_counts->idle = pool->idle_count;
    out_counts->in_use = pool->held;
    out_counts->waiting = pool->waiting;
}
