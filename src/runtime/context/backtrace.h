/* SPDX-License-Identifier: MIT */
/* backtrace.h - the call stack of a task, with the names of the functions. */
#ifndef DUET_RUNTIME_CONTEXT_BACKTRACE_H
#define DUET_RUNTIME_CONTEXT_BACKTRACE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "runtime/context/context.h"

enum { DUET__FRAMES_MAX = 48 };

typedef struct duet__backtrace {
    /* Innermost first; addresses inside the call instructions, not after
     * them. */
    const void *frames[DUET__FRAMES_MAX];
    size_t count;
    size_t skip; /* frames still to be left out; private */
} duet__backtrace;

/* The call stack of a suspended context; empty if it has not begun, or if this
 * kind of switch does not allow it. The context is not changed. */
void duet__backtrace_of(const duet__context *context, duet__backtrace *out);

/* The call stack of the caller, whose frame is the first. May be called in a
 * signal handler after it has been called outside of one (loading the unwinder
 * allocates). */
__attribute__((noinline)) void duet__backtrace_here(duet__backtrace *out);

/* Where a function's code begins. */
static inline const void *duet__code_of(int (*function)(void *argument))
{
    return (const void *)(uintptr_t)function;
}

/* An address inside the call that returns to `address`: `address` itself may
 * already belong to another line or function. NULL stays NULL. */
static inline const void *duet__call_before(const void *address)
{
    return address != NULL ? (const char *)address - 1 : NULL;
}

/* The place of an address in code. */
typedef struct duet__place {
    const char *file;   /* of the program or library; "?" if unknown */
    uintptr_t offset;   /* in that file, as addr2line takes it */
    const char *symbol; /* NULL if the function is not exported */
    size_t distance;    /* bytes from the symbol */
} duet__place;

/* The texts are borrowed until the library is unloaded. */
duet__place duet__place_of(const void *address);

/* Appends "symbol+0x12 (file+0x1234)". Returns the codes of
 * duet__buffer_appendf(). */
int duet__place_append(duet__buffer *buffer, const void *address);

/* Appends one line for each call: "PREFIX#0 symbol+0x12 (file+0x1234)\n". */
int duet__backtrace_append(duet__buffer *buffer, const char *prefix,
                           const duet__backtrace *backtrace);

#endif
