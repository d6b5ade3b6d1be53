/* SPDX-License-Identifier: MIT */
/* sweep.c - see sweep.h. */
#include "sweep.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

enum {
    NTH_MAX = 20000,
    COMPLAINTS_MAX = 20,
    SPARSE = 16,
};

static atomic_int complaints;

void sweep_all(const sweep *sweep)
{
    for (size_t i = 0; i < sweep->count; i++) {
        int nth = 1;

        while (nth < NTH_MAX && sweep_complaints() < COMPLAINTS_MAX &&
               sweep->try(sweep, &sweep->faults[i], nth))
            nth += sweep->sparse_from > 0 && nth >= sweep->sparse_from
                       ? nth / SPARSE
                       : 1;
        if (nth >= NTH_MAX)
            sweep_complain(sweep, &sweep->faults[i], nth, "it has no end");
    }
}

void sweep_complain(const sweep *sweep, const fault *fault, int nth,
                    const char *format, ...)
{
    va_list arguments;

    atomic_fetch_add(&complaints, 1);
    fprintf(stderr, "%s, %s %d: ", sweep->name, fault->name, nth);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

int sweep_complaints(void)
{
    return atomic_load(&complaints);
}
