/* SPDX-License-Identifier: MIT */
/* worker.c - what the workers do. */
#include "support/worker.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

int worker_reverse(const void *input, size_t length, void **out_output,
                   size_t *out_length)
{
    const char *from = input;
    char *to = malloc(length + 1);

    if (to == NULL)
        return DUET_ENOMEM;
    for (size_t i = 0; i < length; i++)
        to[i] = from[length - 1 - i];
    *out_output = to;
    *out_length = length;
    return 0;
}

int worker_square(const void *input, size_t length, void **out_output,
                  size_t *out_length)
{
    int number = *(const int *)input;

    (void)length;
    (void)out_output;
    (void)out_length;
    if (number < 0)
        raise(-number);
    return number * number;
}

int worker_fail(const void *input, size_t length, void **out_output,
                size_t *out_length)
{
    (void)out_output;
    (void)out_length;
    return duet__fail(DUET_ERANGE, "%.*s", (int)length, (const char *)input);
}

int worker_hang(const void *input, size_t length, void **out_output,
                size_t *out_length)
{
    (void)input;
    (void)length;
    (void)out_output;
    (void)out_length;
    while (pause() != 0)
        continue;
    return 0;
}

int worker_id(const void *input, size_t length, void **out_output,
              size_t *out_length)
{
    (void)input;
    (void)length;
    (void)out_output;
    (void)out_length;
    return getpid();
}

int worker_fill(const void *input, size_t length, void **out_output,
                size_t *out_length)
{
    (void)length;
    *out_length = *(const size_t *)input;
    *out_output = calloc(1, *out_length + 1);
    return *out_output != NULL ? 5 : DUET_ENOMEM;
}
