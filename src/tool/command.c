/* SPDX-License-Identifier: MIT */
/* command.c - finds and runs a command, or prints help. Owns nothing: main.c
 * has the table of commands. */
#include "tool/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* NULL if there is none of that name. */
static const duet__command *find(const duet__command *const *commands,
                                 const char *name)
{
    while (*commands != NULL && strcmp((*commands)->name, name) != 0)
        commands++;
    return *commands;
}

/* Reports failed writes: help that was not written must not look like
 * success. */
static int flush_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return DUET__EXIT_DONE;
    fprintf(stderr, "duet: standard output: %s\n", strerror(errno));
    return DUET__EXIT_BROKEN;
}

int duet__command_print_help(const duet__command *command)
{
    for (const char *const *part = command->help; *part != NULL; part++)
        fputs(*part, stdout);
    return flush_output();
}

static void list_commands(const duet__command *const *commands, FILE *stream)
{
    fputs("usage: duet COMMAND [arguments]\n\ncommands:\n", stream);
    for (; *commands != NULL; commands++)
        fprintf(stream, "  %-8s %s\n", (*commands)->name, (*commands)->summary);
    fputs("\n'duet help COMMAND' tells more; 'duet --version' tells which duet "
          "this is.\n",
          stream);
}

static int unknown(const duet__command *const *commands, const char *name)
{
    fprintf(stderr, "duet: there is no command '%.40s'\n", name);
    list_commands(commands, stderr);
    return DUET__EXIT_USAGE;
}

static int help(const duet__command *const *commands, int count,
                char *const *arguments)
{
    const duet__command *command;

    if (count == 0) {
        list_commands(commands, stdout);
        return flush_output();
    }
    command = find(commands, arguments[0]);
    return command != NULL ? duet__command_print_help(command)
                           : unknown(commands, arguments[0]);
}

int duet__command_run(const duet__command *const *commands, int count,
                      char *const *arguments)
{
    const duet__command *command;

    if (count == 0) {
        list_commands(commands, stderr);
        return DUET__EXIT_USAGE;
    }
    if (strcmp(arguments[0], "--version") == 0) {
        puts("duet " DUET_VERSION);
        return flush_output();
    }
    if (strcmp(arguments[0], "help") == 0 ||
        strcmp(arguments[0], "--help") == 0 || strcmp(arguments[0], "-h") == 0)
        return help(commands, count - 1, arguments + 1);
    command = find(commands, arguments[0]);
    return command != NULL ? command->run(count - 1, arguments + 1)
                           : unknown(commands, arguments[0]);
}
