/* SPDX-License-Identifier: MIT */
/* bounded_map.c - maps any number of inputs with a bounded number of tasks.
 *
 * A feeding task puts inputs into free places; the caller takes results from
 * places whose task has ended. Invariant: a place is in `free_places`, or it
 * holds an input; then it is in `in_flight` (in order: from the task's start;
 * else: from the task's end) or its task runs. */
#include <duet/bounded_map.h>

#include <stdlib.h>

#include "runtime/core/clock.h"
#include "runtime/core/task.h"

enum { DEFAULT_AT_ONCE = 64, MOST_AT_ONCE = 1000000 };

typedef struct place {
    duet__link link;
    struct map *map;
    void *input;
    void *output;
    int result;
    bool ended;
    duet__detail detail;
} place;

typedef struct map {
    const duet_bounded_map_steps *steps;
    void *context;
    const duet_bounded_map_options *options;
    duet_loop *loop;
    duet__scope scope; /* the feeding task and the working ones */
    place *places;
    duet__list free_places;
    duet__list in_flight;
    size_t held;       /* places with an input */
    bool fed;          /* there are no more inputs */
    bool ending;       /* nothing more is started */
    int feed_status;   /* the feeding task's status */
    duet__list feeder; /* the feeding task, waiting for a free place */
    duet__list taker;  /* the caller, waiting for a result */
} map;

static int work(void *argument)
{
    place *own = argument;
    map *all = own->map;

    duet__task_runs((void (*)(void))all->steps->work);
    return all->steps->work(all->context, own->input, &own->output);
}

static void task_ended(duet__scope *scope, duet_task *task)
{
    map *all = DUET__MEMBER(scope, map, scope);
    place *own = task->argument;

    if (task->argument == all) {
        all->fed = true;
    } else {
        own->result = task->result;
        own->ended = true;
        own->detail = task->detail;
        task->detail = (duet__detail){0};
        if (!all->options->in_order)
            duet__list_push_back(&all->in_flight, &own->link);
    }
    duet__wake_all(&all->taker, 0);
}

/* --- feeding ------------------------------------------------------------- */

static int start_work(map *all, void *input)
{
    const duet_spawn_options spawn = {
        .name = all->options->name != NULL ? all->options->name : "map",
        .stack_bytes = all->options->stack_bytes,
    };
    place *own =
        DUET__MEMBER(duet__list_pop_front(&all->free_places), place, link);
    int status;

    *own = (place){.map = all, .input = input};
    duet__link_init(&own->link);
    all->held++;
    if (all->options->in_order)
        duet__list_push_back(&all->in_flight, &own->link);
    status = duet__task_spawn(all->loop, &all->scope, work, own, &spawn, NULL);
    if (status != 0) { /* reported as the result of its input */
        own->result = status;
        own->ended = true;
        if (!all->options->in_order)
            duet__list_push_back(&all->in_flight, &own->link);
    }
    return status;
}

static int feed(void *argument)
{
    map *all = argument;
    void *input;
    int status = 0;

    while (status == 0 && !all->ending) {
        duet__wait wait = {
            .what = "map with room", .object = all, .cancel_wins = true};

        if (duet__list_is_empty(&all->free_places)) {
            duet__list_push_back(&all->feeder, &wait.link);
            status = duet__park(&wait, DUET_NEVER);
            continue;
        }
        input = NULL;
        status = all->steps->next(all->context, &input);
        if (status == 0)
            status = start_work(all, input);
    }
    all->feed_status = status == DUET_EEMPTY ? 0 : status;
    return all->feed_status;
}

/* --- taking -------------------------------------------------------------- */

/* The next place whose result can be taken; NULL if there is none yet. */
static place *next_ended(map *all)
{
    place *first;

    if (duet__list_is_empty(&all->in_flight))
        return NULL;
    first = DUET__MEMBER(all->in_flight.next, place, link);
    return first->ended ? first : NULL;
}

static int take(map *all, place *own)
{
    void *input = own->input;
    void *output = own->output;
    int result = own->result;
    int status = 0;

    if (result < 0)
        duet__detail_adopt(&own->detail, result);
    duet__detail_free(&own->detail);
    duet__list_remove(&own->link);
    if (all->steps->take == NULL)
        status = result < 0 && !all->options->collect_errors ? result : 0;
    else
        status = all->steps->take(all->context, input, output, result);
    /* Freed only now: a result counts as held while it is being taken, too. */
    duet__list_push_back(&all->free_places, &own->link);
    all->held--;
    duet__wake_all(&all->feeder, 0);
    return status;
}

static int take_all(map *all, duet_deadline deadline)
{
    int status = 0;

    while (status == 0 && all->feed_status == 0 &&
           !(all->fed && all->held == 0)) {
        place *ended = next_ended(all);
        duet__wait wait = {.what = "map with results", .object = all};

        if (ended != NULL) {
            status = take(all, ended);
            continue;
        }
        duet__list_push_back(&all->taker, &wait.link);
        status = duet__park(&wait, deadline);
    }
    return status != 0 ? status : all->feed_status;
}

/* Cancels the tasks that run, and releases the results that are left. */
static int finish(map *all, int status)
{
    place *ended;

    all->ending = true;
    if (status != 0)
        duet__scope_cancel(&all->scope);
    status = duet__scope_end(&all->scope, status);
    while ((ended = next_ended(all)) != NULL)
        take(all, ended);
    return status;
}

static int map_with(map *all, size_t at_once, duet_deadline deadline)
{
    const duet_spawn_options spawn = {.name = "map feeder"};
    int status;

    all->loop = duet__loop_current;
    duet__scope_init(&all->scope, all->loop->current);
    all->scope.task_ended = task_ended;
    all->scope.stack_option = "duet_bounded_map_options.stack_bytes";
    duet__link_init(&all->free_places);
    duet__link_init(&all->in_flight);
    duet__link_init(&all->feeder);
    duet__link_init(&all->taker);
    for (size_t i = 0; i < at_once; i++)
        duet__list_push_back(&all->free_places, &all->places[i].link);
    status = duet__task_spawn(all->loop, &all->scope, feed, all, &spawn, NULL);
    if (status == 0)
        status = take_all(all, deadline);
    return finish(all, status);
}

int duet_bounded_map(const duet_bounded_map_steps *steps, void *context,
                     const duet_bounded_map_options *options,
                     duet_deadline deadline)
{
    static const duet_bounded_map_options defaults;
    map all = {.steps = steps,
               .context = context,
               .options = options != NULL ? options : &defaults};
    size_t at_once = all.options->at_once;
    int status;

    if (duet__task_current() == NULL)
        return DUET_ENOLOOP;
    if (at_once == 0)
        at_once = DEFAULT_AT_ONCE;
    if (at_once > MOST_AT_ONCE)
        return duet__fail(DUET_EINVAL, "at_once is %zu; the most is %d",
                          at_once, MOST_AT_ONCE);
    all.places = calloc(at_once, sizeof *all.places);
    if (all.places == NULL)
        return DUET_ENOMEM;
    status = map_with(&all, at_once, deadline);
    free(all.places);
    return status;
}

/* --- over an array ------------------------------------------------------- */

typedef struct array {
    duet_task_function *function;
    char *next; /* the element that is given next */
    size_t left;
    size_t element_bytes;
    const char *elements;
    int *results; /* or NULL */
} array;

static int next_element(void *context, void **out_input)
{
    array *own = context;

    if (own->left == 0)
        return DUET_EEMPTY;
    *out_input = own->next;
    own->next += own->element_bytes;
    own->left--;
    return 0;
}

static int call_with_element(void *context, void *input, void **out_output)
{
    array *own = context;
    int result;

    (void)out_output;
    duet__task_runs((void (*)(void))own->function);
    result = own->function(input);
    if (own->results != NULL)
        own->results[(size_t)((char *)input - own->elements) /
                     own->element_bytes] = result;
    return result;
}

int duet_bounded_map_array(duet_task_function *function, void *arguments,
                           size_t count, size_t argument_bytes,
                           const duet_bounded_map_options *options,
                           int *results, duet_deadline deadline)
{
    static const duet_bounded_map_steps steps = {.next = next_element,
                                                 .work = call_with_element};
    array own = {.function = function,
                 .next = arguments,
                 .left = count,
                 .element_bytes = argument_bytes,
                 .elements = arguments,
                 .results = results};

    for (size_t i = 0; i < count && results != NULL; i++)
        results[i] = DUET_ECANCELED;
    return duet_bounded_map(&steps, &own, options, deadline);
}
