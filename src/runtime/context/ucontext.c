/* SPDX-License-Identifier: MIT */
/* ucontext.c - contexts on POSIX ucontext, where there is no assembly.
 *
 * Each switch costs a system call (the signal mask). A context's ucontext_t
 * lives at the high end of its stack; the thread's own is thread-local. */
#include <stdint.h>
#include <stdlib.h>
#include <ucontext.h>

#include "runtime/context/sanitizer.h"

static _Thread_local ucontext_t thread_context;

/* makecontext() passes ints only, so the two pointers are passed in halves. */
static void begin(unsigned entry_high, unsigned entry_low,
                  unsigned argument_high, unsigned argument_low)
{
    uintptr_t entry = (uintptr_t)((uint64_t)entry_high << 32 | entry_low);
    uintptr_t argument =
        (uintptr_t)((uint64_t)argument_high << 32 | argument_low);

    setcontext(((duet__context_entry *)entry)((void *)argument));
    abort();
}

void duet__context_make(duet__context *context, void *stack_low,
                        size_t stack_bytes, duet__context_entry *entry,
                        void *argument)
{
    uint64_t entry_bits = (uintptr_t)entry;
    uint64_t argument_bits = (uintptr_t)argument;
    uintptr_t high = ((uintptr_t)stack_low + stack_bytes) & ~(uintptr_t)63;
    size_t own_bytes = (sizeof(ucontext_t) + 63) & ~(size_t)63;
    ucontext_t *own = (ucontext_t *)(high - own_bytes);

    sanitizer_make(context, stack_low, stack_bytes);
    getcontext(own);
    own->uc_link = NULL;
    own->uc_stack.ss_sp = stack_low;
    own->uc_stack.ss_size = (uintptr_t)own - (uintptr_t)stack_low;
    makecontext(own, (void (*)(void))begin, 4, (unsigned)(entry_bits >> 32),
                (unsigned)entry_bits, (unsigned)(argument_bits >> 32),
                (unsigned)argument_bits);
    /* From here on only AddressSanitizer reads it: with a size, it would
     * unpoison all frames there at every switch and find no overflow in
     * them. */
    own->uc_stack.ss_size = 0;
    context->stack_pointer = own;
}

void duet__context_adopt_thread(duet__context *context)
{
    context->stack_pointer = &thread_context;
    sanitizer_adopt_thread(context);
}

/* In a function of its own, so that the common path needs no stack frame. */
__attribute__((cold, noinline)) static void switch_aloud(duet__context *from,
                                                         duet__context *to)
{
    sanitizer_before_switch(from, to, false);
    swapcontext(from->stack_pointer, to->stack_pointer);
    sanitizer_after_switch(from);
}

void duet__context_switch(duet__context *from, duet__context *to)
{
    if (sanitizer_listens())
        switch_aloud(from, to);
    else
        swapcontext(from->stack_pointer, to->stack_pointer);
}

void *duet__context_last(duet__context *from, duet__context *to)
{
    if (sanitizer_listens())
        sanitizer_before_switch(from, to, true);
#ifdef DUET__THREAD_SANITIZER
    /* ThreadSanitizer already counts calls and returns for `to`. */
    setcontext(to->stack_pointer);
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
    (void)context;
    (void)visit;
    (void)argument;
    return false;
}

const void *duet__context_stack_pointer(const duet__context *context)
{
#if defined(__x86_64__) && defined(REG_RSP)
    const ucontext_t *own = context->stack_pointer;

    return (const void *)own->uc_mcontext.gregs[REG_RSP];
#elif defined(__aarch64__) && defined(__linux__)
    const ucontext_t *own = context->stack_pointer;

    return (const void *)own->uc_mcontext.sp;
#else
    (void)context;
    return NULL;
#endif
}

void duet__context_discard(duet__context *context)
{
    sanitizer_discard(context);
}
