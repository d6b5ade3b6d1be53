/* SPDX-License-Identifier: MIT */
/* stack.c - allocates stacks from slabs, guards and recycles them.
 *
 * Owns the mappings. Invariant: every allocated stack is either in use or in
 * its class's free list; the link is stored in the words at a free stack's high
 * end. */
#include "runtime/context/stack.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/context/sanitizer.h"

#ifdef DUET_HAVE_VALGRIND
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#define VALGRIND_STACK_REGISTER(low, high) 0u
#define VALGRIND_STACK_DEREGISTER(id) ((void)(id))
#endif

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102 /* Linux 6.13 */
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22 /* Linux 5.14 */
#define MADV_POPULATE_WRITE 23
#endif
#ifndef PIDFD_SELF
#define PIDFD_SELF (-10000) /* Linux 6.14 */
#endif

enum {
    SLAB_BYTES = 16 * 1024 * 1024,
    /* The guard below a stack, where every access faults: so large that an
     * array of a function seldom reaches beyond it. But a page of page tables
     * covers 2 MiB: for a million stacks, wide guards would need 2 GiB of page
     * tables. */
    WIDE_GUARD_BYTES = 1024 * 1024,
    WIDE_STACKS = 1024, /* of a pool; further ones have NARROW_GUARD_BYTES */
    NARROW_GUARD_BYTES = 64 * 1024,
    WIDE_SLAB_BYTES = 64 * 1024 * 1024,
    /* The pages of free stacks beyond this number are returned to the
     * system. */
    WARM_STACKS = 4096,
};

struct duet__slab {
    duet__slab *next;
    char *base;
    size_t stack_bytes; /* of one stack and its guard */
    size_t guard_bytes; /* of the guard alone */
    unsigned stacks;    /* how many fit */
    unsigned guarded;   /* how many have their guard */
    unsigned carved;    /* how many were ever handed out */
    unsigned valgrind_id[];
};

struct duet__free_stack {
    duet__free_stack *next;
};

static size_t page_bytes(void)
{
    return (size_t)getpagesize();
}

static size_t class_bytes(int class)
{
    return (size_t)DUET__STACK_SMALLEST_BYTES << class;
}

/* The smallest class that is large enough; one beyond the last if there is
 * none. */
static int class_of(size_t bytes)
{
    if (bytes <= DUET__STACK_SMALLEST_BYTES)
        return 0;
    if (bytes > DUET__STACK_LARGEST_BYTES)
        return DUET__STACK_CLASSES;
    return 64 - __builtin_clzll((bytes - 1) / DUET__STACK_SMALLEST_BYTES);
}

static duet__stack stack_below(void *high, int class)
{
    size_t bytes = class_bytes(class);

    return (duet__stack){
        .low = (char *)high - bytes, .bytes = (unsigned)bytes, .class = class};
}

static duet__free_stack *link_of(duet__stack stack)
{
    char *high = (char *)stack.low + stack.bytes;

    return (duet__free_stack *)(void *)(high - sizeof(duet__free_stack));
}

/* --- guards --------------------------------------------------------------- */

/* madvise() for the first of the pool's ranges, which are of one length; in one
 * call if the system supports that: entering the kernel is half the cost of
 * each call. Valgrind prints a warning for a call that it does not know. */
static int advise(duet__stack_pool *pool, size_t count, int advice)
{
    const struct iovec *ranges = pool->ranges;

    if (count > 1 && !pool->no_batches && !RUNNING_ON_VALGRIND) {
        size_t bytes = count * ranges[0].iov_len;

        if (syscall(SYS_process_madvise, PIDFD_SELF, ranges, count, advice,
                    0) == (long)bytes)
            return 0;
        pool->no_batches = true;
    }
    for (size_t i = 0; i < count; i++)
        if (madvise(ranges[i].iov_base, ranges[i].iov_len, advice) != 0)
            return -1;
    return 0;
}

/* The guard below a stack; the previous stack ends there. */
static char *guard_of(const duet__slab *slab, unsigned index)
{
    return slab->base + index * slab->stack_bytes;
}

/* Makes the guards of the next stacks fault on every touch. Emulators accept
 * the advice without doing anything: so the first guard of a pool is tested. */
static bool install_guards(duet__stack_pool *pool, const duet__slab *slab,
                           unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        pool->ranges[i] = (struct iovec){guard_of(slab, slab->guarded + i),
                                         slab->guard_bytes};
    if (advise(pool, count, MADV_GUARD_INSTALL) != 0)
        return false;
    if (!pool->guard_regions_hold)
        pool->guard_regions_hold = advise(pool, 1, MADV_POPULATE_READ) != 0;
    return pool->guard_regions_hold;
}

/* Populates the highest pages of the next stacks together, which costs less
 * than a fault for each. */
static void populate(duet__stack_pool *pool, const duet__slab *slab,
                     unsigned count)
{
    if (count == 1 || pool->no_batches)
        return;
    for (unsigned i = 0; i < count; i++)
        pool->ranges[i] = (struct iovec){
            guard_of(slab, slab->guarded + i + 1) - page_bytes(), page_bytes()};
    advise(pool, count, MADV_POPULATE_WRITE);
}

static int protect_guard(duet__slab *slab)
{
    char *guard = guard_of(slab, slab->guarded);

    if (mprotect(guard, slab->guard_bytes, PROT_NONE) == 0) {
        slab->guarded++;
        return 0;
    }
    if (errno == ENOMEM)
        return duet__fail(DUET_ELIMIT,
                          "no further stack guard: each one takes two of the "
                          "mappings that vm.max_map_count allows (%u stacks "
                          "in the newest slab); raise it, or use Linux 6.13",
                          slab->carved);
    return duet__error_from_errno(errno);
}

/* Prepares further stacks: about as many as the slab has handed out, so that
 * programs with few stacks pay for few. */
static int guard_more(duet__stack_pool *pool, duet__slab *slab)
{
    unsigned count = slab->guarded + 1;

    if (count > DUET__STACK_BATCH)
        count = DUET__STACK_BATCH;
    if (count > slab->stacks - slab->guarded)
        count = slab->stacks - slab->guarded;
    if (pool->no_guard_regions || !install_guards(pool, slab, count)) {
        pool->no_guard_regions = true;
        return protect_guard(slab);
    }
    populate(pool, slab, count);
    slab->guarded += count;
    return 0;
}

/* --- slabs ---------------------------------------------------------------- */

/* The space left free on both sides of a slab. A library that a task calls may
 * switch to a stack of its own without telling Valgrind (Debian's libmariadb).
 * Valgrind takes a change of the stack pointer by less than 2,000,000 bytes for
 * a growing stack, and from then on treats the memory in between, heap too, as
 * invalid. */
static size_t margin_bytes(void)
{
    return RUNNING_ON_VALGRIND ? 2 * 1024 * 1024 : 0;
}

/* Reserves `slab`, whose sizes are set. */
static int map_slab(duet__slab *slab)
{
    size_t bytes = slab->stacks * slab->stack_bytes;
    size_t margin = margin_bytes();
    char *mapping =
        mmap(NULL, bytes + 2 * margin, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);

    if (mapping == MAP_FAILED)
        return duet__fail(DUET_ELIMIT,
                          "no address space for %u further stacks; see the "
                          "limits RLIMIT_AS (ulimit -v) and vm.max_map_count",
                          slab->stacks);
    slab->base = mapping + margin;
    /* One touched page must not become a huge page. */
    madvise(slab->base, bytes, MADV_NOHUGEPAGE);
    return 0;
}

static int add_slab(duet__stack_pool *pool, int class, bool wide)
{
    size_t page = page_bytes();
    size_t guard_bytes =
        ((wide ? WIDE_GUARD_BYTES : NARROW_GUARD_BYTES) + page - 1) / page *
        page;
    size_t stack_bytes =
        guard_bytes + (class_bytes(class) + page - 1) / page * page;
    size_t count = (wide ? WIDE_SLAB_BYTES : SLAB_BYTES) / stack_bytes;
    duet__slab *slab;
    int status;

    if (count == 0)
        count = 1;
    slab = malloc(sizeof *slab + count * sizeof slab->valgrind_id[0]);
    if (slab == NULL)
        return DUET_ENOMEM;
    *slab = (duet__slab){.next = pool->classes[class].slabs,
                         .stack_bytes = stack_bytes,
                         .guard_bytes = guard_bytes,
                         .stacks = (unsigned)count};
    status = map_slab(slab);
    if (status != 0) {
        free(slab);
        return status;
    }
    if (wide)
        pool->wide_stacks += (unsigned)count;
    pool->classes[class].slabs = slab;
    return 0;
}

/* With little address space left, guards become narrow. */
static int add_some_slab(duet__stack_pool *pool, int class)
{
    if (pool->wide_stacks < WIDE_STACKS && add_slab(pool, class, true) == 0)
        return 0;
    return add_slab(pool, class, false);
}

static duet__stack stack_of(const duet__slab *slab, unsigned index, int class)
{
    return stack_below(guard_of(slab, index + 1), class);
}

static int carve(duet__stack_pool *pool, int class, duet__stack *out_stack)
{
    duet__slab *slab = pool->classes[class].slabs;
    int status = 0;

    if (slab == NULL || slab->carved == slab->stacks) {
        status = add_some_slab(pool, class);
        if (status != 0)
            return status;
        slab = pool->classes[class].slabs;
    }
    if (slab->carved == slab->guarded)
        status = guard_more(pool, slab);
    if (status != 0)
        return status;
    *out_stack = stack_of(slab, slab->carved, class);
    slab->valgrind_id[slab->carved++] = VALGRIND_STACK_REGISTER(
        out_stack->low, (char *)out_stack->low + out_stack->bytes - 1);
    return 0;
}

/* --- taking and giving back ----------------------------------------------- */

/* In a function of its own, to keep duet__stack_take() short. */
__attribute__((noinline)) static int
take_cold(duet__stack_pool *pool, int class, duet__stack *out_stack)
{
    duet__free_stack *link = pool->classes[class].cold;

    if (link == NULL)
        return carve(pool, class, out_stack);
    pool->classes[class].cold = link->next;
    *out_stack = stack_below(link + 1, class);
    return 0;
}

int duet__stack_check(size_t bytes)
{
    if (bytes >= DUET__STACK_SMALLEST_BYTES &&
        bytes <= DUET__STACK_LARGEST_BYTES)
        return 0;
    return duet__fail(DUET_EINVAL, "stack_bytes is %zu; the range is %d to %d",
                      bytes, DUET__STACK_SMALLEST_BYTES,
                      DUET__STACK_LARGEST_BYTES);
}

int duet__stack_take(duet__stack_pool *pool, size_t bytes,
                     duet__stack *out_stack)
{
    int class = class_of(bytes);
    duet__free_stack *link;
    int status = duet__stack_check(bytes);

    if (status != 0)
        return status;
    link = pool->classes[class].free;
    if (link == NULL)
        return take_cold(pool, class, out_stack);
    pool->classes[class].free = link->next;
    pool->classes[class].free_count--;
    *out_stack = stack_below(link + 1, class);
    return 0;
}

/* Returns the pages of the most recently freed stacks to the system, except
 * those of the links, which would be touched again. */
__attribute__((noinline)) static void cool(duet__stack_pool *pool, int class)
{
    for (int i = 0; i < DUET__STACK_BATCH; i++) {
        duet__free_stack *link = pool->classes[class].free;
        duet__stack stack = stack_below(link + 1, class);

        pool->ranges[i] = (struct iovec){stack.low, stack.bytes - page_bytes()};
        pool->classes[class].free = link->next;
        link->next = pool->classes[class].cold;
        pool->classes[class].cold = link;
    }
    pool->classes[class].free_count -= DUET__STACK_BATCH;
    advise(pool, DUET__STACK_BATCH, MADV_DONTNEED);
}

void duet__stack_give(duet__stack_pool *pool, duet__stack stack)
{
    duet__free_stack *link = link_of(stack);

    sanitizer_forget(stack.low, stack.bytes);
    if (stack.bytes > 4 * DUET__STACK_DEFAULT_BYTES)
        madvise(stack.low, stack.bytes - DUET__STACK_DEFAULT_BYTES,
                MADV_DONTNEED);
    link->next = pool->classes[stack.class].free;
    pool->classes[stack.class].free = link;
    if (++pool->classes[stack.class].free_count ==
        WARM_STACKS + DUET__STACK_BATCH)
        cool(pool, stack.class);
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
    pool->wide_stacks = 0;
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
                   slab->guard_bytes;
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
        size_t pages = (size_t)(high - page) / page_bytes();

        if (pages > PAGES_PER_LOOK)
            pages = PAGES_PER_LOOK;
        if (mincore(page, pages * page_bytes(), resident) != 0)
            return 0;
        for (size_t i = 0; i < pages; i++, page += page_bytes())
            if (resident[i] & 1)
                return (size_t)(high - page);
    }
    return 0;
}
