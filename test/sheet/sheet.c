/* SPDX-License-Identifier: MIT */
/* sheet.c - going through a table of options. */
#include "sheet/sheet.h"

#include <stdbool.h>

const max_align_t sheet_zeros[SHEET_ZEROS / sizeof(max_align_t)];

duet_deadline sheet_soon(void)
{
    return duet_in_ms(20000);
}

static bool row_fails(const sheet_row *row, int status, int descriptors)
{
    int left = test_open_descriptors() - descriptors;

    if (status != row->expected)
        print_error("%s: %s (%s), expected %s\n", row->text,
                    duet_error_name(status), duet_error_message(status),
                    duet_error_name(row->expected));
    if (left != 0)
        print_error("%s: %d descriptors left\n", row->text, left);
    return status != row->expected || left != 0;
}

static int use_row(void *row)
{
    const sheet_row *self = row;

    return self->use(self->options);
}

static void check(const sheet_row *rows, size_t count, bool in_tasks)
{
    int failed = 0;

    for (size_t i = 0; i < count; i++) {
        int descriptors = test_open_descriptors();
        void *row = (void *)(uintptr_t)&rows[i];
        int status = in_tasks ? duet_run(use_row, row, NULL) : use_row(row);

        failed += row_fails(&rows[i], status, descriptors);
    }
    assert_int_equal(failed, 0);
}

void sheet_check(const sheet_row *rows, size_t count)
{
    check(rows, count, false);
}

void sheet_check_in_tasks(const sheet_row *rows, size_t count)
{
    check(rows, count, true);
}
