/* SPDX-License-Identifier: MIT */
/* abort.c - a loop in a process that may die of it. */
#include "support/abort.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <duet/loop.h>

#include "support/test.h"

void test_abort(duet_task_function *body, char *text, size_t bytes)
{
    size_t length = 0;
    ssize_t got;
    int ends[2];
    int status;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        duet_run(body, NULL, NULL);
        _exit(0);
    }
    close(ends[1]);
    while ((got = read(ends[0], text + length, bytes - 1 - length)) > 0)
        length += (size_t)got;
    text[length] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}
