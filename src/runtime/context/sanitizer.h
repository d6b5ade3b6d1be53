/* SPDX-License-Identifier: MIT */
/* sanitizer.h - announces switches to the sanitizers.
 *
 * A sanitizer may be in the program alone: a plain build of this library finds
 * it by weak symbols, when the program is loaded. Without one, a switch only
 * checks that. AddressSanitizer gets NULL as the place for the fake stack only
 * when a context ends: then it frees the fake stack. To ThreadSanitizer each
 * context is a fiber. */
#ifndef DUET_RUNTIME_CONTEXT_SANITIZER_H
#define DUET_RUNTIME_CONTEXT_SANITIZER_H

#include <pthread.h>

#include "runtime/context/context.h"

/* Declarations of AddressSanitizer's runtime, as in
 * sanitizer/common_interface_defs.h and asan_interface.h. */
extern void __sanitizer_start_switch_fiber(void **fake_stack_save,
                                           const void *bottom, size_t size)
    __attribute__((weak));
extern void __sanitizer_finish_switch_fiber(void *fake_stack_save,
                                            const void **bottom_old,
                                            size_t *size_old)
    __attribute__((weak));
extern void __asan_unpoison_memory_region(const volatile void *address,
                                          size_t size) __attribute__((weak));

/* Every sanitizer's runtime has it. */
extern void __sanitizer_set_report_fd(void *descriptor) __attribute__((weak));

/* Declarations of ThreadSanitizer's runtime, as in sanitizer/tsan_interface.h.
 */
extern void *__tsan_get_current_fiber(void) __attribute__((weak));
extern void *__tsan_create_fiber(unsigned flags) __attribute__((weak));
extern void __tsan_destroy_fiber(void *fiber) __attribute__((weak));
extern void __tsan_switch_to_fiber(void *fiber, unsigned flags)
    __attribute__((weak));

/* Is a sanitizer present that must be told of switches? */
static inline bool sanitizer_listens(void)
{
    return __builtin_expect(__sanitizer_set_report_fd != NULL, 0);
}

/* Discards the state of the frames of the context that ran there last. */
static inline void sanitizer_forget(const void *low, size_t bytes)
{
    if (__builtin_expect(__asan_unpoison_memory_region != NULL, 0))
        __asan_unpoison_memory_region(low, bytes);
}

static inline void sanitizer_make(duet__context *context, void *stack_low,
                                  size_t stack_bytes)
{
    if (!sanitizer_listens())
        return;
    context->fake_stack = NULL;
    context->stack_low = stack_low;
    context->stack_bytes = stack_bytes;
    sanitizer_forget(stack_low, stack_bytes);
    context->fiber =
        __tsan_create_fiber != NULL ? __tsan_create_fiber(0) : NULL;
}

static inline void sanitizer_before_switch(duet__context *from,
                                           duet__context *to, bool for_good)
{
    if (__sanitizer_start_switch_fiber != NULL)
        __sanitizer_start_switch_fiber(for_good ? NULL : &from->fake_stack,
                                       to->stack_low, to->stack_bytes);
    if (__tsan_switch_to_fiber != NULL)
        __tsan_switch_to_fiber(to->fiber, 0);
}

/* On the new stack, right after the switch. */
static inline void sanitizer_after_switch(duet__context *now)
{
    if (__sanitizer_finish_switch_fiber != NULL)
        __sanitizer_finish_switch_fiber(now->fake_stack, NULL, NULL);
}

static inline void sanitizer_adopt_thread(duet__context *context)
{
    pthread_attr_t attributes;
    void *low = NULL;
    size_t bytes = 0;

    if (!sanitizer_listens())
        return;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        pthread_attr_getstack(&attributes, &low, &bytes);
        pthread_attr_destroy(&attributes);
    }
    context->fake_stack = NULL;
    context->stack_low = low;
    context->stack_bytes = bytes;
    context->fiber =
        __tsan_get_current_fiber != NULL ? __tsan_get_current_fiber() : NULL;
}

static inline void sanitizer_discard(duet__context *context)
{
    if (__tsan_destroy_fiber == NULL || context->fiber == NULL)
        return;
    __tsan_destroy_fiber(context->fiber);
    context->fiber = NULL;
}

#endif
