/* SPDX-License-Identifier: MIT */
/* stack.h - the stacks that tasks run on.
 *
 * A pool belongs to one loop. It allocates stacks from large mappings, each
 * with a guard at its low end, and reuses the most recently freed one first, as
 * its pages are in the cache. A stack that was never used costs address space,
 * and its highest page if it was populated together with others. A guard costs
 * address space, too; a pool's first ones are wide (stack.c). */
#ifndef DUET_RUNTIME_CONTEXT_STACK_H
#define DUET_RUNTIME_CONTEXT_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

enum {
    DUET__STACK_SMALLEST_BYTES = 16 * 1024,
    DUET__STACK_DEFAULT_BYTES = 64 * 1024,
    DUET__STACK_LARGEST_BYTES = 64 * 1024 * 1024,
    DUET__STACK_CLASSES = 13, /* 16 KiB, 32 KiB, ... 64 MiB */
    DUET__STACK_BATCH = 64,   /* the most stacks in one system call */
};

typedef struct duet__slab duet__slab;
typedef struct duet__free_stack duet__free_stack;

typedef struct duet__stack {
    void *low;      /* lowest usable byte, right above the guard */
    unsigned bytes; /* usable bytes */
    int class;      /* index into the pool's classes */
} duet__stack;

typedef struct duet__stack_pool {
    struct {
        duet__free_stack *free; /* freed and warm, newest first */
        size_t free_count;
        duet__free_stack *cold; /* freed beyond those; one page each */
        duet__slab *slabs; /* newest first; the first may have unused room */
    } classes[DUET__STACK_CLASSES];
    unsigned wide_stacks;    /* with a guard that arrays do not skip */
    bool no_guard_regions;   /* MADV_GUARD_INSTALL is missing or does nothing */
    bool guard_regions_hold; /* the first was tested */
    bool no_batches; /* the kernel has no advice for many ranges in one call */
    struct iovec ranges[DUET__STACK_BATCH]; /* what to advise it on */
} duet__stack_pool;

/* Returns 0, or DUET_EINVAL with detail if the size is not valid for a
 * stack. */
int duet__stack_check(size_t bytes);

/* Takes a stack of at least `bytes`, not including the guard.
 *
 * Returns 0, or
 *   DUET_ENOMEM  no memory
 *   DUET_ELIMIT  the system's limit on mappings or address space is reached;
 *                the detail says which one
 *   DUET_EINVAL  bytes is not from DUET__STACK_SMALLEST_BYTES to
 *                DUET__STACK_LARGEST_BYTES */
int duet__stack_take(duet__stack_pool *pool, size_t bytes,
                     duet__stack *out_stack);

/* Gives a stack back; nothing may run on it any more. */
void duet__stack_give(duet__stack_pool *pool, duet__stack stack);

/* Unmaps everything. No stack may be in use. */
void duet__stack_pool_free(duet__stack_pool *pool);

/* True if `address` lies in the guard of one of the pool's stacks. Safe in
 * a signal handler of the loop's thread. */
bool duet__stack_guards(const duet__stack_pool *pool, const void *address);

/* Calls each(context, stack) for every stack that was ever handed out, in use
 * or not. */
void duet__stack_pool_each(const duet__stack_pool *pool,
                           void (*each)(void *context, duet__stack stack),
                           void *context);

/* How many bytes at the high end of the stack were touched since the system
 * provided them, by any task; in whole pages. */
size_t duet__stack_touched_bytes(duet__stack stack);

#endif
