/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "http/head/field_parameters.h"

/* Reads a value and writes what was found: "type|name=value|name=value", with
 * an asterisk before a value that was quoted; "!" at a flaw. */
static void assert_read(const char *value, const char *expected)
{
    duet__text rest = duet__text_from(value);
    duet__text type = duet__field_parameters_begin(&rest);
    duet__field_parameter parameter;
    char found[200];
    size_t length;
    int status;

    memcpy(found, type.bytes, type.length);
    length = type.length;
    while ((status = duet__field_parameters_next(&rest, &parameter)) > 0) {
        found[length++] = '|';
        memcpy(found + length, parameter.name.bytes, parameter.name.length);
        length += parameter.name.length;
        found[length++] = '=';
        if (parameter.is_quoted)
            found[length++] = '*';
        length += duet__field_parameter_unquote(&parameter, found + length);
    }
    if (status != 0) {
        assert_status(status, DUET_EFIELD);
        found[length++] = '!';
    }
    found[length] = '\0';
    assert_string_equal(found, expected);
}

static void parameters_are_told_in_their_order(void **state)
{
    (void)state;
    assert_read("text/html", "text/html");
    assert_read("  text/html\t", "text/html");
    assert_read("text/html;charset=utf-8", "text/html|charset=utf-8");
    assert_read("a/b \t; \tc=d ;e=f", "a/b|c=d|e=f");
    assert_read("a; b=c; b=d", "a|b=c|b=d");
    assert_read("", "");
    assert_read(";a=b", "|a=b");
}

static void empty_parameters_are_skipped(void **state)
{
    (void)state;
    assert_read("a;", "a");
    assert_read("a; ;; b=c ; ;", "a|b=c");
}

static void quotes_hold_delimiters_blanks_and_nothing(void **state)
{
    (void)state;
    assert_read("a; b=\"c; d=e\"; f=g", "a|b=*c; d=e|f=g");
    assert_read("a; b=\"\"", "a|b=*");
    assert_read("a; b=\"\xC3\xA9\t\"", "a|b=*\xC3\xA9\t");
}

static void backslash_escapes_quote_backslash_and_blank_only(void **state)
{
    (void)state;
    assert_read("a; b=\"\\\"\\\\\"", "a|b=*\"\\");
    assert_read("a; b=\"x\\ y\\\tz\"", "a|b=*x y\tz");
    assert_read("a; b=\"C:\\dir\\new.txt\"", "a|b=*C:\\dir\\new.txt");
    assert_read("a; b=\"x\\\"; c=d", "a!");
    assert_read("a; b=\"x\\\\\"; c=d", "a|b=*x\\|c=d");
}

static void malformed_rest_is_a_flaw(void **state)
{
    static const char *const values[] = {
        "a; b",      "a; =c",      "a; b=",        "a; b =c",    "a; b= c",
        "a; b=\"c",  "a; b=\"",    "a; b=\"c\\\"", "a; b=c d",   "a; b=\"c\"d",
        "a; b=c=d",  "a; b=c/d",   "a; b=\"c\"=d", "a; \"b\"=c", "a; b=c\"\"",
        "a; b=\xC3", "a; b\xC3=c", "a; b=c, d"};

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        duet__text rest = duet__text_from(values[i]);
        duet__field_parameter parameter;
        int status;

        duet__field_parameters_begin(&rest);
        do
            status = duet__field_parameters_next(&rest, &parameter);
        while (status > 0);
        assert_status(status, DUET_EFIELD);
    }
}

TEST_MAIN(test(parameters_are_told_in_their_order),
          test(empty_parameters_are_skipped),
          test(quotes_hold_delimiters_blanks_and_nothing),
          test(backslash_escapes_quote_backslash_and_blank_only),
          test(malformed_rest_is_a_flaw))
