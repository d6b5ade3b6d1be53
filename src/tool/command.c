/* SPDX-License-Identifier: MIT */
/* command.c - the table of commands, and help. Owns nothing. */
#include "tool/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const duet__command *const commands[] = {&duet__command_fetch};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static const duet__command *find(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

/* Help that nobody could read must not look like success. */
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

static void list_commands(FILE *stream)
{
    fputs("usage: duet COMMAND [arguments]\n\ncommands:\n", stream);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(stream, "  %-8s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n'duet help COMMAND' tells more; 'duet --version' tells which duet "
          "this is.\n",
          stream);
}

static int unknown(const char *name)
{
    fprintf(stderr, "duet: there is no command '%.40s'\n", name);
    list_commands(stderr);
    return DUET__EXIT_USAGE;
}

static int help(int count, char *const *arguments)
{
    const duet__command *command;

    if (count == 0) {
        list_commands(stdout);
        return flush_output();
    }
    command = find(arguments[0]);
    return command != NULL ? duet__command_print_help(command)
                           : unknown(arguments[0]);
}

int duet__command_run(int count, char *const *arguments)
{
    const duet__command *command;

    if (count == 0) {
        list_commands(stderr);
        return DUET__EXIT_USAGE;
    }
    if (strcmp(arguments[0], "--version") == 0) {
        puts("duet " DUET_VERSION);
        return flush_output();
    }
    if (strcmp(arguments[0], "help") == 0 ||
        strcmp(arguments[0], "--help") == 0 || strcmp(arguments[0], "-h") == 0)
        return help(count - 1, arguments + 1);
    command = find(arguments[0]);
    return command != NULL ? command->run(count - 1, arguments + 1)
                           : unknown(arguments[0]);
}
