/* SPDX-License-Identifier: MIT */
#include "support/test.h"
#include "support/tool.h"

#include "tool/command.h"

static test_tool_result result;

static void help_lists_the_commands(void **state)
{
    static const char *const forms[] = {"help", "--help", "-h"};

    (void)state;
    for (int i = 0; i < 3; i++) {
        test_tool(&result, forms[i]);
        assert_int_equal(result.exit_status, DUET__EXIT_DONE);
        assert_non_null(strstr(result.output, "\n  fetch "));
        assert_string_equal(result.errors, "");
    }
}

static void help_of_a_command_is_the_same_in_each_form(void **state)
{
    static test_tool_result other;

    (void)state;
    test_tool(&result, "help fetch");
    assert_int_equal(result.exit_status, DUET__EXIT_DONE);
    assert_non_null(strstr(result.output, "usage: duet fetch"));
    test_tool(&other, "fetch --help");
    assert_int_equal(other.exit_status, DUET__EXIT_DONE);
    assert_string_equal(result.output, other.output);
    test_tool(&other, "fetch -qh http://h/");
    assert_string_equal(result.output, other.output);
}

static void what_is_no_command_is_bad_usage(void **state)
{
    static const char *const forms[] = {"", "bogus", "help bogus", "--wat",
                                        "\"\""};

    (void)state;
    for (int i = 0; i < 5; i++) {
        test_tool(&result, forms[i]);
        assert_int_equal(result.exit_status, DUET__EXIT_USAGE);
        assert_string_equal(result.output, "");
        assert_non_null(strstr(result.errors, "usage: duet COMMAND"));
    }
}

static void help_that_cannot_be_written_is_no_success(void **state)
{
    static const char *const forms[] = {
        "help >/dev/full", "help fetch >/dev/full", "--version >/dev/full"};

    (void)state;
    for (int i = 0; i < 3; i++) {
        test_tool(&result, forms[i]);
        assert_int_equal(result.exit_status, DUET__EXIT_BROKEN);
        assert_non_null(strstr(result.errors, "No space left on device"));
    }
}

TEST_MAIN(test(help_lists_the_commands),
          test(help_of_a_command_is_the_same_in_each_form),
          test(what_is_no_command_is_bad_usage),
          test(help_that_cannot_be_written_is_no_success))
