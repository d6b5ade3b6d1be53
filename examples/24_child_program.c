/* SPDX-License-Identifier: MIT */
/* 24_child_program.c - other programs.
 * Shows:  a program's input and output, whole and line by line; how it ended.
 * Run:    ./24_child_program
 * Prints: sorted words, an exit status, then an answer to each line */
#include <duet/duet.h>
#include <stdio.h>
#include <string.h>

/* Says two things to a program that stays, and prints what it answers. */
static int talk(void)
{
    const char *const square[] = {
        "sh", "-c", "while read n; do echo $n squared is $((n*n)); done", NULL};
    const char *const numbers[] = {"7\n", "12\n"};
    const duet_child_options options = {
        .ends = {DUET_CHILD_PIPE, DUET_CHILD_PIPE}};
    duet_child *child;
    char *line;
    size_t length;
    int status = duet_child_start(square, &options, &child);

    for (int i = 0; i < 2 && status == 0; i++) {
        status = duet_child_write(child, numbers[i], strlen(numbers[i]),
                                  duet_in_ms(10000));
        if (status == 0)
            status = duet_child_read_line(child, DUET_CHILD_OUTPUT, &line,
                                          &length, duet_in_ms(10000));
        if (status == 0)
            printf("%s\n", line);
    }
    duet_child_free(child); /* ends it */
    return status;
}

static int run(void *argument)
{
    static const char words[] = "viola\ncello\nharp\n";
    const char *const sort[] = {"sh", "-c", "sort; echo sorry >&2; exit 3",
                                NULL};
    duet_child_output output;
    int status = duet_child_run(sort, NULL, words, sizeof words - 1, &output,
                                duet_in_ms(10000));

    (void)argument;
    if (status != 0)
        return status;
    printf("%sexit status %d, saying: %s", output.output, output.status.code,
           output.error);
    duet_child_output_clear(&output);
    return talk();
}

int main(void)
{
    int status = duet_run(run, NULL, NULL);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
