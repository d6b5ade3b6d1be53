/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdlib.h>

#include <duet/streams.h>

#include "form/field.h"
#include "support/memory.h"
#include "support/script.h"

static duet_form_field *make(const char *name,
                             const duet_form_part_options *options)
{
    duet_form_field *field;

    assert_status(duet__form_field_new(name, options, &field), 0);
    return field;
}

static void assert_head(const char *name, const char *filename,
                        const char *type, const char *expected)
{
    const duet_form_part_options options = {filename, type};
    duet_form_field *field = make(name, &options);

    assert_string_equal(field->head, expected);
    assert_int_equal(field->head_length, strlen(expected));
    duet__form_field_free(field);
}

static void head_has_the_names_and_the_type(void **state)
{
    (void)state;
    assert_head("a", NULL, NULL,
                "Content-Disposition: form-data; name=\"a\"\r\n\r\n");
    assert_head("a", NULL, "text/x; y=\"z\"",
                "Content-Disposition: form-data; name=\"a\"\r\n"
                "Content-Type: text/x; y=\"z\"\r\n\r\n");
    assert_head("a", "b.bin", NULL,
                "Content-Disposition: form-data; name=\"a\"; "
                "filename=\"b.bin\"\r\n"
                "Content-Type: application/octet-stream\r\n\r\n");
}

static void no_name_and_no_type_adds_a_line(void **state)
{
    static const duet_form_part_options bad[] = {
        {.content_type = "text/plain\r\nX-Evil: 1"},
        {.content_type = "text/plain\n"},
        {.content_type = ""},
        {.filename = "a\x01"},
        {.filename = "a", .content_type = "\x7F"}};
    duet_form_field *field;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_status(duet__form_field_new("a", &bad[i], &field), DUET_EFIELD);
        assert_null(field);
    }
    assert_status(duet__form_field_new("\x1B", NULL, &field), DUET_EFIELD);
    assert_head("a\r\nX-Evil: 1", "\"\r\n\r\n--", "x/y",
                "Content-Disposition: form-data; "
                "name=\"a%0D%0AX-Evil: 1\"; "
                "filename=\"%22%0D%0A%0D%0A--\"\r\n"
                "Content-Type: x/y\r\n\r\n");
}

static void bytes_are_lent_where_they_are_and_again(void **state)
{
    duet_form_field *field = make("a", NULL);
    char *bytes = strdup("hello");
    const char *lent;
    size_t length;

    (void)state;
    duet__form_field_set_bytes(field, bytes, 5);
    assert_true(duet__form_field_is_plain(field));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(duet_reader_remaining(field->reader), 5);
        assert_status(duet_read_next(field->reader, &lent, &length, DUET_NOW),
                      0);
        assert_ptr_equal(lent, bytes);
        assert_int_equal(length, 5);
        assert_int_equal(duet_reader_remaining(field->reader), 0);
        assert_status(duet_read_next(field->reader, &lent, &length, DUET_NOW),
                      DUET_EEMPTY);
        assert_status(duet_reader_rewind(field->reader, DUET_NOW), 0);
    }
    duet__form_field_free(field);
}

static void empty_bytes_are_a_content(void **state)
{
    duet_form_field *field = make("a", NULL);
    char byte;

    (void)state;
    assert_status(duet__form_field_copy_bytes(field, NULL, 0), 0);
    assert_string_equal(field->bytes, "");
    assert_status(duet_read_exactly(field->reader, &byte, 1, DUET_NOW),
                  DUET_EEMPTY);
    duet__form_field_free(field);
}

static void reader_is_closed_with_the_field(void **state)
{
    static const test_piece pieces[] = {{"abc", 0}, {NULL, 0}};
    test_script script = {.pieces = pieces};
    duet_form_field *field = make("a", NULL);

    (void)state;
    duet__form_field_set_reader(field, test_script_reader(&script));
    assert_false(duet__form_field_is_plain(field));
    assert_ptr_equal(duet_form_field_reader(field), field->reader);
    duet__form_field_free(field);
    assert_int_equal(script.closed, 1);
    duet__form_field_free(NULL);
}

static void file_is_closed_with_the_field(void **state)
{
    duet_form_field *field = make("a", NULL);
    const duet__file_content file = {.path = strdup("missing"), .length = 3};

    (void)state;
    duet__form_field_set_file(field, file);
    assert_false(duet__form_field_is_plain(field));
    assert_int_equal(duet_reader_remaining(field->reader), 3);
    duet__form_field_free(field);
}

static int make_once(void)
{
    const duet_form_part_options options = {"b", "c/d"};
    duet_form_field *field;
    int status = duet__form_field_new("a", &options, &field);

    if (status == 0)
        status = duet__form_field_copy_bytes(field, "x", 1);
    duet__form_field_free(field);
    return status;
}

static void lack_of_memory_leaves_nothing(void **state)
{
    (void)state;
    test_each_allocation_failing(make_once, 6);
}

TEST_MAIN(test(head_has_the_names_and_the_type),
          test(no_name_and_no_type_adds_a_line),
          test(bytes_are_lent_where_they_are_and_again),
          test(empty_bytes_are_a_content),
          test(reader_is_closed_with_the_field),
          test(file_is_closed_with_the_field),
          test(lack_of_memory_leaves_nothing))
