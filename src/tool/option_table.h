/* SPDX-License-Identifier: MIT */
/* option_table.h - parses command lines with a table of options.
 *
 * "-n 4", "-n4", "--at-once 4" and "--at-once=4" are the same; "-qk" is
 * "-q -k"; options and operands may be mixed; everything after "--" is an
 * operand, and so is "-" alone. */
#ifndef DUET_TOOL_OPTION_TABLE_H
#define DUET_TOOL_OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include <duet/export.h>

typedef struct duet__option {
    char letter;      /* 0: none */
    const char *name; /* without "--" */
    bool has_value;
    /* Returns 0 or an error with detail; `value` is NULL without has_value. */
    int (*set)(void *context, const char *value);
} duet__option;

typedef struct duet__option_table {
    const duet__option *options;
    size_t count;
    int (*operand)(void *context, const char *text); /* as duet__option.set */
} duet__option_table;

/* Calls set() and operand() in the order of the arguments.
 *
 *   arguments  count texts, without the names of program and command
 *
 * Returns 0; DUET_EINVAL with detail if an option is unknown, or lacks its
 * value, or has an unexpected one; or the first error of a callback, its detail
 * preceded by the option's name. */
DUET_MUST_USE int duet__options_parse(const duet__option_table *table,
                                      int count, char *const *arguments,
                                      void *context);

#endif
