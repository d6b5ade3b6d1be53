/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "http/body/disposition.h"
#include "support/memory.h"

static void assert_text(const char *actual, const char *expected)
{
    if (expected == NULL)
        assert_null(actual);
    else
        assert_string_equal(actual, expected);
}

static void assert_read(const char *value, const char *name,
                        const char *filename)
{
    duet__disposition disposition;

    assert_status(duet__disposition_read(duet__text_from(value), &disposition),
                  0);
    assert_text(disposition.name, name);
    assert_text(disposition.filename, filename);
    duet__disposition_free(&disposition);
}

static void assert_refused(const char *value)
{
    duet__disposition disposition;

    assert_status(duet__disposition_read(duet__text_from(value), &disposition),
                  DUET_EPROTOCOL);
    assert_null(disposition.name);
    assert_null(disposition.filename);
    assert_string_not_equal(duet_error_detail(), "");
}

static void names_are_read_as_browsers_write_them(void **state)
{
    (void)state;
    assert_read("form-data; name=\"a\"", "a", NULL);
    assert_read("form-data; name=a", "a", NULL);
    assert_read("Form-Data; NAME=\"\"; FileName=\"\"", "", "");
    assert_read("form-data; name=\"a b\"; filename=\"\xC3\xA9.txt\"", "a b",
                "\xC3\xA9.txt");
    assert_read("form-data; name=\"%22%0D%0a%0d%41\"; filename=\"%22%20\"",
                "\"\r\n\r%41", "\"%20");
    assert_read("form-data; name=%22", "%22", NULL);
    assert_read("form-data; name=\"%2%22%\"", "%2\"%", NULL);
}

static void names_are_read_as_mail_programs_write_them(void **state)
{
    (void)state;
    assert_read("form-data; name=\"a\\\"b\\\\\"; filename=\"\\\"\"", "a\"b\\",
                "\"");
}

static void name_belongs_to_form_data_only(void **state)
{
    (void)state;
    assert_read("attachment; name=\"a\"; filename=\"b\"", NULL, "b");
    assert_read("inline", NULL, NULL);
    assert_read("form-data", NULL, NULL);
    assert_read("form-data; size=5; name=a", "a", NULL);
}

static void extended_file_name_goes_first_if_it_can_be_read(void **state)
{
    (void)state;
    assert_read("form-data; name=a; filename=b; filename*=UTF-8''%C3%A9%22",
                "a", "\xC3\xA9\"");
    assert_read("attachment; filename*=utf-8'en'%e2%82%ac; filename=b", NULL,
                "\xE2\x82\xAC");
    assert_read("attachment; filename*=ISO-8859-1''%E9; filename=b", NULL, "b");
    assert_read("attachment; filename*=UTF-8''%E9; filename=b", NULL, "b");
    assert_read("attachment; filename*=UTF-8''%00; filename=b", NULL, "b");
    assert_read("attachment; filename*=UTF-8''%4; filename=b", NULL, "b");
    assert_read("attachment; filename*=UTF-8'c; filename=b", NULL, "b");
    assert_read("attachment; filename*=c", NULL, NULL);
    assert_read("attachment; filename*=\"UTF-8''c\"", NULL, NULL);
}

static void extended_name_of_aiohttp_is_read(void **state)
{
    (void)state;
    assert_read("form-data; name*=utf-8''caf%C3%A9; filename=\"x\"",
                "caf\xC3\xA9", "x");
    assert_read("form-data; name=a; name*=UTF-8''b", "b", NULL);
    assert_read("form-data; name=a; name*=UTF-8''%E9", "a", NULL);
    assert_read("attachment; name*=UTF-8''b", NULL, NULL);
    assert_refused("form-data; name*=UTF-8''a; name*=UTF-8''b");
}

static void file_name_is_never_a_path(void **state)
{
    (void)state;
    assert_read("form-data; name=a; filename=\"/etc/passwd\"", "a", "passwd");
    assert_read("form-data; name=a; filename=\"../../x\"", "a", "x");
    assert_read("form-data; name=a; filename=\"C:\\dir\\x.txt\"", "a", "x.txt");
    assert_read("form-data; name=a; filename*=UTF-8''..%2Fx", "a", "x");
    assert_read("form-data; name=a; filename=\"...\"", "a", "...");
    assert_refused("form-data; name=a; filename=\"..\"");
    assert_refused("form-data; name=a; filename=\".\"");
    assert_refused("form-data; name=a; filename=\"x/\"");
    assert_refused("form-data; name=a; filename=\"x/..\"");
    assert_refused("form-data; name=a; filename*=UTF-8''%2E%2e");
}

static void malformed_values_are_refused(void **state)
{
    (void)state;
    assert_refused("");
    assert_refused("; name=a");
    assert_refused("form data; name=a");
    assert_refused("form-data; name=\"a");
    assert_refused("form-data; name=\"a\\\"");
    assert_refused("form-data; name=");
    assert_refused("form-data; name=\"a\" filename=\"b\"");
    assert_refused("form-data; name=a; name=b");
    assert_refused("form-data; name=a; filename=b; FILENAME=c");
    assert_refused("form-data; name=a; filename*=UTF-8''b; filename*=c");
}

/* Writes two names, and reads what was written. */
static void assert_written(const char *name, const char *filename,
                           const char *expected)
{
    duet__text text = duet__text_from(filename);
    duet__buffer buffer;

    duet__buffer_init(&buffer, SIZE_MAX);
    assert_status(duet__disposition_write(&buffer, duet__text_from(name),
                                          filename != NULL ? &text : NULL),
                  0);
    assert_string_equal(buffer.bytes, expected);
    assert_read(buffer.bytes, name, filename);
    duet__buffer_free(&buffer);
}

static void names_are_written_as_browsers_write_them(void **state)
{
    (void)state;
    assert_written("a", NULL, "form-data; name=\"a\"");
    assert_written("", "", "form-data; name=\"\"; filename=\"\"");
    assert_written("a\"; x=\"\r\nX: y", "\"\n\"",
                   "form-data; name=\"a%22; x=%22%0D%0AX: y\"; "
                   "filename=\"%22%0A%22\"");
    assert_written("\xC3\xA9\t;", NULL, "form-data; name=\"\xC3\xA9\t;\"");
}

static void backslashes_are_doubled_only_where_they_would_escape(void **state)
{
    (void)state;
    assert_written("a\\b", NULL, "form-data; name=\"a\\b\"");
    assert_written("a\\", NULL, "form-data; name=\"a\\\\\"");
    assert_written("a\\\\b", NULL, "form-data; name=\"a\\\\\\\\b\"");
    assert_written("a\\ b", NULL, "form-data; name=\"a\\\\ b\"");
    assert_written("\\\"", NULL, "form-data; name=\"\\%22\"");
    assert_written("\\\\\\", NULL, "form-data; name=\"\\\\\\\\\\\\\"");
}

static void control_characters_are_not_written(void **state)
{
    static const char *const names[] = {"\x01", "a\x1F", "\x7F", "\x1B[2J"};
    duet__text filename;
    duet__buffer buffer;

    (void)state;
    duet__buffer_init(&buffer, SIZE_MAX);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        filename = duet__text_from(names[i]);
        assert_status(duet__disposition_write(&buffer, filename, NULL),
                      DUET_EFIELD);
        assert_status(
            duet__disposition_write(&buffer, DUET__TEXT("a"), &filename),
            DUET_EFIELD);
    }
    filename = duet__text_of("\0", 1);
    assert_status(duet__disposition_write(&buffer, filename, NULL),
                  DUET_EFIELD);
    duet__buffer_free(&buffer);
}

static int read_once(void)
{
    duet__disposition disposition;
    int status = duet__disposition_read(
        DUET__TEXT("form-data; name=\"a\"; filename=\"b\"; filename*=UTF-8''c"),
        &disposition);

    duet__disposition_free(&disposition);
    return status;
}

static void lack_of_memory_leaves_nothing(void **state)
{
    (void)state;
    test_each_allocation_failing(read_once, 2);
}

TEST_MAIN(test(names_are_read_as_browsers_write_them),
          test(names_are_read_as_mail_programs_write_them),
          test(name_belongs_to_form_data_only),
          test(extended_file_name_goes_first_if_it_can_be_read),
          test(extended_name_of_aiohttp_is_read),
          test(file_name_is_never_a_path), test(malformed_values_are_refused),
          test(names_are_written_as_browsers_write_them),
          test(backslashes_are_doubled_only_where_they_would_escape),
          test(control_characters_are_not_written),
          test(lack_of_memory_leaves_nothing))
