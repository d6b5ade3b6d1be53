/* SPDX-License-Identifier: MIT */
/* 29_foreign_poll.c - a loop inside a loop of your own.
 * Shows:  one descriptor to poll and one function to call are all it takes.
 * Run:    ./29_foreign_poll
 * Prints: poll: a task wrote 1; poll: a task wrote 2; poll: a task wrote 3 */
#include <duet/duet.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

static int count_to_three(void *pipe_end)
{
    for (char digit = '1'; digit <= '3'; digit++) {
        int status = duet_sleep(duet_in_ms(20));

        if (status != 0)
            return status;
        if (write(*(int *)pipe_end, &digit, 1) != 1)
            return DUET_EIO;
    }
    return 0;
}

int main(void)
{
    duet_loop *loop;
    int ends[2];
    int status = pipe(ends) == 0 ? duet_loop_new(NULL, &loop) : DUET_EMFILE;

    if (status != 0) {
        fprintf(stderr, "%s\n", duet_error_message(status));
        return 1;
    }
    status = duet_loop_start(loop, count_to_three, &ends[1]);
    if (status == 0)
        status = duet_loop_step(loop);
    while (status > 0) {
        struct pollfd watched[] = {
            {.fd = ends[0], .events = POLLIN}, /* what was here before duet */
            {.fd = duet_loop_descriptor(loop), .events = POLLIN},
        };
        char digit;

        poll(watched, 2, -1);
        if (watched[1].revents != 0)
            status = duet_loop_step(loop);
        if (poll(watched, 1, 0) == 1 && read(ends[0], &digit, 1) == 1)
            printf("poll: a task wrote %c\n", digit);
    }
    status = duet_loop_finish(loop);
    duet_loop_free(loop);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
