/* SPDX-License-Identifier: MIT */
/* main.c - the command `duet`: the table of its commands. */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "tool/command.h"
#include "tool/fetch_command.h"

static const duet__command *const commands[] = {&duet__command_fetch, NULL};

/* Opens /dev/null for standard streams that are closed, so that no other file
 * gets their numbers; with the wrong direction, so that using them is an
 * error. */
static void fill_standard_streams(void)
{
    for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++) {
        if (fcntl(i, F_GETFD) < 0)
            open("/dev/null", i == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

int main(int count, char **arguments)
{
    fill_standard_streams();
    /* A closed pipe and a file beyond ulimit -f are errors of write(2). */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    return duet__command_run(commands, count > 0 ? count - 1 : 0,
                             arguments + 1);
}
