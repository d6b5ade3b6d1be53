/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <locale.h>

#include "database/value/value.h"

static duet_value parse(enum enum_field_types type, unsigned flags,
                        const char *text)
{
    const MYSQL_FIELD field = {.type = type, .flags = flags, .charsetnr = 45};

    return duet__value_parse(&field, text, text != NULL ? strlen(text) : 0);
}

static void text_becomes_a_value_of_the_columns_type(void **state)
{
    (void)state;
    assert_int_equal(parse(MYSQL_TYPE_LONG, 0, "-12").integer, -12);
    assert_true(
        parse(MYSQL_TYPE_LONGLONG, UNSIGNED_FLAG, "18446744073709551615")
            .unsigned_integer == UINT64_MAX);
    assert_true(parse(MYSQL_TYPE_DOUBLE, 0, "-2.5e-3").number == -2.5e-3);
    assert_int_equal(parse(MYSQL_TYPE_BIT, 0, "\x01\x02").unsigned_integer,
                     0x102);
    assert_int_equal(parse(MYSQL_TYPE_LONG, 0, NULL).type, DUET_VALUE_NULL);
    assert_int_equal(parse(MYSQL_TYPE_NULL, 0, "x").type, DUET_VALUE_NULL);
    assert_string_equal(parse(MYSQL_TYPE_NEWDECIMAL, 0, "1.10").text.bytes,
                        "1.10");
}

static void number_does_not_depend_on_the_locale(void **state)
{
    (void)state;
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL)
        setlocale(LC_NUMERIC, "C"); /* no such locale here: the plain case */
    assert_true(parse(MYSQL_TYPE_DOUBLE, 0, "2.5").number == 2.5);
    setlocale(LC_NUMERIC, "C");
}

static void charset_tells_text_from_bytes(void **state)
{
    MYSQL_FIELD field = {.type = MYSQL_TYPE_BLOB, .charsetnr = 63};

    (void)state;
    assert_int_equal(duet__value_type_of(&field), DUET_VALUE_BYTES);
    field.charsetnr = 45;
    assert_int_equal(duet__value_type_of(&field), DUET_VALUE_TEXT);
}

static void assert_time(duet_date_time time, int64_t date, int64_t of_day,
                        int64_t microsecond)
{
    assert_int_equal(time.year * 10000 + time.month * 100 + time.day, date);
    assert_int_equal(time.hour * 10000 + time.minute * 100 + time.second,
                     of_day);
    assert_int_equal(time.microsecond, microsecond);
}

static void dates_and_times_are_parsed(void **state)
{
    duet_value value = parse(MYSQL_TYPE_TIME, 0, "-838:59:58.5");

    (void)state;
    assert_int_equal(value.type, DUET_VALUE_TIME);
    assert_true(value.date_time.is_negative);
    assert_time(value.date_time, 0, 8385958, 500000);
    value = parse(MYSQL_TYPE_DATETIME, 0, "2024-02-29 23:59:01.000042");
    assert_time(value.date_time, 20240229, 235901, 42);
    value = parse(MYSQL_TYPE_TIMESTAMP, 0, "2024-02-29 23:59:01");
    assert_time(value.date_time, 20240229, 235901, 0);
    value = parse(MYSQL_TYPE_DATE, 0, "0000-00-00");
    assert_int_equal(value.type, DUET_VALUE_DATE);
    assert_time(value.date_time, 0, 0, 0);
    assert_time(parse(MYSQL_TYPE_DATE, 0, "nonsense").date_time, 0, 0, 0);
}

static void slots_give_what_the_connector_put_in(void **state)
{
    const MYSQL_FIELD bit = {.type = MYSQL_TYPE_BIT};
    const MYSQL_FIELD span = {.type = MYSQL_TYPE_TIME};
    const MYSQL_FIELD text = {.type = MYSQL_TYPE_STRING, .charsetnr = 45};
    duet__cell cell;
    MYSQL_BIND bind;

    (void)state;
    duet__cell_bind(&cell, &bit, &bind);
    memcpy(bind.buffer, "\x01\xff", 2);
    *bind.length = 2;
    assert_int_equal(duet__cell_value(&cell, NULL).unsigned_integer, 0x1ff);
    duet__cell_bind(&cell, &span, &bind);
    *(MYSQL_TIME *)bind.buffer = (MYSQL_TIME){.day = 2, .hour = 1, .neg = 1};
    assert_int_equal(duet__cell_value(&cell, NULL).date_time.hour, 49);
    *bind.is_null = 1;
    assert_int_equal(duet__cell_value(&cell, NULL).type, DUET_VALUE_NULL);
    duet__cell_bind(&cell, &text, &bind);
    assert_true(duet__cell_is_text(&cell));
    *bind.length = 3;
    assert_int_equal(duet__cell_value(&cell, "abc").text.count, 3);
}

static void parameters_are_bound_by_type(void **state)
{
    const duet_date_time time = {.hour = 100, .minute = 1};
    duet_value value = duet_unsigned_value(7);
    MYSQL_TIME room;
    MYSQL_BIND bind;

    (void)state;
    duet__value_bind(&value, &room, &bind);
    assert_int_equal(bind.buffer_type, MYSQL_TYPE_LONGLONG);
    assert_true(bind.is_unsigned);
    assert_int_equal(*(uint64_t *)bind.buffer, 7);
    value = duet_text_value(NULL);
    duet__value_bind(&value, &room, &bind);
    assert_int_equal(bind.buffer_type, MYSQL_TYPE_NULL);
    value = (duet_value){.type = DUET_VALUE_TEXT};
    duet__value_bind(&value, &room, &bind);
    assert_int_equal(bind.buffer_type, MYSQL_TYPE_NULL);
    assert_int_equal(duet_bytes_value(NULL, 3).type, DUET_VALUE_NULL);
    value = duet_bytes_value("a\0b", 3);
    duet__value_bind(&value, &room, &bind);
    assert_int_equal(bind.buffer_length, 3);
    value = duet_date_time_value(DUET_VALUE_TIME, time);
    duet__value_bind(&value, &room, &bind);
    assert_int_equal(room.day * 24 + room.hour, 100);
}

TEST_MAIN(test(text_becomes_a_value_of_the_columns_type),
          test(number_does_not_depend_on_the_locale),
          test(charset_tells_text_from_bytes), test(dates_and_times_are_parsed),
          test(slots_give_what_the_connector_put_in),
          test(parameters_are_bound_by_type))
