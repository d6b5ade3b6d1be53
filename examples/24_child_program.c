/* SPDX-License-Identifier: MIT */
/* Shows: running a program, giving it input and reading its output.
 * Run:   24_child_program
 * Prints: the sorted words, then the exit status of a program that fails. */
#include <stdio.h>

#include <duet/duet.h>

static int run(void *argument)
{
    static const char words[] = "viola\ncello\nharp\n";
    const char *const sort[] = {"sort", NULL};
    const char *const fail[] = {"sh", "-c", "echo sorry >&2; exit 3", NULL};
    duet_child_output output;
    int status = duet_child_run(sort, NULL, words, sizeof words - 1, &output,
                                duet_in_ms(10000));

    (void)argument;
    if (status != 0)
        return status;
    fputs(output.output, stdout);
    duet_child_output_clear(&output);
    status = duet_child_run(fail, NULL, NULL, 0, &output, duet_in_ms(10000));
    if (status != 0)
        return status;
    printf("exit status %d, saying: %s", output.status.code, output.error);
    duet_child_output_clear(&output);
    return 0;
}

int main(void)
{
    return duet_run(run, NULL, NULL) == 0 ? 0 : 1;
}
