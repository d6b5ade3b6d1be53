/* SPDX-License-Identifier: MIT */
/* value.c - converts columns to typed values, and values to parameters. */
#include "database/value/value.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

enum { BINARY_CHARSET = 63, HOURS_A_DAY = 24, FRACTION_DIGITS = 6 };

/* --- types ---------------------------------------------------------------- */

duet_value_type duet__value_type_of(const MYSQL_FIELD *field)
{
    switch (field->type) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_YEAR:
        return field->flags & UNSIGNED_FLAG ? DUET_VALUE_UNSIGNED
                                            : DUET_VALUE_INTEGER;
    case MYSQL_TYPE_BIT:
        return DUET_VALUE_UNSIGNED;
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE:
        return DUET_VALUE_DOUBLE;
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
        return DUET_VALUE_DECIMAL;
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
        return DUET_VALUE_DATE;
    case MYSQL_TYPE_TIME:
        return DUET_VALUE_TIME;
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_TIMESTAMP:
        return DUET_VALUE_DATE_TIME;
    case MYSQL_TYPE_NULL:
        return DUET_VALUE_NULL;
    default:
        return field->charsetnr == BINARY_CHARSET ? DUET_VALUE_BYTES
                                                  : DUET_VALUE_TEXT;
    }
}

static bool is_bit(const MYSQL_FIELD *field)
{
    return field->type == MYSQL_TYPE_BIT;
}

/* --- from text ------------------------------------------------------------ */

/* BIT comes as up to eight bytes, the highest first. */
static uint64_t bits(const char *bytes, size_t count)
{
    uint64_t number = 0;

    for (size_t i = 0; i < count; i++)
        number = number << 8 | (unsigned char)bytes[i];
    return number;
}

/* The server always writes "1.5", independent of this program's locale. */
static double parse_double(const char *text)
{
    static locale_t plain;

    if (plain == (locale_t)0)
        plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    return plain != (locale_t)0 ? strtod_l(text, NULL, plain)
                                : strtod(text, NULL);
}

/* Reads digits, and the separator after them if it is there. */
static unsigned read_number(const char **text, char separator)
{
    unsigned number = 0;

    for (; **text >= '0' && **text <= '9'; ++*text)
        number = number * 10 + (unsigned)(**text - '0');
    if (**text == separator && separator != '\0')
        ++*text;
    return number;
}

static uint32_t read_fraction(const char *text)
{
    uint32_t number = 0;

    for (int i = 0; i < FRACTION_DIGITS; i++) {
        number *= 10;
        if (*text >= '0' && *text <= '9')
            number += (uint32_t)(*text++ - '0');
    }
    return number;
}

/* "2024-02-29", "-12:30:00.5", "2024-02-29 12:30:00.123456" */
static duet_date_time parse_date_time(duet_value_type type, const char *text)
{
    duet_date_time time = {.is_negative = *text == '-'};

    if (time.is_negative)
        text++;
    if (type != DUET_VALUE_TIME) {
        time.year = (uint16_t)read_number(&text, '-');
        time.month = (uint8_t)read_number(&text, '-');
        time.day = (uint8_t)read_number(&text, ' ');
    }
    if (type != DUET_VALUE_DATE) {
        time.hour = (uint16_t)read_number(&text, ':');
        time.minute = (uint8_t)read_number(&text, ':');
        time.second = (uint8_t)read_number(&text, '.');
        time.microsecond = read_fraction(text);
    }
    return time;
}

duet_value duet__value_parse(const MYSQL_FIELD *field, const char *text,
                             size_t bytes)
{
    duet_value value = {.type = duet__value_type_of(field)};

    if (text == NULL)
        return duet_null_value();
    switch (value.type) {
    case DUET_VALUE_NULL:
        break;
    case DUET_VALUE_INTEGER:
        value.integer = strtoll(text, NULL, 10);
        break;
    case DUET_VALUE_UNSIGNED:
        value.unsigned_integer =
            is_bit(field) ? bits(text, bytes) : strtoull(text, NULL, 10);
        break;
    case DUET_VALUE_DOUBLE:
        value.number = parse_double(text);
        break;
    case DUET_VALUE_DECIMAL:
    case DUET_VALUE_TEXT:
    case DUET_VALUE_BYTES:
        value.text.bytes = text;
        value.text.count = bytes;
        break;
    case DUET_VALUE_DATE:
    case DUET_VALUE_TIME:
    case DUET_VALUE_DATE_TIME:
        value.date_time = parse_date_time(value.type, text);
        break;
    }
    return value;
}

/* --- prepared statements: columns ----------------------------------------- */

void duet__cell_bind(duet__cell *cell, const MYSQL_FIELD *field,
                     MYSQL_BIND *out_bind)
{
    MYSQL_BIND bind = {.length = &cell->bytes,
                       .is_null = &cell->is_null,
                       .error = &cell->is_cut,
                       .buffer_type = MYSQL_TYPE_STRING};

    *cell = (duet__cell){.type = duet__value_type_of(field),
                         .is_bit = is_bit(field)};
    if (cell->is_bit) {
        bind.buffer_type = MYSQL_TYPE_BLOB;
        bind.buffer = &cell->integer;
        bind.buffer_length = sizeof cell->integer;
    } else if (cell->type == DUET_VALUE_INTEGER ||
               cell->type == DUET_VALUE_UNSIGNED) {
        bind.buffer_type = MYSQL_TYPE_LONGLONG;
        bind.is_unsigned = cell->type == DUET_VALUE_UNSIGNED;
        bind.buffer = &cell->integer;
    } else if (cell->type == DUET_VALUE_DOUBLE) {
        bind.buffer_type = MYSQL_TYPE_DOUBLE;
        bind.buffer = &cell->number;
    } else if (cell->type >= DUET_VALUE_DATE) {
        bind.buffer_type = cell->type == DUET_VALUE_DATE ? MYSQL_TYPE_DATE
                           : cell->type == DUET_VALUE_TIME
                               ? MYSQL_TYPE_TIME
                               : MYSQL_TYPE_DATETIME;
        bind.buffer = &cell->time;
        bind.buffer_length = sizeof cell->time;
    } else if (cell->type == DUET_VALUE_BYTES) {
        bind.buffer_type = MYSQL_TYPE_BLOB;
    }
    *out_bind = bind;
}

bool duet__cell_is_text(const duet__cell *cell)
{
    return !cell->is_null &&
           (cell->type == DUET_VALUE_DECIMAL || cell->type == DUET_VALUE_TEXT ||
            cell->type == DUET_VALUE_BYTES);
}

static duet_date_time from_connector(const MYSQL_TIME *time,
                                     duet_value_type type)
{
    duet_date_time result = {
        .hour = (uint16_t)time->hour,
        .minute = (uint8_t)time->minute,
        .second = (uint8_t)time->second,
        .microsecond = (uint32_t)time->second_part,
        .is_negative = time->neg != 0,
    };

    if (type == DUET_VALUE_TIME) {
        result.hour = (uint16_t)(time->hour + time->day * HOURS_A_DAY);
        return result;
    }
    result.year = (uint16_t)time->year;
    result.month = (uint8_t)time->month;
    result.day = (uint8_t)time->day;
    return result;
}

duet_value duet__cell_value(const duet__cell *cell, const char *text)
{
    duet_value value = {.type = cell->type};

    if (cell->is_null || cell->type == DUET_VALUE_NULL)
        return duet_null_value();
    if (cell->is_bit)
        value.unsigned_integer =
            bits((const char *)&cell->integer, cell->bytes);
    else if (cell->type == DUET_VALUE_INTEGER)
        value.integer = cell->integer;
    else if (cell->type == DUET_VALUE_UNSIGNED)
        value.unsigned_integer = (uint64_t)cell->integer;
    else if (cell->type == DUET_VALUE_DOUBLE)
        value.number = cell->number;
    else if (cell->type >= DUET_VALUE_DATE)
        value.date_time = from_connector(&cell->time, cell->type);
    else {
        value.text.bytes = text;
        value.text.count = cell->bytes;
    }
    return value;
}

/* --- prepared statements: parameters -------------------------------------- */

static void to_connector(const duet_value *value, MYSQL_TIME *out_time)
{
    const duet_date_time *from = &value->date_time;

    *out_time = (MYSQL_TIME){
        .year = from->year,
        .month = from->month,
        .day = from->day,
        .hour = from->hour,
        .minute = from->minute,
        .second = from->second,
        .second_part = from->microsecond,
        .neg = from->is_negative,
        .time_type = value->type == DUET_VALUE_DATE ? MYSQL_TIMESTAMP_DATE
                     : value->type == DUET_VALUE_TIME
                         ? MYSQL_TIMESTAMP_TIME
                         : MYSQL_TIMESTAMP_DATETIME,
    };
    if (value->type == DUET_VALUE_TIME) {
        out_time->year = out_time->month = 0;
        out_time->day = from->hour / HOURS_A_DAY;
        out_time->hour = from->hour % HOURS_A_DAY;
    }
}

void duet__value_bind(const duet_value *value, MYSQL_TIME *time,
                      MYSQL_BIND *out_bind)
{
    static const enum enum_field_types types[] = {
        [DUET_VALUE_NULL] = MYSQL_TYPE_NULL,
        [DUET_VALUE_INTEGER] = MYSQL_TYPE_LONGLONG,
        [DUET_VALUE_UNSIGNED] = MYSQL_TYPE_LONGLONG,
        [DUET_VALUE_DOUBLE] = MYSQL_TYPE_DOUBLE,
        [DUET_VALUE_DECIMAL] = MYSQL_TYPE_NEWDECIMAL,
        [DUET_VALUE_TEXT] = MYSQL_TYPE_STRING,
        [DUET_VALUE_BYTES] = MYSQL_TYPE_BLOB,
        [DUET_VALUE_DATE] = MYSQL_TYPE_DATE,
        [DUET_VALUE_TIME] = MYSQL_TYPE_TIME,
        [DUET_VALUE_DATE_TIME] = MYSQL_TYPE_DATETIME,
    };

    *out_bind = (MYSQL_BIND){
        .buffer_type = types[value->type],
        .buffer = (void *)(uintptr_t)&value->integer,
        .is_unsigned = value->type == DUET_VALUE_UNSIGNED,
    };
    if (duet__value_is_text(value)) {
        out_bind->buffer = (void *)(uintptr_t)value->text.bytes;
        out_bind->buffer_length = value->text.count;
        if (value->text.bytes == NULL)
            out_bind->buffer_type = MYSQL_TYPE_NULL;
    } else if (value->type >= DUET_VALUE_DATE) {
        to_connector(value, time);
        out_bind->buffer = time;
    }
}

/* --- made by programs ----------------------------------------------------- */

duet_value duet_null_value(void)
{
    return (duet_value){.type = DUET_VALUE_NULL};
}

duet_value duet_integer_value(int64_t integer)
{
    return (duet_value){.type = DUET_VALUE_INTEGER, .integer = integer};
}

duet_value duet_unsigned_value(uint64_t integer)
{
    return (duet_value){.type = DUET_VALUE_UNSIGNED,
                        .unsigned_integer = integer};
}

duet_value duet_double_value(double number)
{
    return (duet_value){.type = DUET_VALUE_DOUBLE, .number = number};
}

duet_value duet_text_value(const char *text)
{
    if (text == NULL)
        return duet_null_value();
    return (duet_value){.type = DUET_VALUE_TEXT,
                        .text = {.bytes = text, .count = strlen(text)}};
}

duet_value duet_bytes_value(const void *bytes, size_t count)
{
    if (bytes == NULL)
        return duet_null_value();
    return (duet_value){.type = DUET_VALUE_BYTES,
                        .text = {.bytes = bytes, .count = count}};
}

duet_value duet_date_time_value(duet_value_type type, duet_date_time date_time)
{
    return (duet_value){.type = type, .date_time = date_time};
}
