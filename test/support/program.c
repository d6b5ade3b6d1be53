/* SPDX-License-Identifier: MIT */
/* program.c - forking a program, and a pipe for what it says. */
#include "support/program.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/test.h"

test_program test_program_start(int (*run)(void))
{
    test_program program;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    program.pid = fork();
    assert_true(program.pid >= 0);
    if (program.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that failed leaves it */
        close(ends[0]);
        dup2(ends[1], STDOUT_FILENO);
        exit(run());
    }
    close(ends[1]);
    program.output = fdopen(ends[0], "r");
    assert_int_equal(fscanf(program.output, "listening on %63s", program.url),
                     1);
    program.port = (int)strtol(strrchr(program.url, ':') + 1, NULL, 10);
    return program;
}

int test_program_end(test_program *program, int signal)
{
    int status;

    assert_int_equal(kill(program->pid, signal), 0);
    assert_int_equal(waitpid(program->pid, &status, 0), program->pid);
    fclose(program->output);
    return status;
}
