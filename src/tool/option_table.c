/* SPDX-License-Identifier: MIT */
/* option_table.c - parses the arguments in one pass. Owns nothing. */
#include "tool/option_table.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

/* The current position in the arguments. */
typedef struct cursor {
    const duet__option_table *table;
    void *context;
    char *const *next;
    char *const *end;
} cursor;

static const duet__option *find_name(const duet__option_table *table,
                                     duet__text name)
{
    for (size_t i = 0; i < table->count; i++) {
        if (duet__text_equal(name, duet__text_from(table->options[i].name)))
            return &table->options[i];
    }
    return NULL;
}

static const duet__option *find_letter(const duet__option_table *table,
                                       char letter)
{
    for (size_t i = 0; i < table->count; i++) {
        if (table->options[i].letter == letter)
            return &table->options[i];
    }
    return NULL;
}

/* Calls set(), with `value` or, if that is NULL, the next argument. `shown` is
 * the option as it was typed. */
static int apply(cursor *cursor, const duet__option *option, duet__text shown,
                 const char *value)
{
    char detail[512];
    int status;

    if (option->has_value && value == NULL) {
        if (cursor->next == cursor->end)
            return duet__fail(DUET_EINVAL, "%.*s needs a value",
                              DUET__TEXT_ARGUMENTS(shown));
        value = *cursor->next++;
    }
    status = option->set(cursor->context, value);
    if (status == 0)
        return 0;
    snprintf(detail, sizeof detail, "%s", duet_error_message(status));
    return duet__fail(status, "%.*s: %s", DUET__TEXT_ARGUMENTS(shown), detail);
}

/* "--name", "--name=value" */
static int parse_name(cursor *cursor, const char *argument)
{
    const char *equals = strchr(argument, '=');
    duet__text shown = duet__text_of(argument, strcspn(argument, "="));
    const duet__option *option =
        find_name(cursor->table, duet__text_skip(shown, 2));

    if (option == NULL)
        return duet__fail(DUET_EINVAL, "unknown option %.*s",
                          DUET__TEXT_ARGUMENTS(shown));
    if (equals != NULL && !option->has_value)
        return duet__fail(DUET_EINVAL, "%.*s takes no value",
                          DUET__TEXT_ARGUMENTS(shown));
    return apply(cursor, option, shown, equals != NULL ? equals + 1 : NULL);
}

/* "-n", "-n4", "-qn4" */
static int parse_letters(cursor *cursor, const char *argument)
{
    for (const char *letter = argument + 1; *letter != '\0'; letter++) {
        const char text[] = {'-', *letter, '\0'};
        const duet__option *option = find_letter(cursor->table, *letter);
        const char *value = NULL;
        int status;

        if (option == NULL)
            return duet__fail(DUET_EINVAL, "unknown option %s", text);
        if (option->has_value && letter[1] != '\0')
            value = letter + 1;
        status = apply(cursor, option, duet__text_of(text, 2), value);
        if (status != 0 || option->has_value)
            return status;
    }
    return 0;
}

int duet__options_parse(const duet__option_table *table, int count,
                        char *const *arguments, void *context)
{
    cursor cursor = {.table = table,
                     .context = context,
                     .next = arguments,
                     .end = count > 0 ? arguments + count : arguments};
    bool only_operands = false;
    int status = 0;

    while (status == 0 && cursor.next < cursor.end) {
        const char *argument = *cursor.next++;

        if (only_operands || argument[0] != '-' || argument[1] == '\0')
            status = table->operand(context, argument);
        else if (strcmp(argument, "--") == 0)
            only_operands = true;
        else if (argument[1] == '-')
            status = parse_name(&cursor, argument);
        else
            status = parse_letters(&cursor, argument);
    }
    return status;
}
