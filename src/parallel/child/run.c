/* SPDX-License-Identifier: MIT */
/* run.c - runs a program with all its input and output at once.
 *
 * The three streams are served concurrently, each by a task, so that a program
 * that writes before it has read everything does not deadlock. */
#include <stdlib.h>

#include <duet/group.h>

#include "base/buffer.h"
#include "base/error.h"
#include "parallel/child/child.h"

enum { CHUNK_BYTES = 16 * 1024 };

typedef struct feed {
    duet_child *child;
    const void *input;
    size_t length;
} feed;

typedef struct collect {
    duet_child *child;
    duet_child_stream stream;
    duet__buffer buffer;
} collect;

/* Each is the body of a task. */
static int feed_input(void *argument)
{
    feed *work = argument;
    int status = 0;

    if (work->child->pipes[DUET_CHILD_INPUT] < 0)
        return 0;
    status =
        duet_child_write(work->child, work->input, work->length, DUET_NEVER);
    duet_child_close_input(work->child);
    return status == DUET_EPIPE ? 0 : status;
}

static int collect_output(void *argument)
{
    collect *work = argument;
    char chunk[CHUNK_BYTES];
    size_t length = 0;
    int status = duet__buffer_append(&work->buffer, "", 0);

    if (work->child->pipes[work->stream] < 0)
        return status;
    do {
        if (status == 0)
            status = duet_child_read(work->child, work->stream, chunk,
                                     sizeof chunk, &length, DUET_NEVER);
        if (status == 0)
            status = duet__buffer_append(&work->buffer, chunk, length);
    } while (status == 0 && length > 0);
    if (status == DUET_ETOOLARGE)
        duet__fail(status,
                   "the program wrote more than %zu bytes of standard "
                   "%s",
                   work->buffer.limit,
                   work->stream == DUET_CHILD_OUTPUT ? "output" : "error");
    return status;
}

static int wait_for_end(void *argument)
{
    return duet_child_wait(argument, NULL, DUET_NEVER);
}

/* --- the whole ----------------------------------------------------------- */

void duet_child_output_clear(duet_child_output *output)
{
    free(output->output);
    free(output->error);
    *output = (duet_child_output){0};
}

static void give_output(collect collects[2], duet_child_output *out_output)
{
    /* Both have memory, at least for the NUL, so taking it cannot fail. */
    (void)!duet__buffer_take(&collects[0].buffer, &out_output->output,
                             &out_output->output_length);
    (void)!duet__buffer_take(&collects[1].buffer, &out_output->error,
                             &out_output->error_length);
}

int duet_child_communicate(duet_child *child, const void *input,
                           size_t input_length, duet_child_output *out_output,
                           duet_deadline deadline)
{
    const duet_gather_options options = {.name = "communicate"};
    feed input_feed = {child, input, input != NULL ? input_length : 0};
    collect collects[2] = {{.child = child, .stream = DUET_CHILD_OUTPUT},
                           {.child = child, .stream = DUET_CHILD_ERROR}};
    duet_call calls[] = {
        {.function = feed_input, .argument = &input_feed},
        {.function = collect_output, .argument = &collects[0]},
        {.function = collect_output, .argument = &collects[1]},
        {.function = wait_for_end, .argument = child},
    };
    int status;

    *out_output = (duet_child_output){0};
    for (int i = 0; i < 2; i++)
        duet__buffer_init(&collects[i].buffer, child->output_limit);
    status =
        duet_gather(calls, sizeof calls / sizeof calls[0], &options, deadline);
    if (status == 0) {
        give_output(collects, out_output);
        out_output->status = child->status;
    }
    for (int i = 0; i < 2; i++)
        duet__buffer_free(&collects[i].buffer);
    return status;
}

/* Streams without an option of their own become pipes to us. */
static duet_child_options with_pipes(const duet_child_options *options)
{
    duet_child_options piped = {0};

    if (options != NULL)
        piped = *options;
    for (int i = 0; i < 3; i++)
        if (piped.ends[i] == DUET_CHILD_INHERIT)
            piped.ends[i] = DUET_CHILD_PIPE;
    return piped;
}

int duet_child_run(const char *const *arguments,
                   const duet_child_options *options, const void *input,
                   size_t input_length, duet_child_output *out_output,
                   duet_deadline deadline)
{
    const duet_child_options piped = with_pipes(options);
    duet_child *child;
    int status;

    *out_output = (duet_child_output){0};
    status = duet_child_start(arguments, &piped, &child);
    if (status != 0)
        return status;
    status = duet_child_communicate(child, input, input_length, out_output,
                                    deadline);
    if (status != 0 && !child->ended)
        duet_child_stop(child, NULL,
                        child->stop_ms < 0 ? DUET_NEVER
                                           : duet_in_ms(child->stop_ms));
    duet_child_free(child);
    return status;
}
