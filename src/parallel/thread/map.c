/* SPDX-License-Identifier: MIT */
/* map.c - returns results in the order of the input, from a window of calls.
 *
 * Invariant: `calls` is a ring of the calls that were submitted and not
 * returned yet, the oldest at `first`. An argument that the source gave and the
 * pool has not taken yet is kept in `next_argument`. */
#include <stdlib.h>

#include <duet/loop.h>
#include <duet/task.h>

#include "base/error.h"
#include "parallel/thread/call.h"
#include "parallel/thread/pool.h"
#include "runtime/core/cancel.h"

enum { WINDOW_MOST = 1000000 };

struct duet_thread_map {
    duet_thread_pool *pool;
    duet_thread_function *function;
    duet_thread_source *source;
    void *context;
    void (*free_argument)(void *argument);
    void *next_argument;
    bool has_next;
    int source_status; /* once not 0, the source is not called again */
    size_t window;
    size_t first;
    size_t count;
    duet_thread_call *calls[];
};

int duet_thread_map_open(duet_thread_pool *pool, duet_thread_function *function,
                         duet_thread_source *source, void *context,
                         const duet_thread_map_options *options,
                         duet_thread_map **out_map)
{
    static const duet_thread_map_options defaults;
    duet_thread_map *map;
    size_t window;

    *out_map = NULL;
    if (options == NULL)
        options = &defaults;
    if (options->window < 0 || options->window > WINDOW_MOST)
        return duet__fail(DUET_EINVAL, "window is %d, allowed are 1 to %d",
                          options->window, WINDOW_MOST);
    window = options->window != 0 ? (size_t)options->window
                                  : 2 * (size_t)pool->threads_limit;
    map = malloc(sizeof *map + window * sizeof map->calls[0]);
    if (map == NULL)
        return DUET_ENOMEM;
    *map = (duet_thread_map){.pool = pool,
                             .function = function,
                             .source = source,
                             .context = context,
                             .free_argument = options->free_argument,
                             .window = window};
    *out_map = map;
    return 0;
}

/* Makes sure that `next_argument` is set; false if there is no argument
 * left. */
static bool look_ahead(duet_thread_map *map)
{
    if (!map->has_next && map->source_status == 0) {
        map->next_argument = NULL;
        map->source_status = map->source(map->context, &map->next_argument);
        map->has_next = map->source_status == 0;
    }
    return map->has_next;
}

/* Waits for room in the queue only if the ring is empty: otherwise there is a
 * result to return meanwhile. The pool does not own the arguments yet, as a
 * failed submission would free them. */
static int fill(duet_thread_map *map, duet_deadline deadline)
{
    int status = 0;

    while (map->count < map->window && status == 0 && look_ahead(map)) {
        duet_thread_call **place =
            &map->calls[(map->first + map->count) % map->window];

        if (map->count > 0)
            status = duet_thread_pool_try_submit(
                map->pool, map->function, map->next_argument, NULL, place);
        else
            status = duet_thread_pool_submit(map->pool, map->function,
                                             map->next_argument, NULL, place,
                                             deadline);
        if (status == 0) {
            map->has_next = false;
            map->count++;
        }
    }
    return map->count > 0 ? 0 : status;
}

int duet_thread_map_next(duet_thread_map *map, void **out_argument,
                         int *out_result, duet_deadline deadline)
{
    int status = fill(map, deadline);
    duet_thread_call *call;
    int result;

    if (status != 0)
        return status;
    if (map->count == 0)
        return map->source_status;
    call = map->calls[map->first];
    status = duet_thread_call_wait(call, &result, deadline);
    if (status != 0)
        return status;
    if (call->never_ran)
        return result == DUET_ECANCELED ? DUET_ECLOSED : result;
    if (out_result != NULL)
        *out_result = result;
    if (out_argument != NULL)
        *out_argument = call->argument;
    duet_thread_call_free(call);
    map->first = (map->first + 1) % map->window;
    map->count--;
    return 0;
}

/* From now on the call frees its argument with its last reference. */
static void abandon(duet_thread_map *map, duet_thread_call *call)
{
    duet__counted_mutex_lock(call->guard);
    call->free_argument = map->free_argument;
    duet__counted_mutex_unlock(call->guard);
    duet_thread_call_cancel(call);
    duet_thread_call_free(call);
}

void duet_thread_map_close(duet_thread_map *map)
{
    if (map == NULL)
        return;
    for (size_t i = 0; i < map->count; i++)
        abandon(map, map->calls[(map->first + i) % map->window]);
    if (map->has_next && map->free_argument != NULL)
        map->free_argument(map->next_argument);
    free(map);
}

/* --- over an array ------------------------------------------------------- */

typedef struct array {
    char *next; /* the element that is given next */
    size_t left;
    size_t element_bytes;
    int *results; /* from that of the oldest call in the ring on; or NULL */
} array;

static int next_element(void *context, void **out_argument)
{
    array *own = context;

    if (own->left == 0)
        return DUET_EEMPTY;
    *out_argument = own->next;
    own->next += own->element_bytes;
    own->left--;
    return 0;
}

static void keep_result(array *own, int result)
{
    if (own->results != NULL)
        *own->results++ = result;
}

/* Nothing else is begun, and nothing uses the array any more. Nobody is told of
 * a cancellation or a failure meanwhile. */
static void finish(duet_thread_map *map, array *own)
{
    duet__hold_cancel();
    for (size_t i = 0; i < map->count; i++)
        duet_thread_call_cancel(map->calls[(map->first + i) % map->window]);
    for (size_t i = 0; i < map->count; i++) {
        duet_thread_call *call = map->calls[(map->first + i) % map->window];

        (void)duet__thread_call_await(call, DUET_NEVER);
        keep_result(own, call->never_ran ? DUET_ECANCELED : call->result);
    }
    duet__release_cancel();
}

static int map_array(duet_thread_map *map, array *own, size_t count,
                     bool collect_errors, duet_deadline deadline)
{
    int result = 0;
    int status = 0;

    for (size_t i = 0; i < count && status == 0; i++) {
        status = duet_thread_map_next(map, NULL, &result, deadline);
        if (status != 0)
            break;
        keep_result(own, result);
        if (result < 0 && !collect_errors)
            status = result;
    }
    finish(map, own);
    return status;
}

int duet_thread_pool_map_array(duet_thread_pool *pool,
                               duet_thread_function *function, void *arguments,
                               size_t count, size_t argument_bytes,
                               const duet_thread_map_array_options *options,
                               int *results, duet_deadline deadline)
{
    array own = {.next = arguments,
                 .left = count,
                 .element_bytes = argument_bytes,
                 .results = results};
    duet_thread_map *map;
    int status = 0;

    for (size_t i = 0; i < count && results != NULL; i++)
        results[i] = DUET_ECANCELED;
    if (duet_current_loop() != NULL && duet_current_task() == NULL)
        return DUET_ENOLOOP; /* it could not wait for what it began */
    if (pool == NULL)
        status = duet_default_thread_pool(&pool);
    if (status == 0)
        status = duet_thread_map_open(pool, function, next_element, &own, NULL,
                                      &map);
    if (status != 0)
        return status;
    status = map_array(map, &own, count,
                       options != NULL && options->collect_errors, deadline);
    duet_thread_map_close(map);
    return status;
}
