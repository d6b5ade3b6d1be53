/* SPDX-License-Identifier: MIT */
/* map.c - calls a function for many inputs on all workers, in chunks.
 *
 * There are as many tasks as workers, and each takes chunk after chunk.
 * Invariant: `next` is the first input that no task has taken. */
#include <stdlib.h>

#include <duet/group.h>

#include "base/error.h"
#include "parallel/process/pool.h"

typedef struct map {
    duet_process_pool *pool;
    duet_process_call_function *function;
    duet_process_function *plain; /* if there is no function */
    const duet_process_input *inputs;
    duet_process_output *outputs;
    int *results; /* of plain calls, or NULL */
    size_t count;
    size_t chunk;
    size_t next;
    const duet_process_map_options *options;
    duet_deadline deadline;
} map;

/* Of a plain call a number is all that is left. */
static int keep_result(map *own, size_t index, duet_process_output *output)
{
    int result = output->status != 0 ? output->status : output->result;
    int status = 0;

    if (own->results != NULL)
        own->results[index] = result;
    if (result < 0 && !own->options->collect_errors)
        status = output->detail != NULL
                     ? duet__fail(result, "%s", output->detail)
                     : duet__fail_plainly(result);
    duet_process_output_clear(output);
    return status;
}

static int tell(void *context, duet_process_output *output)
{
    map *own = context;
    size_t index = (size_t)(output - own->outputs);
    int status = 0;

    if (output->status != 0 && !own->options->collect_errors)
        return duet__fail(output->status, "input %zu: %s", index,
                          output->detail);
    if (own->options->completed != NULL)
        status = own->options->completed(own->options->context, index, output);
    if (own->plain != NULL && status == 0)
        status = keep_result(own, index, output);
    return status;
}

/* The body of each task. */
static int run_chunks(void *argument)
{
    map *own = argument;
    int status = 0;

    while (own->next < own->count && status == 0) {
        size_t first = own->next;
        size_t left = own->count - first;
        duet__pool_run run = {
            .function = own->function,
            .plain = own->plain,
            .inputs = own->inputs + first,
            .outputs = own->outputs + first,
            .count = left < own->chunk ? left : own->chunk,
            .came = tell,
            .context = own,
        };

        own->next += run.count;
        status = duet__process_pool_enter(own->pool);
        if (status != 0)
            break;
        status = duet__process_pool_run(own->pool, &run, own->deadline);
        duet__process_pool_leave(own->pool);
    }
    return status < 0 ? status : 0;
}

static int check(map *own)
{
    int status = duet__process_pool_check(own->pool, 0);

    for (size_t i = 0; i < own->count && status == 0; i++)
        status = duet__process_pool_check(own->pool, own->inputs[i].length);
    return status;
}

static int run(map *own)
{
    const duet_gather_options options = {.name = "process map"};
    size_t workers = (size_t)own->pool->slots_n;
    size_t chunks = own->count / own->chunk + (own->count % own->chunk != 0);
    size_t tasks = chunks < workers ? chunks : workers;
    duet_call *calls = calloc(tasks, sizeof *calls);
    int status;

    if (calls == NULL)
        return DUET_ENOMEM;
    for (size_t i = 0; i < tasks; i++)
        calls[i] = (duet_call){.function = run_chunks, .argument = own};
    status = duet_gather(calls, tasks, &options, own->deadline);
    free(calls);
    return status;
}

static int map_all(map *own)
{
    static const duet_process_map_options defaults;
    size_t shares = 4 * (size_t)own->pool->slots_n;
    int status;

    if (own->options == NULL)
        own->options = &defaults;
    own->chunk = own->options->chunk != 0
                     ? own->options->chunk
                     : own->count / shares + (own->count % shares != 0);
    for (size_t i = 0; i < own->count; i++)
        own->outputs[i] = (duet_process_output){0};
    status = check(own);
    if (status == 0 && own->count > 0)
        status = run(own);
    for (size_t i = 0; i < own->count && status != 0; i++)
        duet_process_output_clear(&own->outputs[i]);
    return status;
}

int duet_process_pool_map(duet_process_pool *pool,
                          duet_process_call_function *function,
                          const duet_process_input *inputs, size_t count,
                          const duet_process_map_options *options,
                          duet_process_output *outputs, duet_deadline deadline)
{
    map own = {.pool = pool,
               .function = function,
               .inputs = inputs,
               .outputs = outputs,
               .count = count,
               .options = options,
               .deadline = deadline};

    return map_all(&own);
}

/* --- over an array ------------------------------------------------------- */

/* An input for each element; NULL if there is no memory. */
static duet_process_input *inputs_of(const void *arguments, size_t count,
                                     size_t argument_bytes)
{
    duet_process_input *inputs = calloc(count + 1, sizeof *inputs);

    for (size_t i = 0; i < count && inputs != NULL; i++)
        inputs[i] = (duet_process_input){
            (const char *)arguments + i * argument_bytes, argument_bytes};
    return inputs;
}

int duet_process_pool_star_map(duet_process_pool *pool,
                               duet_process_call_function *function,
                               const void *arguments, size_t count,
                               size_t argument_bytes,
                               const duet_process_map_options *options,
                               duet_process_output *outputs,
                               duet_deadline deadline)
{
    duet_process_input *inputs = inputs_of(arguments, count, argument_bytes);
    int status;

    if (inputs == NULL)
        return DUET_ENOMEM;
    status = duet_process_pool_map(pool, function, inputs, count, options,
                                   outputs, deadline);
    free(inputs);
    return status;
}

int duet_process_pool_map_array(duet_process_pool *pool,
                                duet_process_function *function,
                                const void *arguments, size_t count,
                                size_t argument_bytes,
                                const duet_process_map_options *options,
                                int *results, duet_deadline deadline)
{
    map own = {.pool = pool,
               .plain = function,
               .results = results,
               .count = count,
               .options = options,
               .deadline = deadline};
    duet_process_input *inputs = inputs_of(arguments, count, argument_bytes);
    int status = DUET_ENOMEM;

    for (size_t i = 0; i < count && results != NULL; i++)
        results[i] = DUET_ECANCELED;
    own.inputs = inputs;
    own.outputs = calloc(count + 1, sizeof *own.outputs);
    if (own.inputs != NULL && own.outputs != NULL)
        status = map_all(&own);
    free(own.outputs);
    free(inputs);
    return status;
}
