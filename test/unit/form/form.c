/* SPDX-License-Identifier: MIT */
#include "support/in_task.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <duet/form.h>

#include "support/folder.h"
#include "support/memory.h"
#include "support/script.h"

static duet_form *make(void)
{
    duet_form *form;

    assert_status(duet_form_new(NULL, &form), 0);
    return form;
}

/* Reads the body; the boundary is written as "*" in what is expected. */
static void assert_body(duet_form *form, const char *expected)
{
    static const char type[] = "multipart/form-data; boundary=";
    const char *boundary = duet_form_content_type(form) + strlen(type);
    size_t length = strlen(boundary);
    char found[1000] = "";
    size_t written = 0;
    char *bytes;

    assert_memory_equal(duet_form_content_type(form), type, strlen(type));
    assert_status(duet_read_all(duet_form_reader(form), DUET_NO_LIMIT, &bytes,
                                NULL, DUET_NEVER),
                  0);
    for (const char *at = bytes; *at != '\0';) {
        bool is_boundary = strncmp(at, boundary, length) == 0;

        found[written++] = is_boundary ? '*' : *at;
        at += is_boundary ? length : 1;
    }
    assert_string_equal(found, expected);
    free(bytes);
}

static void form_of_texts_is_urlencoded(void **state)
{
    duet_form *form = make();
    char *bytes;

    (void)state;
    assert_status(duet_form_add_text(form, "a b", "\xC3\xA9&="), 0);
    assert_status(duet_form_add_bytes(form, "", "x\0", 2, NULL), 0);
    assert_status(duet_form_add_text(form, "a b", ""), 0);
    assert_string_equal(duet_form_content_type(form),
                        "application/x-www-form-urlencoded");
    assert_int_equal(duet_reader_remaining(duet_form_reader(form)), 27);
    assert_status(duet_read_all(duet_form_reader(form), DUET_NO_LIMIT, &bytes,
                                NULL, DUET_NOW),
                  0);
    assert_string_equal(bytes, "a+b=%C3%A9%26%3D&=x%00&a+b=");
    free(bytes);
    duet_form_free(form);
    duet_form_free(NULL);
}

static void option_makes_texts_multipart(void **state)
{
    const duet_form_options options = {.multipart = true};
    duet_form *form;

    (void)state;
    assert_status(duet_form_new(&options, &form), 0);
    assert_status(duet_form_add_text(form, "a", "b"), 0);
    assert_body(form, "--*\r\nContent-Disposition: form-data; name=\"a\"\r\n"
                      "\r\nb\r\n--*--\r\n");
    duet_form_free(form);
}

static void boundaries_differ(void **state)
{
    const duet_form_part_options options = {.content_type = "x/y"};
    duet_form *one = make();
    duet_form *other = make();

    (void)state;
    assert_status(duet_form_add_bytes(one, "a", "", 0, &options), 0);
    assert_status(duet_form_add_bytes(other, "a", "", 0, &options), 0);
    assert_string_not_equal(duet_form_content_type(one),
                            duet_form_content_type(other));
    duet_form_free(one);
    duet_form_free(other);
}

in_task(files_and_readers_are_parts_with_a_known_length)
{
    const duet_form_part_options options = {.filename = "in \"quotes\"",
                                            .content_type = "text/plain"};
    duet_form *form = make();
    duet_reader *reader;
    int64_t length;

    test_make_file("file.txt", "hello");
    assert_status(duet_memory_reader("world", 5, &reader), 0);
    assert_status(duet_form_add_file(form, "a", "./file.txt", NULL, DUET_NEVER),
                  0);
    assert_status(duet_form_add_reader(form, "b", reader, &options), 0);
    assert_status(
        duet_form_add_file(form, "c", "file.txt", &options, DUET_NEVER), 0);
    length = duet_reader_remaining(duet_form_reader(form));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(duet_reader_remaining(duet_form_reader(form)), length);
        assert_body(
            form,
            "--*\r\nContent-Disposition: form-data; name=\"a\"; "
            "filename=\"file.txt\"\r\n"
            "Content-Type: application/octet-stream\r\n\r\nhello\r\n"
            "--*\r\nContent-Disposition: form-data; name=\"b\"; "
            "filename=\"in %22quotes%22\"\r\nContent-Type: text/plain\r\n\r\n"
            "world\r\n"
            "--*\r\nContent-Disposition: form-data; name=\"c\"; "
            "filename=\"in %22quotes%22\"\r\nContent-Type: text/plain\r\n\r\n"
            "hello\r\n--*--\r\n");
        assert_int_equal(duet_reader_count(duet_form_reader(form)), length);
        assert_status(duet_reader_rewind(duet_form_reader(form), DUET_NEVER),
                      0);
    }
    duet_form_free(form);
}

in_task(pipe_has_no_length_and_is_read_once)
{
    duet_form *form = make();

    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_status(duet_form_add_file(form, "a", "pipe", NULL, DUET_NEVER), 0);
    assert_int_equal(duet_reader_remaining(duet_form_reader(form)), -1);
    assert_false(duet_reader_can_rewind(duet_form_reader(form)));
    duet_form_free(form);
}

in_task(files_that_cannot_be_sent_are_told_at_once)
{
    duet_form *form = make();

    assert_status(duet_form_add_file(form, "a", "missing", NULL, DUET_NEVER),
                  DUET_ENOENT);
    assert_status(duet_form_add_file(form, "a", "/tmp", NULL, DUET_NEVER),
                  DUET_EISDIR);
    assert_status(duet_form_add_file(form, "a\x01", "/tmp", NULL, DUET_NEVER),
                  DUET_EFIELD);
    assert_int_equal(duet_form_count(form), 0);
    assert_string_equal(duet_form_content_type(form),
                        "application/x-www-form-urlencoded");
    duet_form_free(form);
}

static void reader_is_taken_on_success_only(void **state)
{
    static const test_piece pieces[] = {{"abc", 0}, {NULL, 0}};
    test_script script = {.pieces = pieces};
    duet_reader *reader = test_script_reader(&script);
    duet_form *form = make();

    (void)state;
    assert_status(duet_form_add_reader(form, "\x01", reader, NULL),
                  DUET_EFIELD);
    assert_int_equal(script.closed, 0);
    assert_status(duet_form_add_reader(form, "a", reader, NULL), 0);
    duet_form_free(form);
    assert_int_equal(script.closed, 1);
}

static void no_field_is_added_to_a_form_that_is_read(void **state)
{
    duet_form *form = make();

    (void)state;
    assert_ptr_equal(duet_form_reader(form), duet_form_reader(form));
    assert_status(duet_form_add_text(form, "a", "b"), DUET_ESTATE);
    assert_status(duet_form_add_reader(form, "a", NULL, NULL), DUET_ESTATE);
    assert_status(duet_form_add_text(form, "\x01", "b"), DUET_EFIELD);
    assert_int_equal(duet_form_count(form), 0);
    duet_form_free(form);
}

static void fields_are_found_by_name_and_in_order(void **state)
{
    const duet_form_part_options file = {.filename = "x"};
    duet_form *form = make();
    duet_form_field *field;
    size_t position = 0;
    size_t length;

    (void)state;
    assert_status(duet_form_add_bytes(form, "a", "1", 1, &file), 0);
    assert_status(duet_form_add_bytes(form, "a", "2\0003", 3, NULL), 0);
    assert_status(duet_form_add_text(form, "b", "4"), 0);
    for (int i = 0; i < 20; i++)
        assert_status(duet_form_add_text(form, "c", "5"), 0);
    assert_int_equal(duet_form_count(form), 23);
    assert_memory_equal(duet_form_text(form, "a", &length), "2\0003", 4);
    assert_int_equal(length, 3);
    assert_string_equal(duet_form_text(form, "b", NULL), "4");
    assert_null(duet_form_text(form, "A", &length));
    assert_int_equal(length, 0);
    field = duet_form_next(form, "a", &position);
    assert_string_equal(duet_form_field_name(field), "a");
    assert_string_equal(duet_form_field_filename(field), "x");
    assert_string_equal(duet_form_field_content_type(field),
                        "application/octet-stream");
    field = duet_form_next(form, NULL, &position);
    assert_null(duet_form_field_filename(field));
    assert_null(duet_form_field_content_type(field));
    assert_int_equal(duet_reader_remaining(duet_form_field_reader(field)), 3);
    assert_null(duet_form_next(form, "a", &position));
    duet_form_free(form);
}

static int make_once(void)
{
    duet_form *form;
    int status = duet_form_new(NULL, &form);

    for (int i = 0; i < 10 && status == 0; i++)
        status = duet_form_add_text(form, "a", "b");
    if (status == 0)
        status =
            duet_read_skip(duet_form_reader(form), SIZE_MAX, NULL, DUET_NOW);
    duet_form_free(form);
    return status;
}

static void lack_of_memory_leaves_nothing(void **state)
{
    (void)state;
    test_each_allocation_failing(make_once, 20);
}

TEST_MAIN(test(form_of_texts_is_urlencoded), test(option_makes_texts_multipart),
          test(boundaries_differ),
          in_folder(files_and_readers_are_parts_with_a_known_length),
          in_folder(pipe_has_no_length_and_is_read_once),
          in_folder(files_that_cannot_be_sent_are_told_at_once),
          test(reader_is_taken_on_success_only),
          test(no_field_is_added_to_a_form_that_is_read),
          test(fields_are_found_by_name_and_in_order),
          test(lack_of_memory_leaves_nothing))
