/* SPDX-License-Identifier: MIT */
/* program.h - a duet server as a program of its own, forked from the test.
 *
 * It says "listening on http://ADDRESS:PORT" on its standard output, which the
 * test reads, and dies with the test. What goes wrong here fails the test. */
#ifndef DUET_TEST_SUPPORT_PROGRAM_H
#define DUET_TEST_SUPPORT_PROGRAM_H

#include <stdio.h>
#include <sys/types.h>

typedef struct test_program {
    pid_t pid;
    FILE *output; /* what it prints after that line */
    int port;
    char url[64];
} test_program;

/* Starts a process that does `run`, which returns its exit status, and waits
 * until it listens. */
test_program test_program_start(int (*run)(void));

/* Sends it the signal, and returns how it ended: 0 if cleanly, else as
 * waitpid() says it. */
int test_program_end(test_program *program, int signal);

#endif
