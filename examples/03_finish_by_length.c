/* SPDX-License-Identifier: MIT */
/* 03_finish_by_length.c - tasks of different length.
 * Shows:  a group; tasks begin as they were spawned and end when they are done.
 * Run:    ./03_finish_by_length
 * Prints: long, middle and short begin; short, middle and long end; all done */
#include <duet/duet.h>
#include <stdio.h>

struct work {
    const char *name;
    int ms;
};

static int do_work(void *argument)
{
    const struct work *work = argument;

    printf("%s begins\n", work->name);
    int status = duet_sleep(duet_in_ms(work->ms));
    if (status == 0)
        printf("%s ends\n", work->name);
    return status;
}

static int run(void *argument)
{
    struct work works[] = {{"long", 300}, {"middle", 200}, {"short", 100}};
    duet_group *group;
    int status = duet_group_open(&group);

    (void)argument;
    for (int i = 0; i < 3 && status == 0; i++)
        status = duet_group_spawn(group, do_work, &works[i], NULL, NULL);
    status = duet_group_close(group, status);
    if (status == 0)
        printf("all done\n");
    return status;
}

int main(void)
{
    int status = duet_run(run, NULL, NULL);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
