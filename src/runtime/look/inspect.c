/* SPDX-License-Identifier: MIT */
/* inspect.c - the tree of tasks as text, and the loop's counters. */
#include "runtime/look/inspect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limit.h"
#include "runtime/context/backtrace.h"
#include "runtime/core/clock.h"
#include "runtime/core/report.h"

/* --- what text and JSON share -------------------------------------------- */

int duet__inspect_read_options(const duet_inspect_options *options,
                               bool *out_backtraces, size_t *out_tasks_max)
{
    *out_backtraces = options != NULL && options->backtraces;
    return duet__limit_read("tasks_max",
                            options != NULL ? options->tasks_max : 0,
                            DUET__INSPECT_TASKS_MAX, out_tasks_max);
}

const char *duet__inspect_state(const duet_task *task)
{
    switch (task->state) {
    case DUET__TASK_READY:
        return "ready";
    case DUET__TASK_RUNNING:
        return "running";
    case DUET__TASK_WAITING:
        return "waiting";
    case DUET__TASK_DONE:
        break;
    }
    return "done";
}

size_t duet__inspect_stack_used(const duet_task *task)
{
    const char *high = (const char *)task->stack.low + task->stack.bytes;
    const char *low = task == duet__task_current()
                          ? __builtin_frame_address(0)
                          : duet__context_stack_pointer(&task->context);

    return low == NULL ? 0 : (size_t)(high - low);
}

int duet__inspect_append_object(duet__buffer *buffer,
                                const duet__snapshot *snapshot,
                                const duet__wait *wait)
{
    if (wait->object == NULL)
        return 0;
    if (duet__snapshot_has(snapshot, wait->object)) {
        const duet_task *task = wait->object;

        return duet__buffer_appendf(buffer, "'%s'", task->name);
    }
    if (strcmp(wait->what, "readable") == 0 ||
        strcmp(wait->what, "writable") == 0)
        return duet__buffer_appendf(buffer, "%d", (int)(intptr_t)wait->object);
    return duet__buffer_appendf(buffer, "%p", wait->object);
}

/* --- text ---------------------------------------------------------------- */

static int append_counters(duet__buffer *buffer, const duet_loop *loop)
{
    const duet__counters *now = &loop->counters;

    return duet__buffer_appendf(
        buffer,
        "%zu tasks; %ju turns, %ju switches, %ju wake-ups, %ju timers, "
        "%ju spawned\n",
        loop->tasks, (uintmax_t)now->turns, (uintmax_t)now->switches,
        (uintmax_t)now->wake_ups, (uintmax_t)now->timers_fired,
        (uintmax_t)now->spawned);
}

static int append_state(duet__buffer *buffer, const duet__snapshot *snapshot,
                        const duet_task *task)
{
    int64_t waited_ns = duet__loop_time(task->loop) - task->waits_since_ns;
    int status;

    if (task->state != DUET__TASK_WAITING)
        return duet__buffer_appendf(buffer, "%s", duet__inspect_state(task));
    status = duet__buffer_appendf(buffer, "waits for %s%s", task->wait->what,
                                  task->wait->object != NULL ? " " : "");
    if (status == 0)
        status = duet__inspect_append_object(buffer, snapshot, task->wait);
    if (status == 0)
        status =
            duet__buffer_appendf(buffer, ", %.3f s", (double)waited_ns / 1e9);
    return status;
}

static int append_stack(duet__buffer *buffer, const duet_task *task)
{
    size_t used = duet__inspect_stack_used(task);
    int status = 0;

    status = duet__buffer_append(buffer, "; stack ", 8);
    if (status == 0 && used > 0)
        status = duet__buffer_appendf(buffer, "%zu of ", used);
    if (status == 0)
        status = duet__buffer_appendf(
            buffer, "%u KiB, %zu KiB touched", task->stack.bytes / 1024,
            duet__stack_touched_bytes(task->stack) / 1024);
    return status;
}

static int append_task(duet__buffer *buffer, const duet__snapshot *snapshot,
                       const duet__snapshot_task *entry)
{
    const duet_task *task = entry->task;
    int indent = entry->depth > 40 ? 80 : 2 * (int)entry->depth;
    int status =
        duet__buffer_appendf(buffer, "%*s%s  ", indent, "", task->name);

    if (status == 0)
        status = append_state(buffer, snapshot, task);
    if (status == 0 && task->cancel.requests > 0)
        status = duet__buffer_appendf(buffer, "; cancelled %d times",
                                      task->cancel.requests);
    if (status == 0)
        status = append_stack(buffer, task);
    if (status == 0)
        status = duet__buffer_appendf(buffer, "; runs ");
    if (status == 0)
        status = duet__place_append(buffer, duet__code_of(task->function));
    if (status == 0 && task->spawned_at != NULL)
        status = duet__buffer_appendf(buffer, "; spawned at ");
    if (status == 0 && task->spawned_at != NULL)
        status =
            duet__place_append(buffer, duet__call_before(task->spawned_at));
    if (status == 0)
        status = duet__buffer_append(buffer, "\n", 1);
    return status;
}

static int append_backtrace(duet__buffer *buffer,
                            const duet__snapshot_task *entry)
{
    int indent = entry->depth > 40 ? 80 : 2 * (int)entry->depth;
    duet__backtrace calls;
    char prefix[96];

    if (entry->task->state == DUET__TASK_RUNNING)
        return 0;
    duet__backtrace_of(&entry->task->context, &calls);
    snprintf(prefix, sizeof prefix, "%*s", indent + 4, "");
    return duet__backtrace_append(buffer, prefix, &calls);
}

static int append_all(duet__buffer *buffer, const duet__snapshot *snapshot,
                      bool backtraces, size_t tasks_max)
{
    size_t count = snapshot->count < tasks_max ? snapshot->count : tasks_max;
    int status = 0;

    for (size_t i = 0; i < count && status == 0; i++) {
        status = append_task(buffer, snapshot, &snapshot->tasks[i]);
        if (status == 0 && backtraces)
            status = append_backtrace(buffer, &snapshot->tasks[i]);
    }
    if (status == 0 && count < snapshot->count)
        status = duet__buffer_appendf(buffer, "and %zu more\n",
                                      snapshot->count - count);
    return status;
}

int duet_inspect_text(const duet_loop *loop,
                      const duet_inspect_options *options, char **out_text)
{
    duet__snapshot snapshot;
    duet__buffer buffer;
    bool backtraces;
    size_t tasks_max;
    int status;

    DUET__OWN_THREAD(loop);
    *out_text = NULL;
    status = duet__inspect_read_options(options, &backtraces, &tasks_max);
    if (status == 0)
        status = duet__snapshot_take(loop, &snapshot);
    if (status != 0)
        return status;
    duet__buffer_init(&buffer, SIZE_MAX);
    status = append_counters(&buffer, loop);
    if (status == 0)
        status = append_all(&buffer, &snapshot, backtraces, tasks_max);
    duet__snapshot_free(&snapshot);
    if (status == 0)
        status = duet__buffer_take(&buffer, out_text, NULL);
    duet__buffer_free(&buffer);
    return status;
}

/* --- elsewhere ----------------------------------------------------------- */

int duet_inspect_write(const duet_loop *loop,
                       const duet_inspect_options *options, int descriptor)
{
    char *text;
    int status = duet_inspect_text(loop, options, &text);

    if (status == 0)
        status = duet__write_all(descriptor, text, strlen(text));
    free(text);
    return status;
}

void duet_loop_get_counters(const duet_loop *loop,
                            duet_loop_counters *out_counters)
{
    const duet__counters *now = &loop->counters;

    *out_counters = (duet_loop_counters){
        .turns = now->turns,
        .switches = now->switches,
        .wake_ups = now->wake_ups,
        .timers_fired = now->timers_fired,
        .descriptor_events = now->descriptor_events,
        .polls = now->polls,
        .spawned = now->spawned,
        .tasks = loop->tasks,
    };
}
