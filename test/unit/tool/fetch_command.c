/* SPDX-License-Identifier: MIT */
#include "support/test.h"
#include "support/tool.h"

#include "tool/command.h"

/* Nobody listens on port 1 of the loop-back interface. */
static test_tool_result result;

static void failed_url_is_exit_status_1(void **state)
{
    (void)state;
    test_tool(&result, "fetch --retries 0 http://127.0.0.1:1/ nons://e");
    assert_int_equal(result.exit_status, DUET__EXIT_SOME_FAILED);
    assert_non_null(strstr(result.output, "\"url\":\"nons://e\""));
    assert_non_null(strstr(result.output, "\"error\":\"DUET_ECONNREFUSED\","
                                          "\"error_phase\":\"connect\""));
    assert_non_null(strstr(result.errors, "duet: 0 fetched, 2 failed"));
}

static void empty_input_is_success(void **state)
{
    (void)state;
    test_tool(&result, "fetch -i /dev/null");
    assert_int_equal(result.exit_status, DUET__EXIT_DONE);
    assert_string_equal(result.output, "");
}

static void quiet_says_nothing_but_errors(void **state)
{
    (void)state;
    test_tool(&result, "fetch -q nons://e");
    assert_int_equal(result.exit_status, DUET__EXIT_SOME_FAILED);
    assert_string_equal(result.errors, "");
    test_tool(&result, "fetch -q -n 64x nons://e");
    assert_int_equal(result.exit_status, DUET__EXIT_USAGE);
    assert_non_null(strstr(result.errors, "duet fetch: -n: '64x' is not"));
}

static void what_cannot_be_opened_is_bad_usage(void **state)
{
    (void)state;
    test_tool(&result, "fetch -i /no/such/list");
    assert_int_equal(result.exit_status, DUET__EXIT_USAGE);
    assert_non_null(strstr(result.errors, "/no/such/list: No such file"));
    test_tool(&result, "fetch -o /proc/no/such http://127.0.0.1:1/");
    assert_int_equal(result.exit_status, DUET__EXIT_USAGE);
    assert_non_null(strstr(result.errors, "/proc/no/such"));
    assert_string_equal(result.output, "");
}

static void records_that_cannot_be_written_are_exit_status_3(void **state)
{
    (void)state;
    test_tool(&result, "fetch x:// y:// z:// >/dev/full");
    assert_int_equal(result.exit_status, DUET__EXIT_BROKEN);
    assert_non_null(
        strstr(result.errors, "duet fetch: records: No space left on device"));
    assert_non_null(strstr(result.errors, "3 records were not written"));
}

TEST_MAIN(test(failed_url_is_exit_status_1), test(empty_input_is_success),
          test(quiet_says_nothing_but_errors),
          test(what_cannot_be_opened_is_bad_usage),
          test(records_that_cannot_be_written_are_exit_status_3))
