/* SPDX-License-Identifier: MIT */
/* context.h - one flow of execution on a stack of its own.
 *
 * A context is either the one that runs or suspended. Switching to the one that
 * runs is a programmer's error. AddressSanitizer, also one that only the
 * program is built with, and ThreadSanitizer are told of every switch. */
#ifndef DUET_RUNTIME_CONTEXT_CONTEXT_H
#define DUET_RUNTIME_CONTEXT_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define DUET__ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DUET__ADDRESS_SANITIZER 1
#endif
#endif

#if defined(__SANITIZE_THREAD__)
#define DUET__THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define DUET__THREAD_SANITIZER 1
#endif
#endif

/* What the C++ runtime knows of a thread's exceptions in flight, as the C++ ABI
 * lays it out: those that are caught, innermost first, and how many are not. */
typedef struct duet__exceptions {
    void *caught;
    unsigned uncaught;
} duet__exceptions;

typedef struct duet__context {
    void *stack_pointer; /* while suspended; a ucontext_t with ucontext */
    /* For AddressSanitizer; not set where there is none. */
    void *fake_stack; /* its own, while suspended */
    const void *stack_low;
    size_t stack_bytes;
#ifdef DUET__THREAD_SANITIZER
    void *fiber;
#endif
} duet__context;

/* The function a context runs. It ends with
 *     return duet__context_last(own, next); */
typedef void *duet__context_entry(void *argument);

/* Makes a context that will call entry(argument) on the given stack.
 *
 *   stack_low, stack_bytes  borrowed until the context has left for good; the
 *                           high end is aligned to 16 bytes */
void duet__context_make(duet__context *context, void *stack_low,
                        size_t stack_bytes, duet__context_entry *entry,
                        void *argument);

/* Makes `context` stand for the calling thread's own stack. */
void duet__context_adopt_thread(duet__context *context);

/* Suspends `from`, which runs, and goes on with `to`. Returns when somebody
 * switches back to `from`. */
void duet__context_switch(duet__context *from, duet__context *to);

/* The end of `from`, which runs: what its entry returns, so that `to` goes
 * on. */
void *duet__context_last(duet__context *from, duet__context *to);

/* The first thing that an entry calls. */
void duet__context_entered(duet__context *context);

/* Calls visit(argument) in such a way that an unwinder started there goes on,
 * after visit() and one frame of ours, with the frames of `context`, which is
 * suspended and stays so.
 *
 * Returns false, and calls nothing, if the context has not begun or this kind
 * of switch cannot do it (ucontext). */
bool duet__context_visit(const duet__context *context,
                         void (*visit)(void *argument), void *argument);

/* The lowest address that a suspended context uses of its stack; NULL where
 * that is not known. */
const void *duet__context_stack_pointer(const duet__context *context);

/* Frees what the sanitizers keep for a context that has left, or that never
 * ran. */
void duet__context_discard(duet__context *context);

#endif
