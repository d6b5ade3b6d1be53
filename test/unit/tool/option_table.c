/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdio.h>

#include "base/error.h"
#include "tool/option_table.h"

/* What was called, as one text: "n=4 q o:x ". */
static char calls[200];

static void note(const char *what, const char *value)
{
    size_t length = strlen(calls);

    snprintf(calls + length, sizeof calls - length, "%s%s ", what, value);
}

static int set_number(void *context, const char *value)
{
    (void)context;
    if (strcmp(value, "bad") == 0)
        return duet__fail(DUET_ERANGE, "'bad' is bad");
    note("n=", value);
    return 0;
}

static int set_quiet(void *context, const char *value)
{
    (void)context;
    assert_null(value);
    note("q", "");
    return 0;
}

static int add_operand(void *context, const char *text)
{
    (void)context;
    note("o:", text);
    return 0;
}

static const duet__option options[] = {{'n', "number", true, set_number},
                                       {'q', "quiet", false, set_quiet},
                                       {0, "long-quiet", false, set_quiet}};

static int parse(int count, char **arguments)
{
    const duet__option_table table = {options, 3, add_operand};

    calls[0] = '\0';
    return duet__options_parse(&table, count, arguments, NULL);
}

#define PARSE(...)                                                             \
    parse(sizeof((char *[]){__VA_ARGS__}) / sizeof(char *),                    \
          (char *[]){__VA_ARGS__})

static void every_form_is_read_in_order(void **state)
{
    (void)state;
    assert_status(PARSE("-n", "4", "-n5", "--number", "6", "--number=7", "-q",
                        "--quiet", "--long-quiet", "-qn8", "-qqn", "9"),
                  0);
    assert_string_equal(calls, "n=4 n=5 n=6 n=7 q q q q n=8 q q n=9 ");
    assert_status(PARSE("--number=", "-n", "", "-n", "-q"), 0);
    assert_string_equal(calls, "n= n= n=-q ");
}

static void operands_mix_with_options(void **state)
{
    (void)state;
    assert_status(PARSE("a", "-q", "-", "", "--", "-q", "--", "-n"), 0);
    assert_string_equal(calls, "o:a q o:- o: o:-q o:-- o:-n ");
    assert_status(parse(0, NULL), 0);
    assert_string_equal(calls, "");
}

static void mistakes_are_named(void **state)
{
    (void)state;
    assert_status(PARSE("--wat=1"), DUET_EINVAL);
    assert_string_equal(duet_error_detail(), "unknown option --wat");
    assert_status(PARSE("-qx"), DUET_EINVAL);
    assert_string_equal(duet_error_detail(), "unknown option -x");
    assert_status(PARSE("--num", "4"), DUET_EINVAL);
    assert_status(PARSE("-n"), DUET_EINVAL);
    assert_string_equal(duet_error_detail(), "-n needs a value");
    assert_status(PARSE("--number"), DUET_EINVAL);
    assert_status(PARSE("--quiet=yes"), DUET_EINVAL);
    assert_string_equal(duet_error_detail(), "--quiet takes no value");
    assert_status(PARSE("--number=bad"), DUET_ERANGE);
    assert_string_equal(duet_error_detail(), "--number: 'bad' is bad");
}

TEST_MAIN(test(every_form_is_read_in_order), test(operands_mix_with_options),
          test(mistakes_are_named))
