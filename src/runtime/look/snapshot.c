/* SPDX-License-Identifier: MIT */
/* snapshot.c - finds the tasks of a loop and their tree.
 *
 * A stack holds a live task exactly if the control block at its high end names
 * this loop and the task has not ended: a freed stack keeps the block of an
 * ended task, one never used is all zero.
 *
 * A task's children are in its own scope, in spawning order, and in the scopes
 * of the groups that it opened. The tree is walked without recursion, as its
 * depth is limited only by the number of tasks. */
#include "runtime/look/snapshot.h"

#include <stdlib.h>

typedef struct finding {
    const duet_loop *loop;
    const duet_task **tasks; /* NULL: only count */
    size_t count;
} finding;

static void look_at_stack(void *context, duet__stack stack)
{
    finding *all = context;
    const duet_task *task = duet__task_of_stack(stack);

    if (task->loop != all->loop || task->state == DUET__TASK_DONE)
        return;
    if (all->tasks != NULL)
        all->tasks[all->count] = task;
    all->count++;
}

static int compare_addresses(const void *a, const void *b)
{
    const duet_task *const *left = a;
    const duet_task *const *right = b;

    return (*left > *right) - (*left < *right);
}

/* --- the scopes of groups ------------------------------------------------ */

static const duet_task *owner_of(const duet__scope *scope)
{
    return scope->owner;
}

static int compare_scopes(const void *a, const void *b)
{
    const duet__scope *const *left = a;
    const duet__scope *const *right = b;

    if (owner_of(*left) != owner_of(*right))
        return owner_of(*left) < owner_of(*right) ? -1 : 1;
    return (*left > *right) - (*left < *right);
}

/* Scopes that are not a task's own: sorted by owner, each once. */
typedef struct scopes {
    const duet__scope **array;
    size_t count;
} scopes;

static bool is_own_scope(const duet__scope *scope)
{
    return scope->owner != NULL && scope == &scope->owner->children;
}

static int find_scopes(const finding *all, scopes *out)
{
    size_t kept = 0;

    *out = (scopes){.array = malloc((all->count + 1) * sizeof *out->array)};
    if (out->array == NULL)
        return DUET_ENOMEM;
    for (size_t i = 0; i < all->count; i++)
        if (!is_own_scope(all->tasks[i]->scope))
            out->array[out->count++] = all->tasks[i]->scope;
    qsort(out->array, out->count, sizeof *out->array, compare_scopes);
    for (size_t i = 0; i < out->count; i++)
        if (i == 0 || out->array[i] != out->array[kept - 1])
            out->array[kept++] = out->array[i];
    out->count = kept;
    return 0;
}

/* The first scope of `owner` among the sorted ones; count if it has none. */
static size_t first_scope_of(const scopes *all, const duet_task *owner)
{
    size_t low = 0;
    size_t high = all->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (owner_of(all->array[middle]) < owner)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* --- the tree ------------------------------------------------------------ */

/* Pushes the scope's tasks on the stack of tasks still to be written, such that
 * the first one is popped first. */
static void push_scope(duet__snapshot_task *stack, size_t *height,
                       const duet__scope *scope, size_t depth, size_t parent)
{
    const duet__link *link = scope->running.previous;

    for (; link != &scope->running; link = link->previous)
        stack[(*height)++] = (duet__snapshot_task){
            .task = DUET__MEMBER(link, duet_task, scope_link),
            .depth = depth,
            .parent = parent,
        };
}

static void push_children(duet__snapshot_task *stack, size_t *height,
                          const scopes *groups, const duet_task *owner,
                          size_t depth, size_t parent)
{
    size_t i = first_scope_of(groups, owner);

    for (; i < groups->count && owner_of(groups->array[i]) == owner; i++)
        push_scope(stack, height, groups->array[i], depth, parent);
    if (owner != NULL)
        push_scope(stack, height, &owner->children, depth, parent);
}

/* `stack` has room for all tasks: each is put there once. */
static void walk(duet__snapshot *snapshot, duet__snapshot_task *stack,
                 const scopes *groups)
{
    size_t height = 0;
    size_t written = 0;

    push_children(stack, &height, groups, NULL, 0, SIZE_MAX);
    while (height > 0) {
        duet__snapshot_task next = stack[--height];

        snapshot->tasks[written] = next;
        push_children(stack, &height, groups, next.task, next.depth + 1,
                      written++);
    }
    snapshot->count = written;
}

int duet__snapshot_take(const duet_loop *loop, duet__snapshot *out)
{
    finding all = {.loop = loop};
    duet__snapshot_task *stack = NULL;
    scopes groups = {0};
    int status = DUET_ENOMEM;

    *out = (duet__snapshot){0};
    duet__stack_pool_each(&loop->stacks, look_at_stack, &all);
    out->tasks = calloc(all.count + 1, sizeof *out->tasks);
    out->by_address = calloc(all.count + 1, sizeof(void *));
    stack = calloc(all.count + 1, sizeof *stack);
    if (out->tasks != NULL && out->by_address != NULL && stack != NULL) {
        all = (finding){.loop = loop, .tasks = out->by_address};
        duet__stack_pool_each(&loop->stacks, look_at_stack, &all);
        qsort(all.tasks, all.count, sizeof *all.tasks, compare_addresses);
        status = find_scopes(&all, &groups);
    }
    if (status == 0)
        walk(out, stack, &groups);
    else
        duet__snapshot_free(out);
    free(groups.array);
    free(stack);
    return status;
}

void duet__snapshot_free(duet__snapshot *snapshot)
{
    free(snapshot->tasks);
    free(snapshot->by_address);
    *snapshot = (duet__snapshot){0};
}

bool duet__snapshot_has(const duet__snapshot *snapshot, const void *address)
{
    const duet_task *task = address;

    return snapshot->count > 0 &&
           bsearch(&task, snapshot->by_address, snapshot->count,
                   sizeof *snapshot->by_address, compare_addresses) != NULL;
}
