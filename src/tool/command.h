/* SPDX-License-Identifier: MIT */
/* command.h - a command of `duet`, and finding and running one. */
#ifndef DUET_TOOL_COMMAND_H
#define DUET_TOOL_COMMAND_H

/* The exit statuses of `duet`. */
enum {
    DUET__EXIT_DONE = 0,
    DUET__EXIT_SOME_FAILED = 1,
    DUET__EXIT_USAGE = 2,
    DUET__EXIT_BROKEN = 3, /* could not go on */
    DUET__EXIT_INTERRUPTED = 130
};

typedef struct duet__command {
    const char *name;
    const char *summary;     /* a line of `duet help` */
    const char *const *help; /* parts of `duet help NAME`; NULL ends them */
    /* Runs with the arguments after the name; returns the exit status. */
    int (*run)(int count, char *const *arguments);
} duet__command;

/* Runs the command that the arguments after "duet" name; returns the exit
 * status.
 *
 *   commands all commands, ended by NULL */
int duet__command_run(const duet__command *const *commands, int count,
                      char *const *arguments);

/* Prints a command's help; returns the exit status. */
int duet__command_print_help(const duet__command *command);

#endif
