/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdio.h>

#include "http/head/fields.h"
#include "support/fuzz.h"
#include "support/memory.h"

static duet_fields *new_fields(void)
{
    duet_fields *fields;

    assert_status(duet_fields_new(NULL, &fields), 0);
    return fields;
}

static void name_is_found_in_any_case(void **state)
{
    duet_fields *fields = new_fields();

    (void)state;
    assert_status(duet_fields_add(fields, "Content-Type", "text/html"), 0);
    assert_string_equal(duet_fields_get(fields, "CONTENT-tYPE"), "text/html");
    assert_null(duet_fields_get(fields, "Content-Typ"));
    assert_int_equal(duet_fields_remove(fields, "content-type"), 1);
    assert_int_equal(duet_fields_remove(fields, "content-type"), 0);
    assert_int_equal(duet_fields_count(fields), 0);
    duet_fields_free(fields);
    duet_fields_free(NULL);
}

static void repeated_name_keeps_all_values_in_order(void **state)
{
    duet_fields *fields = new_fields();
    size_t position = 0;
    duet__text only;

    (void)state;
    assert_status(duet_fields_add(fields, "Set-Cookie", "a=1"), 0);
    assert_status(duet_fields_add(fields, "X", "y"), 0);
    assert_status(duet_fields_add(fields, "set-cookie", "b=2"), 0);
    assert_string_equal(duet_fields_get_next(fields, "Set-cookie", &position),
                        "a=1");
    assert_string_equal(duet_fields_get_next(fields, "Set-cookie", &position),
                        "b=2");
    assert_null(duet_fields_get_next(fields, "Set-cookie", &position));
    assert_int_equal(duet__fields_only(fields, "SET-COOKIE", &only), 2);
    assert_string_equal(only.bytes, "a=1");
    assert_int_equal(duet__fields_only(fields, "none", &only), 0);
    assert_int_equal(only.length, 0);
    duet_fields_free(fields);
}

static void walk_gives_every_field_as_it_was_written(void **state)
{
    duet_fields *fields = new_fields();
    size_t position = 0;
    const char *name;
    const char *value;

    (void)state;
    assert_status(duet_fields_add(fields, "B-b", "1"), 0);
    assert_status(duet_fields_add(fields, "A", ""), 0);
    assert_true(duet_fields_next(fields, &position, &name, &value));
    assert_string_equal(name, "B-b");
    assert_string_equal(value, "1");
    assert_true(duet_fields_next(fields, &position, &name, &value));
    assert_string_equal(name, "A");
    assert_string_equal(value, "");
    assert_false(duet_fields_next(fields, &position, &name, &value));
    duet_fields_free(fields);
}

static void set_replaces_all_of_its_name_and_no_other(void **state)
{
    duet_fields *fields = new_fields();

    (void)state;
    assert_status(duet_fields_add(fields, "A", "1"), 0);
    assert_status(duet_fields_add(fields, "B", "2"), 0);
    assert_status(duet_fields_add(fields, "a", "3"), 0);
    assert_status(duet_fields_set(fields, "A", "4"), 0);
    assert_int_equal(duet_fields_count(fields), 2);
    assert_string_equal(duet_fields_get(fields, "a"), "4");
    assert_string_equal(duet_fields_get(fields, "b"), "2");
    duet_fields_free(fields);
}

static void own_texts_may_be_given_back(void **state)
{
    duet_fields *fields = new_fields();
    size_t position = 0;
    const char *name;
    const char *value;

    (void)state;
    assert_status(duet_fields_add(fields, "A", "first"), 0);
    assert_status(duet_fields_add(fields, "A", "second"), 0);
    assert_status(duet_fields_add(fields, "B", "third"), 0);
    assert_status(duet_fields_set(fields, "A", duet_fields_get(fields, "a")),
                  0);
    assert_string_equal(duet_fields_get(fields, "A"), "first");
    assert_status(duet_fields_add(fields, "A", "fourth"), 0);
    assert_true(duet_fields_next(fields, &position, &name, &value));
    assert_true(duet_fields_next(fields, &position, &name, &value));
    assert_int_equal(duet_fields_remove(fields, name), 2);
    assert_string_equal(duet_fields_get(fields, "B"), "third");
    duet_fields_free(fields);
}

static void names_that_are_no_tokens_are_refused(void **state)
{
    static const char *const names[] = {"",   " A",    "A ",    "A:",  "A\t",
                                        "Ä",  "A\r",   "A\nB",  "(A)", "A/B",
                                        "A,", "\"A\"", "A\x7f", "{A}", "A=B"};
    duet_fields *fields = new_fields();

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_status(duet_fields_add(fields, names[i], "v"), DUET_EFIELD);
        assert_status(duet_fields_set(fields, names[i], "v"), DUET_EFIELD);
    }
    assert_status(duet_fields_add_bytes(fields, "A\0B", 3, "v", 1),
                  DUET_EFIELD);
    assert_int_equal(duet_fields_count(fields), 0);
    duet_fields_free(fields);
}

static void values_have_no_control_characters_but_the_tab(void **state)
{
    duet_fields *fields = new_fields();

    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        char value[3] = {'a', (char)byte, 'b'};
        bool refused = (byte < 0x20 && byte != '\t') || byte == 0x7f;

        assert_status(duet_fields_add_bytes(fields, "X", 1, value, 3),
                      refused ? DUET_EFIELD : 0);
    }
    assert_status(duet_fields_add(fields, "X", "ok\r\nEvil: 1"), DUET_EFIELD);
    assert_string_equal(duet_error_detail(),
                        "header field X: byte 3 of the value is the control "
                        "character 0x0d");
    duet_fields_free(fields);
}

static void blanks_around_a_value_are_dropped(void **state)
{
    duet_fields *fields = new_fields();

    (void)state;
    assert_status(duet_fields_add(fields, "X", " \t a \xe4 b\t "), 0);
    assert_string_equal(duet_fields_get(fields, "X"), "a \xe4 b");
    assert_status(duet_fields_set(fields, "X", "  "), 0);
    assert_string_equal(duet_fields_get(fields, "X"), "");
    duet_fields_free(fields);
}

static void limits_hold_and_leave_the_fields_as_they_were(void **state)
{
    const duet_fields_options options = {.count_max = 2, .bytes_max = 12};
    duet_fields *fields;

    (void)state;
    assert_status(duet_fields_new(&options, &fields), 0);
    assert_status(duet_fields_add(fields, "A", "123456789"), 0);
    assert_status(duet_fields_add(fields, "B", ""), DUET_ETOOLARGE);
    assert_status(duet_fields_set(fields, "A", "1234567890"), DUET_ETOOLARGE);
    assert_string_equal(duet_fields_get(fields, "A"), "123456789");
    assert_status(duet_fields_set(fields, "a", "987654321"), 0);
    assert_string_equal(duet_fields_get(fields, "A"), "987654321");
    assert_status(duet_fields_set(fields, "A", "1"), 0);
    assert_status(duet_fields_add(fields, "A", "2"), 0);
    assert_status(duet_fields_add(fields, "C", ""), DUET_ETOOLARGE);
    assert_status(duet_fields_set(fields, "A", "3"), 0);
    assert_int_equal(duet_fields_count(fields), 1);
    duet_fields_free(fields);
}

static void options_below_no_limit_are_refused(void **state)
{
    const duet_fields_options options = {.bytes_max = -5};
    duet_fields *fields = (duet_fields *)1;

    (void)state;
    assert_status(duet_fields_new(&options, &fields), DUET_EINVAL);
    assert_null(fields);
}

static void merge_replaces_by_name_and_keeps_repeats(void **state)
{
    duet_fields *to = new_fields();
    duet_fields *from = new_fields();

    (void)state;
    assert_status(duet_fields_add(to, "A", "old"), 0);
    assert_status(duet_fields_add(to, "B", "stays"), 0);
    assert_status(duet_fields_add(from, "a", "1"), 0);
    assert_status(duet_fields_add(from, "a", "2"), 0);
    assert_status(duet__fields_merge(to, from), 0);
    assert_int_equal(duet_fields_count(to), 3);
    assert_string_equal(duet_fields_get(to, "A"), "1");
    assert_string_equal(duet_fields_get(to, "B"), "stays");
    duet_fields_free(to);
    duet_fields_free(from);
}

static void random_calls_never_break_the_list(void **state)
{
    uint64_t seed = 1;
    duet_fields *fields = new_fields();

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char name[4] = {0};
        char value[9] = {0};

        fuzz_fill(&seed, "aAbBcC-", 7, name, 3);
        fuzz_fill(&seed, "xyz \t", 5, value, 8);
        switch (fuzz_next(&seed) % 3) {
        case 0:
            duet_fields_remove(fields, name);
            assert_null(duet_fields_get(fields, name));
            break;
        case 1:
            if (duet_fields_add(fields, name, value) == 0)
                assert_non_null(duet_fields_get(fields, name));
            break;
        default:
            if (duet_fields_set(fields, name, value) == 0)
                assert_int_equal(duet_fields_remove(fields, name), 1);
        }
    }
    assert_true(duet_fields_count(fields) <= 256);
    duet_fields_free(fields);
}

/* More than what the fields have room for at first. */
static int add_and_set(void)
{
    static char value[600];
    duet_fields *fields;
    int status = duet_fields_new(NULL, &fields);

    memset(value, 'v', sizeof value - 1);
    for (int i = 0; i < 20 && status == 0; i++)
        status = duet_fields_add(fields, "A", i == 10 ? value : "b");
    if (status == 0)
        status = duet_fields_set(fields, "A", "c");
    duet_fields_free(fields);
    return status;
}

static void each_failed_allocation_is_told(void **state)
{
    (void)state;
    test_each_allocation_failing(add_and_set, 3);
}

static void unfold_continues_the_last_field(void **state)
{
    duet_fields *fields;

    (void)state;
    assert_status(duet_fields_new(NULL, &fields), 0);
    assert_status(duet__fields_unfold(fields, DUET__TEXT(" x")), DUET_EFIELD);
    assert_status(duet_fields_add(fields, "A", "1"), 0);
    assert_status(duet__fields_unfold(fields, DUET__TEXT(" \t2 ")), 0);
    assert_string_equal(duet_fields_get(fields, "A"), "1 2");
    assert_status(duet__fields_unfold(fields, DUET__TEXT("\x01")), DUET_EFIELD);
    assert_string_equal(duet_fields_get(fields, "A"), "1 2");
    duet_fields_free(fields);
}

static bool has(const char *list)
{
    return duet__field_list_has(duet__text_from(list), DUET__TEXT("Close"));
}

static void member_of_a_list_is_found_whole_and_in_any_case(void **state)
{
    (void)state;
    assert_true(has("close"));
    assert_true(has("a, CLOSE"));
    assert_true(has(",\tclose ,b"));
    assert_false(has(""));
    assert_false(has(NULL));
    assert_false(has("closed, a close, clos"));
}

TEST_MAIN(test(name_is_found_in_any_case),
          test(member_of_a_list_is_found_whole_and_in_any_case),
          test(repeated_name_keeps_all_values_in_order),
          test(walk_gives_every_field_as_it_was_written),
          test(set_replaces_all_of_its_name_and_no_other),
          test(own_texts_may_be_given_back),
          test(names_that_are_no_tokens_are_refused),
          test(values_have_no_control_characters_but_the_tab),
          test(blanks_around_a_value_are_dropped),
          test(limits_hold_and_leave_the_fields_as_they_were),
          test(options_below_no_limit_are_refused),
          test(unfold_continues_the_last_field),
          test(merge_replaces_by_name_and_keeps_repeats),
          test(random_calls_never_break_the_list),
          test(each_failed_allocation_is_told))
