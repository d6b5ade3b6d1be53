/* SPDX-License-Identifier: MIT */
#include "support/memory.h"
#include "support/test.h"

#include "database/link/connection_settings.h"

static void defaults_are_filled_in(void **state)
{
    duet__database_settings settings;

    (void)state;
    assert_status(duet__database_settings_read(NULL, &settings), 0);
    assert_string_equal(settings.host, "127.0.0.1");
    assert_string_equal(settings.user, "root");
    assert_int_equal(settings.port, 3306);
    assert_int_equal(settings.stop_ms, 2000);
    assert_int_equal(settings.packet_bytes_max, 64 << 20);
}

static void refused(duet_database_options options, const char *why)
{
    duet__database_settings settings;

    assert_status(duet__database_settings_read(&options, &settings),
                  DUET_EINVAL);
    assert_non_null(strstr(duet_error_detail(), why));
}

static void values_out_of_range_are_refused(void **state)
{
    (void)state;
    refused((duet_database_options){.stop_ms = -1}, "stop_ms");
    refused((duet_database_options){.stop_ms = 600001}, "stop_ms");
    refused((duet_database_options){.packet_bytes_max = 65535}, "packet");
    refused((duet_database_options){.packet_bytes_max = ((int64_t)1 << 30) + 1},
            "packet");
    refused((duet_database_options){.tls_key_file = "key.pem"}, "together");
}

static int copy(void)
{
    char host[] = "db.example", sql[] = "SET @a = 1";
    const duet_database_options options = {.host = host, .init_sql = sql};
    duet__database_settings settings, copied;
    int status = duet__database_settings_read(&options, &settings);

    if (status == 0)
        status = duet__database_settings_copy(&settings, &copied);
    if (status != 0)
        return status;
    host[0] = sql[0] = 'x';
    assert_string_equal(copied.host, "db.example");
    assert_string_equal(copied.init_sql, "SET @a = 1");
    assert_null(copied.password);
    duet__database_settings_free(&copied);
    return 0;
}

static void copy_has_texts_of_its_own(void **state)
{
    (void)state;
    test_each_allocation_failing(copy, 3);
}

TEST_MAIN(test(defaults_are_filled_in), test(values_out_of_range_are_refused),
          test(copy_has_texts_of_its_own))
