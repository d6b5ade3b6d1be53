/* SPDX-License-Identifier: MIT */
/* 04_gather_order.c - results in order.
 * Shows:  duet_gather_array() keeps the order of the array, whichever call
 *         ended first.
 * Run:    ./04_gather_order
 * Prints: factorials as they are ready; then 2, 6, 24 in the array's order */
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
    int results[3];
    int status = duet_gather_array(factorial, numbers, 3, sizeof numbers[0],
                                   NULL, results, DUET_NEVER);

    (void)argument;
    if (status == 0)
        printf("results: %d, %d, %d\n", results[0], results[1], results[2]);
    return status;
}

int main(void)
{
    int status = duet_run(run, NULL, NULL);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
