/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <sys/resource.h>

#include "server/application/settings.h"

static void zero_is_the_documented_default(void **state)
{
    const duet_server_options options = {0};
    duet__settings settings;
    struct rlimit limit;

    (void)state;
    assert_status(duet__settings_read(&options, &settings), 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(settings.connections_max,
                     limit.rlim_cur - limit.rlim_cur / 4 < 100000
                         ? limit.rlim_cur - limit.rlim_cur / 4
                         : 100000);
    assert_true(settings.per_address_max == SIZE_MAX);
    assert_int_equal(settings.connection_memory_bytes, 32768);
    assert_int_equal(settings.request_line_bytes_max, 8192);
    assert_int_equal(settings.field_bytes_max, 8192);
    assert_int_equal(settings.body_bytes_max, 1048576);
    assert_int_equal(settings.json_depth_max, 128);
    assert_int_equal(settings.half_close, DUET_HALF_CLOSE_CANCELS);
    assert_false(settings.compresses);
    assert_int_equal(settings.header_timeout_ns, INT64_C(10000000000));
    assert_int_equal(settings.body_timeout_ns, INT64_C(30000000000));
    assert_int_equal(settings.handler_timeout_ns, INT64_C(60000000000));
    assert_int_equal(settings.send_timeout_ns, INT64_C(30000000000));
    assert_int_equal(settings.keep_alive_timeout_ns, INT64_C(75000000000));
    assert_int_equal(settings.shutdown_ns, INT64_C(30000000000));
    assert_null(settings.access_log);
    assert_ptr_equal(settings.error_log, stderr);
}

static void no_limit_is_off(void **state)
{
    const duet_server_options options = {
        .connections_max = DUET_NO_LIMIT,
        .body_bytes_max = DUET_NO_LIMIT,
        .handler_timeout_ms = DUET_NO_LIMIT,
        .keep_alive_timeout_ms = INT64_MAX,
    };
    duet__settings settings;

    (void)state;
    assert_status(duet__settings_read(&options, &settings), 0);
    assert_true(settings.connections_max == SIZE_MAX);
    assert_true(settings.body_bytes_max == SIZE_MAX);
    assert_true(settings.handler_timeout_ns == INT64_MAX);
    assert_true(settings.keep_alive_timeout_ns == INT64_MAX);
}

static void values_out_of_range_are_named(void **state)
{
    duet_server_options options = {.send_timeout_ms = -5};
    duet__settings settings;

    (void)state;
    assert_status(duet__settings_read(&options, &settings), DUET_EINVAL);
    assert_non_null(strstr(duet_error_detail(), "send_timeout_ms"));
    options = (duet_server_options){.half_close = 7};
    assert_status(duet__settings_read(&options, &settings), DUET_EINVAL);
    assert_non_null(strstr(duet_error_detail(), "half_close"));
    options = (duet_server_options){.json_depth_max = 2049};
    assert_status(duet__settings_read(&options, &settings), DUET_EINVAL);
    assert_non_null(strstr(duet_error_detail(), "json_depth_max"));
    options = (duet_server_options){.connection_memory_bytes = 100};
    assert_status(duet__settings_read(&options, &settings), DUET_EINVAL);
    assert_non_null(strstr(duet_error_detail(), "connection_memory_bytes"));
    options = (duet_server_options){.connection_memory_bytes = DUET_NO_LIMIT};
    assert_status(duet__settings_read(&options, &settings), DUET_EINVAL);
}

TEST_MAIN(test(zero_is_the_documented_default), test(no_limit_is_off),
          test(values_out_of_range_are_named))
