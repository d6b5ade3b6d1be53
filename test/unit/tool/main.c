/* SPDX-License-Identifier: MIT */
#include "support/test.h"
#include "support/tool.h"

static test_tool_result result;

static void version_is_one_line(void **state)
{
    (void)state;
    test_tool(&result, "--version");
    assert_int_equal(result.exit_status, 0);
    assert_int_equal(strncmp(result.output, "duet ", 5), 0);
    assert_ptr_equal(strchr(result.output, '\n'),
                     result.output + strlen(result.output) - 1);
}

/* Otherwise the first file that is opened would get its place. */
static void closed_standard_output_is_an_error(void **state)
{
    (void)state;
    test_tool(&result, "fetch x:// -i /dev/null >&-");
    assert_int_equal(result.exit_status, 3);
    assert_non_null(strstr(result.errors, "records: Bad file descriptor"));
    test_tool(&result, "fetch -i - <&-");
    assert_int_equal(result.exit_status, 3);
    assert_non_null(strstr(result.errors, "-: Bad file descriptor"));
}

TEST_MAIN(test(version_is_one_line), test(closed_standard_output_is_an_error))
