/* SPDX-License-Identifier: MIT */
/* assembly.c - contexts on the switch of context_x86_64.S and
 * context_aarch64.S; those files describe the layout of a suspended stack. */
#include <stdint.h>
#include <stdlib.h>

#include "runtime/context/sanitizer.h"

void duet__stack_switch(void **save, void *resume);
void duet__stack_begin(void);
void duet__stack_visit(void *suspended, void (*visit)(void *argument),
                       void *argument);

#if defined(__x86_64__)
/* Words of a suspended stack, from its stack pointer upwards. The entry begins
 * with the stack pointer above them, a multiple of 16. */
enum { R13 = 2, R12 = 3, GO_ON = 6, WORDS = 7 };
#elif defined(__aarch64__)
enum { X19 = 0, X20 = 1, GO_ON = 11, WORDS = 20 };
#endif

void duet__context_make(duet__context *context, void *stack_low,
                        size_t stack_bytes, duet__context_entry *entry,
                        void *argument)
{
    uintptr_t high = ((uintptr_t)stack_low + stack_bytes) & ~(uintptr_t)15;
    uintptr_t *words = (uintptr_t *)high - WORDS;

    sanitizer_make(context, stack_low, stack_bytes);
    for (int i = 0; i < WORDS; i++)
        words[i] = 0;
#if defined(__x86_64__)
    words[R12] = (uintptr_t)entry;
    words[R13] = (uintptr_t)argument;
    words[GO_ON] = (uintptr_t)duet__stack_begin;
#elif defined(__aarch64__)
    words[X19] = (uintptr_t)entry;
    words[X20] = (uintptr_t)argument;
    words[GO_ON] = (uintptr_t)duet__stack_begin;
#endif
    context->stack_pointer = words;
}

void duet__context_adopt_thread(duet__context *context)
{
    context->stack_pointer = NULL;
    sanitizer_adopt_thread(context);
}

/* In a function of its own, so that the common path needs no stack frame. */
__attribute__((cold, noinline)) static void switch_aloud(duet__context *from,
                                                         duet__context *to)
{
    sanitizer_before_switch(from, to, false);
    duet__stack_switch(&from->stack_pointer, to->stack_pointer);
    sanitizer_after_switch(from);
}

void duet__context_switch(duet__context *from, duet__context *to)
{
    if (sanitizer_listens())
        switch_aloud(from, to);
    else
        duet__stack_switch(&from->stack_pointer, to->stack_pointer);
}

void *duet__context_last(duet__context *from, duet__context *to)
{
    if (sanitizer_listens())
        sanitizer_before_switch(from, to, true);
#ifdef DUET__THREAD_SANITIZER
    /* ThreadSanitizer already counts calls and returns for `to`. */
    duet__stack_switch(&from->stack_pointer, to->stack_pointer);
#endif
    return to->stack_pointer;
}

void duet__context_entered(duet__context *context)
{
    if (sanitizer_listens())
        sanitizer_after_switch(context);
}

bool duet__context_visit(const duet__context *context,
                         void (*visit)(void *argument), void *argument)
{
    const uintptr_t *words = context->stack_pointer;

    if (words[GO_ON] == (uintptr_t)duet__stack_begin)
        return false;
    duet__stack_visit(context->stack_pointer, visit, argument);
    return true;
}

const void *duet__context_stack_pointer(const duet__context *context)
{
    return context->stack_pointer;
}

void duet__context_discard(duet__context *context)
{
    sanitizer_discard(context);
}
