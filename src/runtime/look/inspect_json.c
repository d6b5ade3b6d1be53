/* SPDX-License-Identifier: MIT */
/* inspect_json.c - the tree of tasks as JSON.
 *
 * jansson frees a value that could not be added, so only the last step of each
 * object is checked: a missing part makes the whole fail. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/context/backtrace.h"
#include "runtime/core/clock.h"
#include "runtime/look/inspect.h"

/* Converts any bytes to a JSON string: bytes that are not UTF-8 become '?'. */
static json_t *text(const char *bytes)
{
    json_t *value = json_string(bytes);
    char *copy;

    if (value != NULL)
        return value;
    copy = strdup(bytes);
    if (copy == NULL)
        return NULL;
    for (char *byte = copy; *byte != '\0'; byte++)
        if (*byte & 0x80)
            *byte = '?';
    value = json_string(copy);
    free(copy);
    return value;
}

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *hexadecimal(uintptr_t value)
{
    char digits[24];

    snprintf(digits, sizeof digits, "0x%jx", (uintmax_t)value);
    return json_string(digits);
}

static json_t *place(const void *address)
{
    duet__place found = duet__place_of(address);

    return json_pack("{s:o, s:o, s:o, s:o}", "address",
                     hexadecimal((uintptr_t)address), "file", text(found.file),
                     "offset", hexadecimal(found.offset), "symbol",
                     found.symbol != NULL ? text(found.symbol) : json_null());
}

static json_t *stack(const duet_task *task)
{
    size_t used = duet__inspect_stack_used(task);

    return json_pack("{s:o, s:o, s:o}", "bytes", number(task->stack.bytes),
                     "used", used > 0 ? number(used) : json_null(), "touched",
                     number(duet__stack_touched_bytes(task->stack)));
}

static json_t *object_of_wait(const duet__snapshot *snapshot,
                              const duet__wait *wait)
{
    duet__buffer buffer;
    json_t *value = NULL;

    if (wait->object == NULL)
        return json_null();
    duet__buffer_init(&buffer, SIZE_MAX);
    if (duet__inspect_append_object(&buffer, snapshot, wait) == 0)
        value = text(buffer.bytes);
    duet__buffer_free(&buffer);
    return value;
}

static json_t *wait_of(const duet__snapshot *snapshot, const duet_task *task)
{
    int64_t now_ns = duet__loop_time(task->loop);

    if (task->state != DUET__TASK_WAITING)
        return json_null();
    return json_pack("{s:o, s:o, s:I, s:I}", "what", text(task->wait->what),
                     "object", object_of_wait(snapshot, task->wait), "since_ns",
                     (json_int_t)task->waits_since_ns, "for_ns",
                     (json_int_t)(now_ns - task->waits_since_ns));
}

static json_t *backtrace_of(const duet_task *task)
{
    json_t *array = json_array();
    duet__backtrace calls = {.count = 0};

    if (task->state != DUET__TASK_RUNNING)
        duet__backtrace_of(&task->context, &calls);
    for (size_t i = 0; i < calls.count; i++) {
        if (json_array_append_new(array, place(calls.frames[i])) == 0)
            continue;
        json_decref(array);
        return NULL;
    }
    return array;
}

static json_t *task_at(const duet__snapshot *snapshot, size_t index,
                       bool backtraces)
{
    const duet__snapshot_task *entry = &snapshot->tasks[index];
    const duet_task *task = entry->task;
    json_t *object = json_pack(
        "{s:I, s:o, s:o, s:s, s:i, s:o, s:o, s:o, s:o}", "id",
        (json_int_t)index, "parent",
        entry->parent == SIZE_MAX ? json_null() : number(entry->parent), "name",
        text(task->name), "state", duet__inspect_state(task), "cancel_requests",
        task->cancel.requests, "function", place(duet__code_of(task->function)),
        "spawned_at",
        task->spawned_at != NULL ? place(duet__call_before(task->spawned_at))
                                 : json_null(),
        "stack", stack(task), "wait", wait_of(snapshot, task));

    if (object != NULL && backtraces &&
        json_object_set_new(object, "backtrace", backtrace_of(task)) != 0) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static json_t *tasks_of(const duet__snapshot *snapshot, bool backtraces,
                        size_t tasks_max)
{
    size_t count = snapshot->count < tasks_max ? snapshot->count : tasks_max;
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++) {
        json_t *task = task_at(snapshot, i, backtraces);

        if (json_array_append_new(array, task) == 0)
            continue;
        json_decref(array);
        return NULL;
    }
    return array;
}

static json_t *counters_of(const duet_loop *loop)
{
    duet_loop_counters now;

    duet_loop_get_counters(loop, &now);
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "turns", number(now.turns),
        "switches", number(now.switches), "wake_ups", number(now.wake_ups),
        "timers_fired", number(now.timers_fired), "descriptor_events",
        number(now.descriptor_events), "polls", number(now.polls), "spawned",
        number(now.spawned), "tasks", number(now.tasks));
}

int duet_inspect_json(const duet_loop *loop,
                      const duet_inspect_options *options, char **out_text)
{
    duet__snapshot snapshot;
    bool backtraces;
    size_t tasks_max;
    json_t *root;
    int status;

    DUET__OWN_THREAD(loop);
    *out_text = NULL;
    status = duet__inspect_read_options(options, &backtraces, &tasks_max);
    if (status == 0)
        status = duet__snapshot_take(loop, &snapshot);
    if (status != 0)
        return status;
    root = json_pack("{s:o, s:o}", "counters", counters_of(loop), "tasks",
                     tasks_of(&snapshot, backtraces, tasks_max));
    duet__snapshot_free(&snapshot);
    if (root != NULL)
        *out_text = json_dumps(root, JSON_INDENT(1));
    json_decref(root);
    return *out_text == NULL ? DUET_ENOMEM : 0;
}
