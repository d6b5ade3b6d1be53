/* SPDX-License-Identifier: MIT */
/* 21_process_map.c - texts over a pool of processes.
 * Shows:  inputs of any length; outputs in the order of the inputs.
 * Run:    ./21_process_map
 * Prints: each word and the word backwards */
#include <duet/duet.h>
#include <stdio.h>
#include <stdlib.h>

/* In a worker process. */
static int reverse(const void *input, size_t length, void **out_output,
                   size_t *out_length)
{
    const char *word = input;
    char *backwards = malloc(length);

    if (backwards == NULL)
        return DUET_ENOMEM;
    for (size_t i = 0; i < length; i++)
        backwards[i] = word[length - 1 - i];
    *out_output = backwards;
    *out_length = length;
    return 0;
}

static int run(void *argument)
{
    const duet_process_input words[] = {
        {"viola", 5}, {"regal", 5}, {"drum", 4}};
    duet_process_output outputs[3];
    duet_process_pool *pool;
    int failed = 0;
    int status = duet_process_pool_new(NULL, &pool);

    (void)argument;
    if (status != 0)
        return status;
    status = duet_process_pool_map(pool, reverse, words, 3, NULL, outputs,
                                   duet_in_ms(10000));
    for (int i = 0; i < 3 && status == 0; i++) {
        if (outputs[i].result == 0)
            printf("%s: %.*s\n", (const char *)words[i].bytes,
                   (int)outputs[i].length, (const char *)outputs[i].bytes);
        failed = outputs[i].result < 0 ? outputs[i].result : failed;
        duet_process_output_clear(&outputs[i]);
    }
    duet_process_pool_free(pool);
    return status != 0 ? status : failed;
}

int main(void)
{
    /* First of all: a program with threads can fork no more. */
    int status = duet_process_server_start();
    if (status == 0)
        status = duet_run(run, NULL, NULL);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
