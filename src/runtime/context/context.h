/* SPDX-License-Identifier: MIT */
/* context.h - one flow of execution on a stack of its own.
 *
 * A context is either running or suspended. Switching to the running one is a
 * programming error. Every switch is announced to AddressSanitizer, even if
 * only the program is built with it, and to ThreadSanitizer. */
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

/* The C++ runtime's state of a thread's exceptions, as laid out by the C++ ABI:
 * those that are caught, innermost first, and the number of those that are
 * not. */
typedef struct duet__exceptions {
    void *caught;
    unsigned uncaught;
} duet__exceptions;

typedef struct duet__context {
    void *stack_pointer; /* while suspended; a ucontext_t with ucontext */
    /* For the sanitizers; not set without one. */
    void *fake_stack; /* its own, while suspended */
    const void *stack_low;
    size_t stack_bytes;
    void *fiber;
} duet__context;

/* The function a context runs. It ends with
 *     return duet__context_last(own, next); */
typedef void *duet__context_entry(void *argument);

/* Makes a context that will call entry(argument) on the given stack.
 *
 *   stack_low, stack_bytes  borrowed until the context has ended; the high end
 *                           is aligned to 16 bytes */
void duet__context_make(duet__context *context, void *stack_low,
                        size_t stack_bytes, duet__context_entry *entry,
                        void *argument);

/* Makes `context` stand for the calling thread's own stack. */
void duet__context_adopt_thread(duet__context *context);

/* Suspends `from`, which is running, and resumes `to`. Returns when `from` is
 * switched to again. */
void duet__context_switch(duet__context *from, duet__context *to);

/* Ends `from`, which is running; its entry returns the result, so that `to` is
 * resumed. */
void *duet__context_last(duet__context *from, duet__context *to);

/* An entry must call this first. */
void duet__context_entered(duet__context *context);

/* Calls visit(argument) such that an unwinder started there continues, after
 * visit() and one frame of ours, with the frames of `context`, which stays
 * suspended.
 *
 * Returns false, and calls nothing, if the context has not begun or this kind
 * of switch cannot do it (ucontext). */
bool duet__context_visit(const duet__context *context,
                         void (*visit)(void *argument), void *argument);

/* The lowest stack address that a suspended context uses; NULL if unknown. */
const void *duet__context_stack_pointer(const duet__context *context);

/* Frees what the sanitizers keep for a context that has ended or never ran. */
void duet__context_discard(duet__context *context);

#endif
