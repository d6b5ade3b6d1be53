/* SPDX-License-Identifier: MIT */
/* backtrace.c - unwinds stacks with the compiler's tables, and names addresses
 * with the dynamic linker's.
 *
 * The unwinder is the one that C++ exceptions use: it needs neither frame
 * pointers nor another library. For a suspended context, duet__context_visit()
 * makes it continue with that context's frames. */
#include "runtime/context/backtrace.h"

#include <dlfcn.h>
#include <link.h>
#include <unwind.h>

/* Frames of duet__context_visit(): the visitor's caller. Our own come before
 * it. */
enum { FRAMES_OF_VISIT = 1 };

static _Unwind_Reason_Code note_frame(struct _Unwind_Context *context,
                                      void *argument)
{
    duet__backtrace *backtrace = argument;
    int is_exact = 0; /* not a return address: interrupted there by a signal */
    uintptr_t address = (uintptr_t)_Unwind_GetIPInfo(context, &is_exact);

    if (backtrace->skip > 0) {
        backtrace->skip--;
        return _URC_NO_REASON;
    }
    if (address == 0 || backtrace->count == DUET__FRAMES_MAX)
        return _URC_END_OF_STACK;
    backtrace->frames[backtrace->count++] = (const void *)(address - !is_exact);
    return _URC_NO_REASON;
}

__attribute__((noinline)) static void unwind(void *argument)
{
    _Unwind_Backtrace(note_frame, argument);
    __asm__ volatile(""); /* not a tail call: this frame is counted */
}

void duet__backtrace_of(const duet__context *context, duet__backtrace *out)
{
    *out = (duet__backtrace){.skip = 1 + FRAMES_OF_VISIT};
    duet__context_visit(context, unwind, out);
}

__attribute__((noinline)) void duet__backtrace_here(duet__backtrace *out)
{
    *out = (duet__backtrace){.skip = 2}; /* unwind() and this function */
    unwind(out);
    __asm__ volatile("");
}

/* Is this a program that was linked to run at a fixed address? */
static bool is_fixed(const void *base)
{
    const ElfW(Ehdr) *header = base;

    return header->e_type == ET_EXEC;
}

duet__place duet__place_of(const void *address)
{
    Dl_info info;

    if (address == NULL || dladdr(address, &info) == 0 ||
        info.dli_fname == NULL)
        return (duet__place){.file = "?", .offset = (uintptr_t)address};
    return (duet__place){
        .file = info.dli_fname,
        .offset = is_fixed(info.dli_fbase)
                      ? (uintptr_t)address
                      : (uintptr_t)address - (uintptr_t)info.dli_fbase,
        .symbol = info.dli_sname,
        .distance = info.dli_sname == NULL
                        ? 0
                        : (uintptr_t)address - (uintptr_t)info.dli_saddr,
    };
}

int duet__place_append(duet__buffer *buffer, const void *address)
{
    duet__place place = duet__place_of(address);

    if (place.symbol == NULL)
        return duet__buffer_appendf(buffer, "(%s+0x%jx)", place.file,
                                    (uintmax_t)place.offset);
    return duet__buffer_appendf(buffer, "%s+0x%zx (%s+0x%jx)", place.symbol,
                                place.distance, place.file,
                                (uintmax_t)place.offset);
}

int duet__backtrace_append(duet__buffer *buffer, const char *prefix,
                           const duet__backtrace *backtrace)
{
    int status = 0;

    for (size_t i = 0; i < backtrace->count && status == 0; i++) {
        status = duet__buffer_appendf(buffer, "%s#%zu ", prefix, i);
        if (status == 0)
            status = duet__place_append(buffer, backtrace->frames[i]);
        if (status == 0)
            status = duet__buffer_append(buffer, "\n", 1);
    }
    return status;
}
