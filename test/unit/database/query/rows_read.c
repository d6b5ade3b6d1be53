/* SPDX-License-Identifier: MIT */
/* Columns of every type, as text and from prepared statements alike. */
#include "support/database/mariadb.h"
#include "support/test.h"

#include <duet/duet.h>

static const char *const TABLE =
    "CREATE TABLE all_types (small TINYINT, big BIGINT, huge BIGINT UNSIGNED, "
    "medium MEDIUMINT UNSIGNED, born YEAR, flag BIT(10), half FLOAT, "
    "ratio DOUBLE, price DECIMAL(30,10), name VARCHAR(50), raw VARBINARY(10), "
    "note TEXT, photo BLOB, day DATE, span TIME(3), moment DATETIME(6), "
    "stamp TIMESTAMP, kind ENUM('a','b'), document JSON)";

static const char *const ROW =
    "INSERT INTO all_types VALUES (-128, -9223372036854775808, "
    "18446744073709551615, 16777215, 1999, b'1000000011', 0.5, -1.5e300, "
    "'12345678901234567890.0123456789', 'gr\xc3\xbc\xc3\x9f', "
    "x'00ff00', 'note', x'deadbeef00', '2024-02-29', '-101:02:03.250', "
    "'9999-12-31 23:59:59.123456', '2001-02-03 04:05:06', 'b', '{\"a\": 1}')";

typedef struct expected {
    const char *name;
    duet_value_type type;
} expected;

static const expected COLUMNS[] = {
    {"small", DUET_VALUE_INTEGER},   {"big", DUET_VALUE_INTEGER},
    {"huge", DUET_VALUE_UNSIGNED},   {"medium", DUET_VALUE_UNSIGNED},
    {"born", DUET_VALUE_UNSIGNED},   {"flag", DUET_VALUE_UNSIGNED},
    {"half", DUET_VALUE_DOUBLE},     {"ratio", DUET_VALUE_DOUBLE},
    {"price", DUET_VALUE_DECIMAL},   {"name", DUET_VALUE_TEXT},
    {"raw", DUET_VALUE_BYTES},       {"note", DUET_VALUE_TEXT},
    {"photo", DUET_VALUE_BYTES},     {"day", DUET_VALUE_DATE},
    {"span", DUET_VALUE_TIME},       {"moment", DUET_VALUE_DATE_TIME},
    {"stamp", DUET_VALUE_DATE_TIME}, {"kind", DUET_VALUE_TEXT},
    {"document", DUET_VALUE_TEXT},
};
enum { COUNT = sizeof COLUMNS / sizeof *COLUMNS };

static void assert_text(duet_value value, const char *bytes, size_t count)
{
    assert_int_equal(value.text.count, count);
    assert_memory_equal(value.text.bytes, bytes, count + 1);
}

static void assert_times(duet_rows *rows)
{
    duet_date_time time = duet_rows_value(rows, 13).date_time;

    assert_int_equal(time.year * 10000 + time.month * 100 + time.day, 20240229);
    time = duet_rows_value(rows, 14).date_time;
    assert_true(time.is_negative);
    assert_int_equal(time.hour * 10000 + time.minute * 100 + time.second,
                     1010203);
    assert_int_equal(time.microsecond, 250000);
    time = duet_rows_value(rows, 15).date_time;
    assert_int_equal(time.year * 10000 + time.month * 100 + time.day, 99991231);
    assert_int_equal(time.hour * 10000 + time.minute * 100 + time.second,
                     235959);
    assert_int_equal(time.microsecond, 123456);
    time = duet_rows_value(rows, 16).date_time;
    assert_int_equal(time.year, 2001);
    assert_int_equal(time.second, 6);
    assert_int_equal(time.microsecond, 0);
}

static void assert_values(duet_rows *rows)
{
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(duet_rows_value(rows, i).type, COLUMNS[i].type);
    assert_int_equal(duet_rows_value(rows, 0).integer, -128);
    assert_true(duet_rows_value(rows, 1).integer == INT64_MIN);
    assert_true(duet_rows_value(rows, 2).unsigned_integer == UINT64_MAX);
    assert_int_equal(duet_rows_value(rows, 3).unsigned_integer, 16777215);
    assert_int_equal(duet_rows_value(rows, 4).unsigned_integer, 1999);
    assert_int_equal(duet_rows_value(rows, 5).unsigned_integer, 0x203);
    assert_true(duet_rows_value(rows, 6).number == 0.5);
    assert_true(duet_rows_value(rows, 7).number == -1.5e300);
    assert_text(duet_rows_value(rows, 8), "12345678901234567890.0123456789",
                31);
    assert_text(duet_rows_value(rows, 9), "gr\xc3\xbc\xc3\x9f", 6);
    assert_text(duet_rows_value(rows, 10), "\x00\xff\x00", 3);
    assert_text(duet_rows_value(rows, 11), "note", 4);
    assert_text(duet_rows_value(rows, 12), "\xde\xad\xbe\xef\x00", 5);
    assert_times(rows);
    assert_text(duet_rows_value(rows, 17), "b", 1);
    assert_text(duet_rows_value(rows, 18), "{\"a\": 1}", 8);
}

/* The first row has the values, the second only NULLs. */
static void assert_rows(duet_rows *rows)
{
    assert_int_equal(duet_rows_columns(rows), COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        assert_string_equal(duet_rows_name(rows, i), COLUMNS[i].name);
        assert_int_equal(duet_rows_type(rows, i), COLUMNS[i].type);
    }
    assert_int_equal(duet_rows_next(rows, test_soon()), 1);
    assert_values(rows);
    assert_int_equal(duet_rows_next(rows, test_soon()), 1);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(duet_rows_value(rows, i).type, DUET_VALUE_NULL);
    assert_int_equal(duet_rows_next(rows, test_soon()), 0);
    duet_rows_free(rows);
}

with_database(every_type_comes_back)
{
    const duet_rows_options stream = {.stream = true};
    const char *select = "SELECT * FROM all_types";
    duet_rows *rows;

    test_sql(database, TABLE, NULL);
    test_sql(database, ROW, NULL);
    test_sql(database, "INSERT INTO all_types (stamp) VALUES (NULL)", NULL);
    test_sql(database, "ALTER TABLE all_types MODIFY stamp TIMESTAMP NULL",
             NULL);
    test_sql(database, "UPDATE all_types SET stamp = NULL WHERE big IS NULL",
             NULL);
    for (int streamed = 0; streamed < 2; streamed++) {
        const duet_rows_options *options = streamed ? &stream : NULL;

        assert_status(
            duet_database_query(database, select, options, &rows, test_soon()),
            0);
        assert_rows(rows);
        assert_status(duet_database_run(database, select, NULL, 0, options,
                                        &rows, test_soon()),
                      0);
        assert_rows(rows);
    }
}

with_database(long_texts_come_whole)
{
    const char *select = "SELECT REPEAT('ab', 500000), '', REPEAT('c', seq) "
                         "FROM seq_1_to_3";
    duet_rows *rows;

    for (int prepared = 0; prepared < 2; prepared++) {
        assert_status(prepared ? duet_database_run(database, select, NULL, 0,
                                                   NULL, &rows, test_soon())
                               : duet_database_query(database, select, NULL,
                                                     &rows, test_soon()),
                      0);
        assert_int_equal(duet_rows_count(rows), 3);
        for (size_t i = 1; i <= 3; i++) {
            assert_int_equal(duet_rows_next(rows, DUET_NOW), 1);
            assert_int_equal(duet_rows_value(rows, 0).text.count, 1000000);
            assert_int_equal(duet_rows_value(rows, 0).text.bytes[999999], 'b');
            assert_int_equal(duet_rows_value(rows, 1).text.count, 0);
            assert_string_equal(duet_rows_value(rows, 1).text.bytes, "");
            assert_int_equal(duet_rows_value(rows, 2).text.count, i);
        }
        duet_rows_free(rows);
    }
}

DATABASE_TEST_MAIN(test(every_type_comes_back), test(long_texts_come_whole))
