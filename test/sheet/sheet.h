/* SPDX-License-Identifier: MIT */
/* sheet.h - a table of options, each with a value and the code that the
 * contract of the call names for it.
 *
 *     static int use_duet_queue_options(const void *options) {...}
 *
 *     static const sheet_row rows[] = {
 *         ROW(duet_queue_options, capacity, INT64_MAX, 0),
 *     };
 *
 * What is used returns the code of the call that takes the options; if that is
 * 0, it has done something small with what it got, and freed it. options.py
 * reads these rows: each field of each options struct must have its own. */
#ifndef DUET_TEST_SHEET_SHEET_H
#define DUET_TEST_SHEET_SHEET_H

#include <duet/duet.h>

#include "support/test.h"

typedef struct sheet_row {
    const char *text;
    const void *options; /* NULL for all defaults */
    int expected;
    int (*use)(const void *options);
} sheet_row;

/* One field has this value, the others are 0. */
#define ROW(type, field, number, status)                                       \
    {                                                                          \
        .text = #type "." #field " = " #number,                                \
        .options = &(const type){.field = (number)}, .expected = (status),     \
        .use = use_##type                                                      \
    }

/* The same beside another field, "compare = first_less", that it needs. */
#define ROW_WITH(type, field, number, status, other)                           \
    {                                                                          \
        .text = #type "." #field " = " #number,                                \
        .options = &(const type){.field = (number), .other},                   \
        .expected = (status), .use = use_##type                                \
    }

/* For structs whose fields are all 0. */
enum { SHEET_ZEROS = 512 };
extern const max_align_t sheet_zeros[SHEET_ZEROS / sizeof(max_align_t)];

/* All fields are 0, and no struct at all. */
#define DEFAULTS(type)                                                         \
    {.text = #type,                                                            \
     .options =                                                                \
         &sheet_zeros[0 * sizeof(char[sizeof(type) <= SHEET_ZEROS ? 1 : -1])], \
     .use = use_##type},                                                       \
    {                                                                          \
        .text = #type " = NULL", .use = use_##type                             \
    }

/* Uses each row and fails if one has another result than expected, or leaves a
 * descriptor open. Not in a task. */
void sheet_check(const sheet_row *rows, size_t count);

/* The same, each row in a task of its own loop. */
void sheet_check_in_tasks(const sheet_row *rows, size_t count);

/* A deadline that no sound test reaches. */
duet_deadline sheet_soon(void);

#define SHEET_CASE(name, check, rows)                                          \
    static void name(void **state)                                             \
    {                                                                          \
        (void)state;                                                           \
        check(rows, sizeof(rows) / sizeof *(rows));                            \
    }

#endif
