/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "tool/fetch_help.h"

static char *whole_help(void)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);

    assert_non_null(stream);
    for (const char *const *part = duet__fetch_help; *part != NULL; part++)
        fputs(*part, stream);
    fclose(stream);
    return text;
}

static void every_option_and_exit_status_is_told(void **state)
{
    static const char *const told[] = {
        "-i, --input",    "-o, --output", "-n, --at-once",    "--per-host",
        "--timeout",      "--retries",    "--max-bytes",      "--max-redirects",
        "-X, --method",   "-H, --header", "-A, --user-agent", "--ca-file",
        "-k, --insecure", "-q, --quiet",  "--progress",       "--no-progress",
        "\n  0  ",        "\n  1  ",      "\n  2  ",          "\n  3  ",
        "\n  130  "};
    char *text = whole_help();

    (void)state;
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        if (strstr(text, told[i]) == NULL)
            fail_msg("the help does not tell of '%s'", told[i]);
    }
    free(text);
}

static void lines_fit_on_a_terminal(void **state)
{
    char *text = whole_help();

    (void)state;
    for (char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");

        assert_in_range(length, 0, 80);
        line += length + 1;
    }
    free(text);
}

TEST_MAIN(test(every_option_and_exit_status_is_told),
          test(lines_fit_on_a_terminal))
