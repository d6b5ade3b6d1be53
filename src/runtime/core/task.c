/* SPDX-License-Identifier: MIT */
/* task.c - the life of a task: made, run, ended, joined.
 *
 * Invariant: a task's memory is its stack; it is freed when the task has ended
 * and its handle was released, whichever comes last. */
#include "runtime/core/task.h"

#include <string.h>

#include "base/check.h"
#include "runtime/core/clock.h"
#include "runtime/core/switch.h"
#include "runtime/core/task_local.h"

/* Waits for the tasks that the function spawned and did not wait for. */
static void end_children(duet_task *task)
{
    if (!duet__list_is_empty(&task->children.running)) {
        duet__scope_cancel(&task->children);
        duet__scope_wait(&task->children);
    }
    if (!duet__list_is_empty(&task->children.ended))
        duet__task_release_ended(&task->children);
}

/* Notifies the scope and the joiners that the task has ended. */
static void announce_end(duet_task *task)
{
    duet__scope *scope = task->scope;

    if (!duet__list_is_empty(&task->joiners))
        duet__wake_all(&task->joiners, 0);
    duet__list_remove(&task->scope_link);
    if (task->handle_held)
        duet__list_push_back(&scope->ended, &task->scope_link);
    if (scope->task_ended != NULL)
        scope->task_ended(scope, task);
    duet__scope_left(scope);
}

static void *task_main(void *argument)
{
    duet_task *task = argument;
    int result = DUET_ECANCELED;

    duet__task_entered(task);
    if (!duet__cancel_take(&task->cancel))
        result = task->function(task->argument);
    DUET__CHECK(task->unclosed == 0, "a task closes its groups and timeouts");
    task->returned = true;
    end_children(task);
    duet__locals_free(task->locals);
    task->locals = NULL;
    task->result = result;
    task->state = DUET__TASK_DONE;
    task->loop->tasks--;
    announce_end(task);
    return duet__task_leave(task);
}

static void copy_name(char *to, size_t to_bytes, const char *name)
{
    size_t length = strnlen(name, to_bytes - 1);

    memcpy(to, name, length);
    to[length] = '\0';
}

/* Like memset(), but with a size hidden from the compiler, which would make it
 * a `rep stos`: that has a startup cost of 8 ns, a sixth of the cost of spawn
 * and join.
 */
static void clear(duet_task *task)
{
    size_t bytes = sizeof *task;

    __asm__("" : "+r"(bytes));
    memset(task, 0, bytes);
}

int duet__task_new(duet_loop *loop, duet__scope *scope,
                   duet_task_function *function, void *argument,
                   const duet_spawn_options *options, duet_task **out_task)
{
    static const duet_spawn_options defaults;
    size_t stack_bytes;
    duet__stack stack;
    duet_task *task;
    int status;

    DUET__OWN_THREAD(loop);
    if (options == NULL)
        options = &defaults;
    stack_bytes = options->stack_bytes != 0 ? options->stack_bytes
                                            : DUET__STACK_DEFAULT_BYTES;
    status = duet__stack_take(&loop->stacks, stack_bytes, &stack);
    if (status != 0)
        return status;
    task = duet__task_of_stack(stack);
    clear(task);
    task->loop = loop;
    task->state = DUET__TASK_READY;
    task->timer.fired = duet__wait_timed_out;
    task->locals = duet__locals_hold_current();
    task->scope = scope;
    task->depth = scope->owner != NULL ? scope->owner->depth + 1 : 0;
    task->children.owner = task;
    task->function = function;
    task->argument = argument;
    task->stack = stack;
    if (options->name != NULL)
        copy_name(task->name, sizeof task->name, options->name);
    else
        memcpy(task->name, "task", sizeof "task");
    duet__link_init(&task->joiners);
    duet__link_init(&task->children.running);
    duet__link_init(&task->children.ended);
    duet__list_push_back(&scope->running, &task->scope_link);
    duet__context_make(&task->context, stack.low,
                       stack.bytes - DUET__TASK_BYTES, task_main, task);
    loop->tasks++;
    loop->counters.spawned++;
    *out_task = task;
    return 0;
}

/* Runs the child next, and the parent right after it. */
static void start_now(duet_loop *loop, duet_task *task)
{
    duet_task *parent = loop->current;

    /* A shuffle must not separate the two. */
    if (loop->options.shuffle_seed != 0)
        loop->steps_left += 2;
    if (parent == NULL || loop->inline_runs > 0) {
        duet__run_queue_prepend(&loop->ready, &task->ready);
        return;
    }
    parent->state = DUET__TASK_READY;
    duet__run_queue_prepend(&loop->ready, &parent->ready);
    duet__run_queue_prepend(&loop->ready, &task->ready);
    duet__task_suspend(parent);
}

int duet__task_spawn_at(const void *spawned_at, duet_loop *loop,
                        duet__scope *scope, duet_task_function *function,
                        void *argument, const duet_spawn_options *options,
                        duet_task **out_task)
{
    duet_task *task;
    int status;

    if (out_task != NULL)
        *out_task = NULL;
    status = duet__task_new(loop, scope, function, argument, options, &task);
    if (status != 0)
        return status;
    task->spawned_at = spawned_at;
    if (out_task != NULL) {
        task->handle_held = true;
        *out_task = task;
    }
    if (options != NULL && options->start_now)
        start_now(loop, task);
    else
        duet__loop_append(loop, &task->ready);
    return 0;
}

int duet_spawn(duet_task_function *function, void *argument,
               const duet_spawn_options *options, duet_task **out_task)
{
    duet_loop *loop = duet__loop_current;
    duet__scope *scope;

    if (loop == NULL) {
        if (out_task != NULL)
            *out_task = NULL;
        return DUET_ENOLOOP;
    }
    /* A callback owns nothing. */
    scope =
        loop->current != NULL ? &loop->current->children : &loop->background;
    return duet__task_spawn(loop, scope, function, argument, options, out_task);
}

void duet_task_release(duet_task *task)
{
    if (task == NULL)
        return;
    DUET__OWN_THREAD(task->loop);
    DUET__CHECK(task->handle_held, "the handle was released before");
    task->handle_held = false;
    if (task->state != DUET__TASK_DONE)
        return;
    duet__list_remove(&task->scope_link);
    duet__task_free(task);
}

void duet__task_release_ended(duet__scope *scope)
{
    while (!duet__list_is_empty(&scope->ended)) {
        duet_task *task =
            DUET__MEMBER(scope->ended.next, duet_task, scope_link);

        duet_task_release(task);
    }
}

/* --- joining ------------------------------------------------------------- */

/* wait->what of a task that joins another one; recognized by its address. */
static const char another[] = "task";

/* The task that `task` waits for; NULL: none. */
static duet_task *joined_by(const duet_task *task)
{
    return task->state == DUET__TASK_WAITING && task->wait->what == another
               ? task->wait->object
               : NULL;
}

/* True if `task` is `member` or owns it, directly or not, and so ends after
 * it. */
static bool owns(const duet_task *task, const duet_task *member)
{
    while (member != NULL && member->depth > task->depth)
        member = member->scope->owner;
    return member == task;
}

/* True if `task`, which has not ended, cannot end before `other`, which runs:
 * `task` is `other`, owns it, or joins a task that does. */
static bool needs(const duet_task *task, const duet_task *other)
{
    const duet_task *up = other;

    if (owns(task, other))
        return true;
    if (joined_by(task) == NULL)
        return false;
    /* The chain is followed only if a task waits for `other`: otherwise
     * building a long chain would take quadratic time. */
    while (up != NULL && duet__list_is_empty(&up->joiners))
        up = up->scope->owner;
    if (up == NULL)
        return false;
    while ((task = joined_by(task)) != NULL)
        if (owns(task, other))
            return true;
    return false;
}

/* A wait for a task's end that passes requests to cancel on to it. */
typedef struct joining {
    duet__wait wait;
    bool passed_on;
} joining;

static bool pass_cancel_on(duet__wait *wait)
{
    DUET__MEMBER(wait, joining, wait)->passed_on = true;
    return duet_task_cancel(wait->object);
}

int duet__task_may_join(const duet_task *task)
{
    const duet_task *caller = duet__task_current();

    if (caller == NULL || task->state == DUET__TASK_DONE ||
        !needs(task, caller))
        return 0;
    return duet__fail(DUET_EDEADLK, "task '%s' waits for task '%s' itself",
                      task->name, caller->name);
}

static int wait_for_end(duet_task *task, joining *own, duet_deadline deadline)
{
    if (task->state == DUET__TASK_DONE)
        return 0;
    duet__list_push_back(&task->joiners, &own->wait.link);
    return duet__park(&own->wait, deadline);
}

int duet__task_end(duet_task *task, duet_deadline deadline)
{
    duet_task *caller = duet__task_current();
    joining own = {
        .wait = {.what = another, .object = task, .cancelled = pass_cancel_on}};
    int status = duet__task_may_join(task);

    if (status != 0)
        return status;
    if (caller != NULL && task->state != DUET__TASK_DONE &&
        duet__cancel_take(&caller->cancel))
        pass_cancel_on(&own.wait);
    status = wait_for_end(task, &own, deadline);
    /* The task continues: a request that was passed on, or that came after the
     * deadline, is delivered later. */
    if (status == DUET_ECANCELED ||
        (status == DUET_ETIMEDOUT && own.passed_on)) {
        duet__cancel_put_back(&caller->cancel);
        status = DUET_ETIMEDOUT;
    }
    if (status == 0 && own.passed_on && task->result == DUET_ECANCELED) {
        duet__cancel_take(
            &caller->cancel); /* a request that came when the task had ended */
        return DUET_ECANCELED;
    }
    return status;
}

int duet_join(duet_task *task, int *out_result, duet_deadline deadline)
{
    int status = duet__task_end(task, deadline);

    if (status != 0)
        return status;
    if (out_result != NULL)
        *out_result = task->result;
    if (task->result < 0)
        duet__detail_adopt(&task->detail, task->result);
    duet_task_release(task);
    return 0;
}

int duet_task_wait(duet_task *task, duet_deadline deadline)
{
    joining own = {
        .wait = {.what = another, .object = task, .cancel_wins = true}};
    int status = duet__task_may_join(task);

    return status != 0 ? status : wait_for_end(task, &own, deadline);
}

void duet_task_detach(duet_task *task)
{
    duet__scope *from = task->scope;
    duet__scope *to = &task->loop->background;
    bool done = task->state == DUET__TASK_DONE;

    duet__list_remove(&task->scope_link);
    duet__list_push_back(done ? &to->ended : &to->running, &task->scope_link);
    task->scope = to;
    duet__scope_left(from);
}

/* --- looking ------------------------------------------------------------- */

bool duet_task_is_done(const duet_task *task)
{
    return task->state == DUET__TASK_DONE;
}

int duet_task_result(const duet_task *task)
{
    return task->state == DUET__TASK_DONE ? task->result : DUET_ESTATE;
}

const char *duet_task_name(const duet_task *task)
{
    return task->name;
}

duet_task *duet_current_task(void)
{
    return duet__task_current();
}
