/* SPDX-License-Identifier: MIT */
/* tool.c - the shell with two temporary files. */
#include "support/tool.h"

#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void read_back(FILE *file, char text[TEST_OUTPUT_BYTES])
{
    size_t length;

    rewind(file);
    length = fread(text, 1, TEST_OUTPUT_BYTES - 1, file);
    text[length] = '\0';
    fclose(file);
}

void test_tool(test_tool_result *result, const char *arguments)
{
    FILE *output = tmpfile();
    FILE *errors = tmpfile();
    char command[2048];
    int status = 0;
    pid_t child;

    assert_non_null(output);
    assert_non_null(errors);
    snprintf(command, sizeof command, "exec %s'%s/duet' %s", DUET_EMULATOR,
             DUET_BUILD_DIR, arguments);
    child = fork();
    if (child == 0) {
        dup2(fileno(output), STDOUT_FILENO);
        dup2(fileno(errors), STDERR_FILENO);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    result->exit_status =
        WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    read_back(output, result->output);
    read_back(errors, result->errors);
}
