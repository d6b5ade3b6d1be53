/* SPDX-License-Identifier: MIT */
/* context_sanitizer.h - what the sanitizers must hear around a switch.
 *
 * Nothing at all in a plain build. AddressSanitizer gets NULL as the place for
 * the fake stack only when a context leaves for good: then it frees it. */
#ifndef DUET_RUNTIME_CONTEXT_SANITIZER_H
#define DUET_RUNTIME_CONTEXT_SANITIZER_H

#include "runtime/context.h"

#ifdef DUET__ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef DUET__THREAD_SANITIZER
#include <sanitizer/tsan_interface.h>
#endif

static inline void sanitizer_make(duet__context *context, void *stack_low,
                                  size_t stack_bytes)
{
#ifdef DUET__ADDRESS_SANITIZER
    context->fake_stack = NULL;
    context->stack_low = stack_low;
    context->stack_bytes = stack_bytes;
    __asan_unpoison_memory_region(stack_low, stack_bytes);
#endif
#ifdef DUET__THREAD_SANITIZER
    context->fiber = __tsan_create_fiber(0);
#endif
    (void)context;
    (void)stack_low;
    (void)stack_bytes;
}

static inline void sanitizer_before_switch(duet__context *from,
                                           duet__context *to, int for_good)
{
#ifdef DUET__ADDRESS_SANITIZER
    __sanitizer_start_switch_fiber(for_good ? NULL : &from->fake_stack,
                                   to->stack_low, to->stack_bytes);
#endif
#ifdef DUET__THREAD_SANITIZER
    __tsan_switch_to_fiber(to->fiber, 0);
#endif
    (void)from;
    (void)to;
    (void)for_good;
}

/* On the new stack, right after the switch. */
static inline void sanitizer_after_switch(duet__context *now)
{
#ifdef DUET__ADDRESS_SANITIZER
    __sanitizer_finish_switch_fiber(now->fake_stack, NULL, NULL);
#endif
    (void)now;
}

static inline void sanitizer_adopt_thread(duet__context *context)
{
#ifdef DUET__ADDRESS_SANITIZER
    pthread_attr_t attributes;
    void *low = NULL;
    size_t bytes = 0;

    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        pthread_attr_getstack(&attributes, &low, &bytes);
        pthread_attr_destroy(&attributes);
    }
    context->fake_stack = NULL;
    context->stack_low = low;
    context->stack_bytes = bytes;
#endif
#ifdef DUET__THREAD_SANITIZER
    context->fiber = __tsan_get_current_fiber();
#endif
    (void)context;
}

static inline void sanitizer_discard(duet__context *context)
{
#ifdef DUET__THREAD_SANITIZER
    if (context->fiber != NULL)
        __tsan_destroy_fiber(context->fiber);
    context->fiber = NULL;
#endif
    (void)context;
}

#endif
