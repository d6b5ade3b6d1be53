/* SPDX-License-Identifier: MIT */
/* stack.c - carving stacks from slabs, guarding and recycling them.
 *
 * Owns the mappings. Invariant: every carved stack is either in use or in its
 * class's free list; the words of a free stack's high end hold the link. */
#include "runtime/stack.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/context.h"

#ifdef DUET_HAVE_VALGRIND
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#define VALGRIND_STACK_REGISTER(low, high) 0u
#define VALGRIND_STACK_DEREGISTER(id) ((void)(id))
#endif
#ifdef DUET__ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#endif

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102 /* Linux 6.13 */
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22 /* Linux 5.14 */
#endif

enum {
    GUARD_BYTES = 4096,
    SLAB_BYTES = 16 * 1024 * 1024,
    /* Free stacks beyond this many give their pages back to the system. */
    WARM_STACKS = 4096,
};

struct duet__slab {
    duet__slab *next;
    char *base;
    size_t stack_bytes; /* of one stack, guard included */
    unsigned stacks;    /* how many fit */
    unsigned carved;    /* how many were ever handed out */
    unsigned valgrind_id[];
};

struct duet__free_stack {
    duet__free_stack *next;
};

static size_t class_bytes(int class)
{
    return (size_t)DUET__STACK_SMALLEST_BYTES << class;
}

static int class_of(size_t bytes)
{
    int class = 0;

    while (class < DUET__STACK_CLASSES && class_bytes(class) < bytes)
        class ++;
    return class;
}

static duet__free_stack *link_of(duet__stack stack)
{
    char *high = (char *)stack.low + stack.bytes;

    return (duet__free_stack *)(void *)(high - sizeof(duet__free_stack));
}

/* What is left free on both sides of a slab. A library that a task calls may
 * switch to a stack of its own, and not tell Valgrind (Debian's libmariadb):
 * that takes a move of less than 2,000,000 bytes for a stack that grows, and
 * what lies between, heap too, for invalid from then on. */
static size_t margin_bytes(void)
{
    return RUNNING_ON_VALGRIND ? 2 * 1024 * 1024 : 0;
}

/* Emulators take the advice, as any, and do nothing: so the first guard of a
 * pool is tried. */
static bool install_region(duet__stack_pool *pool, void *page)
{
    if (madvise(page, GUARD_BYTES, MADV_GUARD_INSTALL) != 0)
        return false;
    if (!pool->guard_regions_hold)
        pool->guard_regions_hold =
            madvise(page, GUARD_BYTES, MADV_POPULATE_READ) != 0;
    return pool->guard_regions_hold;
}

/* Makes the lowest page of a stack fault on every touch. */
static int install_guard(duet__stack_pool *pool, const duet__slab *slab,
                         void *page)
{
    if (!pool->no_guard_regions) {
        if (install_region(pool, page))
            return 0;
        pool->no_guard_regions = true;
    }
    if (mprotect(page, GUARD_BYTES, PROT_NONE) == 0)
        return 0;
    if (errno == ENOMEM)
        return duet__fail(DUET_ELIMIT,
                          "no further stack guard: each one takes two of the "
                          "mappings that vm.max_map_count allows (%u stacks "
                          "in the newest slab); raise it, or use Linux 6.13",
                          slab->carved);
    return duet__error_from_errno(errno);
}

static int add_slab(duet__stack_pool *pool, int class)
{
    size_t stack_bytes = class_bytes(class);
    size_t count = SLAB_BYTES / stack_bytes;
    size_t margin = margin_bytes();
    duet__slab *slab;
    char *mapping;

    if (count == 0)
        count = 1;
    slab = malloc(sizeof *slab + count * sizeof slab->valgrind_id[0]);
    if (slab == NULL)
        return DUET_ENOMEM;
    *slab = (duet__slab){.next = pool->classes[class].slabs,
                         .stack_bytes = stack_bytes,
                         .stacks = (unsigned)count};
    mapping =
        mmap(NULL, count * stack_bytes + 2 * margin, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (mapping == MAP_FAILED) {
        free(slab);
        return duet__fail(DUET_ENOMEM, "no address space for %zu stacks",
                          count);
    }
    slab->base = mapping + margin;
    /* One touched page must not become a huge one. */
    madvise(slab->base, count * stack_bytes, MADV_NOHUGEPAGE);
    pool->classes[class].slabs = slab;
    return 0;
}

static duet__stack stack_of(const duet__slab *slab, unsigned index, int class)
{
    return (duet__stack){
        .low = slab->base + index * slab->stack_bytes + GUARD_BYTES,
        .bytes = slab->stack_bytes - GUARD_BYTES,
        .class = class,
    };
}

static int carve(duet__stack_pool *pool, int class, duet__stack *out_stack)
{
    duet__slab *slab = pool->classes[class].slabs;
    char *page;
    int status;

    if (slab == NULL || slab->carved == slab->stacks) {
        status = add_slab(pool, class);
        if (status != 0)
            return status;
        slab = pool->classes[class].slabs;
    }
    page = slab->base + slab->carved * slab->stack_bytes;
    status = install_guard(pool, slab, page);
    if (status != 0)
        return status;
    slab->valgrind_id[slab->carved] = VALGRIND_STACK_REGISTER(
        page + GUARD_BYTES, page + slab->stack_bytes - 1);
    *out_stack = stack_of(slab, slab->carved++, class);
    return 0;
}

int duet__stack_take(duet__stack_pool *pool, size_t bytes,
                     duet__stack *out_stack)
{
    int class = class_of(bytes);
    duet__free_stack *link;

    if (class == DUET__STACK_CLASSES)
        return duet__fail(DUET_EINVAL, "a stack of %zu bytes; the most is %d",
                          bytes, DUET__STACK_LARGEST_BYTES);
    link = pool->classes[class].free;
    if (link != NULL) {
        pool->classes[class].free = link->next;
        pool->classes[class].free_count--;
    } else {
        link = pool->classes[class].cold;
        if (link == NULL)
            return carve(pool, class, out_stack);
        pool->classes[class].cold = link->next;
    }
    size_t usable = class_bytes(class) - GUARD_BYTES;
    *out_stack = (duet__stack){.low = (char *)link + sizeof *link - usable,
                               .bytes = usable,
                               .class = class};
    return 0;
}

void duet__stack_give(duet__stack_pool *pool, duet__stack stack)
{
    duet__free_stack *link = link_of(stack);

#ifdef DUET__ADDRESS_SANITIZER
    __asan_unpoison_memory_region(stack.low, stack.bytes);
#endif
    if (pool->classes[stack.class].free_count >= WARM_STACKS) {
        /* But for the page of the link, which would be touched again. */
        madvise(stack.low, stack.bytes - GUARD_BYTES, MADV_DONTNEED);
        link->next = pool->classes[stack.class].cold;
        pool->classes[stack.class].cold = link;
        return;
    }
    if (stack.bytes > 4 * DUET__STACK_DEFAULT_BYTES)
        madvise(stack.low, stack.bytes - DUET__STACK_DEFAULT_BYTES,
                MADV_DONTNEED);
    link->next = pool->classes[stack.class].free;
    pool->classes[stack.class].free = link;
    pool->classes[stack.class].free_count++;
}

void duet__stack_pool_free(duet__stack_pool *pool)
{
    for (int class = 0; class < DUET__STACK_CLASSES; class ++) {
        duet__slab *slab = pool->classes[class].slabs;

        while (slab != NULL) {
            duet__slab *next = slab->next;

            for (unsigned i = 0; i < slab->carved; i++)
                VALGRIND_STACK_DEREGISTER(slab->valgrind_id[i]);
            munmap(slab->base - margin_bytes(),
                   slab->stacks * slab->stack_bytes + 2 * margin_bytes());
            free(slab);
            slab = next;
        }
        pool->classes[class].slabs = NULL;
        pool->classes[class].free = NULL;
        pool->classes[class].cold = NULL;
        pool->classes[class].free_count = 0;
    }
}

bool duet__stack_guards(const duet__stack_pool *pool, const void *address)
{
    const char *byte = address;

    for (int class = 0; class < DUET__STACK_CLASSES; class ++) {
        const duet__slab *slab = pool->classes[class].slabs;

        for (; slab != NULL; slab = slab->next) {
            if (byte < slab->base ||
                byte >= slab->base + slab->stacks * slab->stack_bytes)
                continue;
            return (size_t)(byte - slab->base) % slab->stack_bytes <
                   GUARD_BYTES;
        }
    }
    return false;
}

void duet__stack_pool_each(const duet__stack_pool *pool,
                           void (*each)(void *context, duet__stack stack),
                           void *context)
{
    for (int class = 0; class < DUET__STACK_CLASSES; class ++) {
        const duet__slab *slab = pool->classes[class].slabs;

        for (; slab != NULL; slab = slab->next)
            for (unsigned i = 0; i < slab->carved; i++)
                each(context, stack_of(slab, i, class));
    }
}

size_t duet__stack_touched_bytes(duet__stack stack)
{
    enum { PAGES_PER_LOOK = 256 };
    unsigned char resident[PAGES_PER_LOOK];
    char *high = (char *)stack.low + stack.bytes;
    char *page = stack.low;

    while (page < high) {
        size_t pages = (size_t)(high - page) / GUARD_BYTES;

        if (pages > PAGES_PER_LOOK)
            pages = PAGES_PER_LOOK;
        if (mincore(page, pages * GUARD_BYTES, resident) != 0)
            return 0;
        for (size_t i = 0; i < pages; i++, page += GUARD_BYTES)
            if (resident[i] & 1)
                return (size_t)(high - page);
    }
    return 0;
}
