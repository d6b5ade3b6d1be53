/* SPDX-License-Identifier: MIT */
/* value.h - converts between the connector's values and duet_value. No I/O. */
#ifndef DUET_DATABASE_VALUE_VALUE_H
#define DUET_DATABASE_VALUE_VALUE_H

#include <mysql.h>

#include <duet/database.h>

/* The type that a column's values have. */
duet_value_type duet__value_type_of(const MYSQL_FIELD *field);

/* Converts a value that the server sent as text.
 *
 *   type   of the column; DUET_VALUE_NULL gives NULL
 *   text   borrowed as long as the value, NUL-terminated beyond `bytes`; NULL
 *          for SQL's NULL
 *
 * A text that is not a number or date gives 0 of its type. */
duet_value duet__value_parse(const MYSQL_FIELD *field, const char *text,
                             size_t bytes);

/* Where the connector stores one column of a prepared statement's row. */
typedef struct duet__cell {
    duet_value_type type;
    bool is_bit;
    union {
        int64_t integer;
        double number;
        MYSQL_TIME time;
    };
    unsigned long bytes; /* of a text: its full length */
    my_bool is_null;
    my_bool is_cut;
} duet__cell;

/* Makes a cell for a column, and the binding that fills it. Texts are not
 * fetched with the row: only their length is.
 *
 *   cell  borrowed as long as the binding */
void duet__cell_bind(duet__cell *cell, const MYSQL_FIELD *field,
                     MYSQL_BIND *out_bind);

/* Is the value a text whose bytes have to be fetched? */
bool duet__cell_is_text(const duet__cell *cell);

/* The value in the cell.
 *
 *   text  of a text; borrowed as long as the value */
duet_value duet__cell_value(const duet__cell *cell, const char *text);

/* A parameter's binding.
 *
 *   value  borrowed as long as the binding
 *   time   room for a date or time; as long as the binding */
void duet__value_bind(const duet_value *value, MYSQL_TIME *time,
                      MYSQL_BIND *out_bind);

/* Does the value hold text? */
static inline bool duet__value_is_text(const duet_value *value)
{
    return value->type == DUET_VALUE_DECIMAL ||
           value->type == DUET_VALUE_TEXT || value->type == DUET_VALUE_BYTES;
}

#endif
