/* SPDX-License-Identifier: MIT */
/* 04_gather_order.c - results in order.
 * Shows:  duet_gather() puts each result into its call, whichever ended first.
 * Run:    ./04_gather_order
 * Prints: factorials as they are ready; then 2, 6, 24 in the calls' order */
#include <duet/duet.h>

#include <stdio.h>

/* The larger the number, the sooner it is done. */
static int factorial(void *argument)
{
    int number = *(int *)argument;
    int product = 1;
    int status = duet_sleep(duet_in_ms(100 * (5 - number)));

    if (status != 0)
        return status;
    for (int i = 2; i <= number; i++)
        product *= i;
    printf("factorial(%d) = %d\n", number, product);
    return product;
}

static int run(void *argument)
{
    int numbers[] = {2, 3, 4};
    duet_call calls[3];

    (void)argument;
    for (int i = 0; i < 3; i++)
        calls[i] = (duet_call){.function = factorial, .argument = &numbers[i]};
    int status = duet_gather(calls, 3, NULL, DUET_NEVER);
    if (status == 0)
        printf("results: %d, %d, %d\n", calls[0].result, calls[1].result,
               calls[2].result);
    return status;
}

int main(void)
{
    return duet_run(run, NULL, NULL) == 0 ? 0 : 1;
}
