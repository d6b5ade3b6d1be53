/* SPDX-License-Identifier: MIT */
/* backtrace.h - which calls a task is in, and what they are called. */
#ifndef DUET_RUNTIME_CONTEXT_BACKTRACE_H
#define DUET_RUNTIME_CONTEXT_BACKTRACE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "runtime/context/context.h"

enum { DUET__FRAMES_MAX = 48 };

typedef struct duet__backtrace {
    /* Innermost first; addresses inside the calls, not behind them. */
    const void *frames[DUET__FRAMES_MAX];
    size_t count;
    size_t skip; /* frames still to be left out; private */
} duet__backtrace;

/* The calls of a suspended context: none if it has not begun, or where the
 * switch does not allow it. The context is not touched. */
void duet__backtrace_of(const duet__context *context, duet__backtrace *out);

/* The calls of the caller itself, which is the first. May be called in a signal
 * handler once it has been called outside of one (loading the unwinder
 * allocates). */
__attribute__((noinline)) void duet__backtrace_here(duet__backtrace *out);

/* Where a function's code begins. */
static inline const void *duet__code_of(int (*function)(void *argument))
{
    return (const void *)(uintptr_t)function;
}

/* An address inside the call that returns to `address`: that may already be
 * another line's, or another function's. NULL stays NULL. */
static inline const void *duet__call_before(const void *address)
{
    return address != NULL ? (const char *)address - 1 : NULL;
}

/* Where an address in code lies. */
typedef struct duet__place {
    const char *file;   /* of the program or library; "?" if unknown */
    uintptr_t offset;   /* in that file, as addr2line takes it */
    const char *symbol; /* NULL if the function is not exported */
    size_t distance;    /* bytes from the symbol */
} duet__place;

/* The texts are borrowed until the library is unloaded. */
duet__place duet__place_of(const void *address);

/* Appends "symbol+0x12 (file+0x1234)". Returns as duet__buffer_appendf(). */
int duet__place_append(duet__buffer *buffer, const void *address);

/* Appends one line for each call: "PREFIX#0 symbol+0x12 (file+0x1234)\n". */
int duet__backtrace_append(duet__buffer *buffer, const char *prefix,
                           const duet__backtrace *backtrace);

#endif
