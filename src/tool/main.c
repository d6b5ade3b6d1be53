/* SPDX-License-Identifier: MIT */
/* main.c - the command `duet`. */
#include <signal.h>

#include "tool/command.h"

int main(int count, char **arguments)
{
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of write(2) */
    return duet__command_run(count > 0 ? count - 1 : 0, arguments + 1);
}
