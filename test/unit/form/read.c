/* SPDX-License-Identifier: MIT */
#include "support/in_task.h"

#include <stdlib.h>

#include <duet/form.h>

#include "support/folder.h"
#include "support/memory.h"
#include "support/script.h"

#define MULTIPART "multipart/form-data; boundary=AaB"
#define URLENCODED "application/x-www-form-urlencoded"
#define TEXT(name, content)                                                    \
    "--AaB\r\nContent-Disposition: form-data; name=\"" name                    \
    "\"\r\n\r\n" content "\r\n"
#define FILE_PART(name, filename, content)                                     \
    "--AaB\r\nContent-Disposition: form-data; name=\"" name                    \
    "\"; filename=\"" filename "\"\r\nContent-Type: text/x\r\n\r\n" content    \
    "\r\n"
#define END "--AaB--\r\n"

/* `text` has room for it. */
static void append(char *text, const char *more)
{
    memcpy(text + strlen(text), more, strlen(more) + 1);
}

static int read_form(const char *body, const char *type,
                     const duet_form_read_options *options,
                     duet_form **out_form)
{
    duet_reader *reader;
    int status;

    assert_status(duet_memory_reader(body, strlen(body), &reader), 0);
    status = duet_form_read(reader, type, options, out_form, DUET_NEVER);
    duet_reader_close(reader);
    return status;
}

static void assert_refused(const char *body, const char *type,
                           const duet_form_read_options *options, int expected)
{
    duet_form *form;

    assert_status(read_form(body, type, options, &form), expected);
    assert_null(form);
    assert_string_not_equal(duet_error_detail(), "");
}

static void assert_content(duet_form_field *field, const char *expected)
{
    duet_reader *reader = duet_form_field_reader(field);
    char *bytes;

    for (int i = 0; i < 2; i++) {
        assert_int_equal(duet_reader_remaining(reader), strlen(expected));
        assert_status(
            duet_read_all(reader, DUET_NO_LIMIT, &bytes, NULL, DUET_NEVER), 0);
        assert_string_equal(bytes, expected);
        free(bytes);
        assert_status(duet_reader_rewind(reader, DUET_NEVER), 0);
    }
}

static void urlencoded_body_is_read(void **state)
{
    duet_form *form;

    (void)state;
    assert_status(read_form("a=1&b=%C3%A9+x&a=2&=&c", URLENCODED, NULL, &form),
                  0);
    assert_int_equal(duet_form_count(form), 5);
    assert_string_equal(duet_form_text(form, "a", NULL), "1");
    assert_string_equal(duet_form_text(form, "b", NULL), "\xC3\xA9 x");
    assert_string_equal(duet_form_text(form, "", NULL), "");
    assert_string_equal(duet_form_text(form, "c", NULL), "");
    duet_form_free(form);
    assert_status(read_form("", "Application/X-WWW-form-urlencoded; charset=x",
                            NULL, &form),
                  0);
    assert_int_equal(duet_form_count(form), 0);
    duet_form_free(form);
}

static void multipart_body_is_read(void **state)
{
    duet_form_field *field;
    duet_form *form;
    size_t position = 0;

    (void)state;
    assert_status(read_form(TEXT("a", "1") FILE_PART("f", "/x/y.txt", "hello")
                                TEXT("a", "") FILE_PART("g", "", "") END,
                            MULTIPART, NULL, &form),
                  0);
    assert_int_equal(duet_form_count(form), 4);
    assert_string_equal(duet_form_text(form, "a", NULL), "1");
    assert_null(duet_form_text(form, "f", NULL));
    field = duet_form_next(form, "f", &position);
    assert_string_equal(duet_form_field_filename(field), "y.txt");
    assert_string_equal(duet_form_field_content_type(field), "text/x");
    assert_content(field, "hello");
    assert_string_equal(
        duet_form_field_filename(duet_form_next(form, "g", &position)), "");
    duet_form_free(form);
    assert_status(read_form(END, MULTIPART, NULL, &form), 0);
    assert_int_equal(duet_form_count(form), 0);
    duet_form_free(form);
}

/* All in one file, which has one descriptor and no name. */
in_task(files_beyond_the_memory_go_into_one_temporary_file)
{
    const duet_form_read_options options = {.memory_bytes_max = 3000,
                                            .folder = "."};
    static char body[40000];
    static char content[5000];
    int before = test_open_descriptors();
    size_t position = 0;
    duet_form *form;

    memset(content, 'x', sizeof content - 1);
    body[0] = '\0';
    for (int i = 0; i < 4; i++) {
        content[0] = (char)('0' + i);
        append(body,
               "--AaB\r\nContent-Disposition: form-data; name=f; filename=f"
               "\r\n\r\n");
        append(body, content);
        append(body, "\r\n");
    }
    append(body, TEXT("a", "1") END);
    assert_status(read_form(body, MULTIPART, &options, &form), 0);
    assert_int_equal(test_open_descriptors(), before + 1);
    assert_int_equal(test_count_entries("."), 0);
    for (int i = 0; i < 4; i++) {
        content[0] = (char)('0' + i);
        assert_content(duet_form_next(form, "f", &position), content);
    }
    assert_string_equal(duet_form_text(form, "a", NULL), "1");
    duet_form_free(form);
}

/* What came in small pieces is in memory before it is in the file. */
in_task(file_moves_out_of_memory_when_it_grows)
{
    static test_piece pieces[60] = {{FILE_PART("a", "b", "0"), 0}};
    const duet_form_read_options options = {.memory_bytes_max = 1000};
    test_script script = {.pieces = pieces};
    duet_reader *reader = test_script_reader(&script);
    size_t position = 0;
    duet_form *form;
    char content[58 * 20 + 1] = "";

    pieces[0].bytes = "--AaB\r\nContent-Disposition: form-data; name=a; "
                      "filename=b\r\n\r\n";
    for (int i = 1; i < 58; i++) {
        pieces[i].bytes = "twenty bytes, 20, 20";
        append(content, pieces[i].bytes);
    }
    pieces[58].bytes = "\r\n" END;
    assert_status(
        duet_form_read(reader, MULTIPART, &options, &form, DUET_NEVER), 0);
    assert_content(duet_form_next(form, NULL, &position), content);
    duet_form_free(form);
    duet_reader_close(reader);
}

static void texts_beyond_the_memory_are_refused(void **state)
{
    const duet_form_read_options options = {.memory_bytes_max = 2000};
    char *body = calloc(1, 5000);

    (void)state;
    append(body, "--AaB\r\nContent-Disposition: form-data; name=a\r\n\r\n");
    memset(body + strlen(body), 'x', 3000);
    append(body, "\r\n" END);
    assert_refused(body, MULTIPART, &options, DUET_ETOOLARGE);
    assert_non_null(strstr(duet_error_detail(), "memory_bytes_max"));
    memset(body, 'x', 3000);
    body[3000] = '\0';
    assert_refused(body, URLENCODED, &options, DUET_ETOOLARGE);
    memset(body, '&', 1990);
    memset(body + 10, 'x', 1500);
    body[1990] = '\0';
    assert_refused(body, URLENCODED, &options, DUET_ETOOLARGE);
    free(body);
}

static void names_take_memory_too(void **state)
{
    const duet_form_read_options options = {.memory_bytes_max = 3000};
    char body[2001] = "";

    (void)state;
    for (int i = 0; i < 400; i++)
        append(body, "a=&");
    assert_refused(body, URLENCODED, &options, DUET_ETOOLARGE);
    assert_non_null(strstr(duet_error_detail(), "memory_bytes_max"));
}

static void body_is_limited(void **state)
{
    const duet_form_read_options options = {.body_bytes_max = 30};

    (void)state;
    assert_refused(FILE_PART("a", "b", "c") END, MULTIPART, &options,
                   DUET_ETOOLARGE);
    assert_non_null(strstr(duet_error_detail(), "body_bytes_max"));
    assert_refused("a=2345678901234567890123456789012", URLENCODED, &options,
                   DUET_ETOOLARGE);
    assert_non_null(strstr(duet_error_detail(), "body_bytes_max"));
}

static void limits_of_parts_hold_for_both_types(void **state)
{
    const duet_multipart_options parts = {.parts_max = 2, .name_bytes_max = 3};
    const duet_form_read_options options = {.parts = &parts};
    duet_form *form;

    (void)state;
    assert_status(read_form("abc=1&b=2", URLENCODED, &options, &form), 0);
    duet_form_free(form);
    assert_refused("a=1&b=2&c=3", URLENCODED, &options, DUET_ETOOLARGE);
    assert_non_null(strstr(duet_error_detail(), "parts_max"));
    assert_refused("abcd=1", URLENCODED, &options, DUET_ETOOLARGE);
    assert_non_null(strstr(duet_error_detail(), "name_bytes_max"));
    assert_refused(TEXT("a", "") TEXT("b", "") TEXT("c", "") END, MULTIPART,
                   &options, DUET_ETOOLARGE);
    assert_refused(TEXT("abcd", "") END, MULTIPART, &options, DUET_ETOOLARGE);
}

static void other_types_are_not_supported(void **state)
{
    (void)state;
    assert_refused("", NULL, NULL, DUET_ENOTSUP);
    assert_refused("", "", NULL, DUET_ENOTSUP);
    assert_refused("", "text/plain", NULL, DUET_ENOTSUP);
    assert_refused("", "multipart/mixed; boundary=AaB", NULL, DUET_ENOTSUP);
    assert_refused("", "multipart/form-data", NULL, DUET_EFIELD);
}

static void what_is_no_field_is_refused(void **state)
{
    (void)state;
    assert_refused("--AaB\r\n\r\n\r\n" END, MULTIPART, NULL, DUET_EPROTOCOL);
    assert_refused("--AaB\r\nContent-Disposition: attachment; name=a\r\n\r\n"
                   "\r\n" END,
                   MULTIPART, NULL, DUET_EPROTOCOL);
    assert_refused("--AaB\r\nContent-Disposition: form-data; name=a; "
                   "filename*=UTF-8''%1b\r\n\r\n\r\n" END,
                   MULTIPART, NULL, DUET_EPROTOCOL);
    assert_refused("a%01=b", URLENCODED, NULL, DUET_EPROTOCOL);
    assert_refused("a%00=b", URLENCODED, NULL, DUET_EPROTOCOL);
}

static void body_that_ends_early_is_truncated(void **state)
{
    (void)state;
    assert_refused(TEXT("a", "b"), MULTIPART, NULL, DUET_ETRUNCATED);
    assert_refused("", MULTIPART, NULL, DUET_ETRUNCATED);
    assert_refused(FILE_PART("a", "b", "c") "--AaB", MULTIPART, NULL,
                   DUET_ETRUNCATED);
}

static void encoded_content_is_not_supported(void **state)
{
    duet_form *form;

    (void)state;
    assert_refused("--AaB\r\nContent-Disposition: form-data; name=a\r\n"
                   "Content-Transfer-Encoding: base64\r\n\r\nYQ==\r\n" END,
                   MULTIPART, NULL, DUET_ENOTSUP);
    assert_status(
        read_form("--AaB\r\nContent-Disposition: form-data; name=a\r\n"
                  "Content-Transfer-Encoding: Binary\r\n\r\nx\r\n" END,
                  MULTIPART, NULL, &form),
        0);
    duet_form_free(form);
}

static void options_out_of_range_are_refused(void **state)
{
    const duet_multipart_options parts = {.parts_max = -2};
    const duet_form_read_options options[] = {
        {.body_bytes_max = -2}, {.memory_bytes_max = -2}, {.parts = &parts}};

    (void)state;
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        assert_refused("", URLENCODED, &options[i], DUET_EINVAL);
        assert_refused("", MULTIPART, &options[i], DUET_EINVAL);
    }
}

static void code_of_the_body_is_passed_on(void **state)
{
    static const test_piece pieces[] = {{TEXT("a", "b"), 0}, {NULL, 0}};
    static const char *const types[] = {MULTIPART, URLENCODED};
    duet_form *form;

    (void)state;
    for (int i = 0; i < 2; i++) {
        test_script script = {.pieces = pieces, .end = DUET_EDISCONNECTED};
        duet_reader *reader = test_script_reader(&script);

        assert_status(duet_form_read(reader, types[i], NULL, &form, DUET_NEVER),
                      DUET_EDISCONNECTED);
        assert_null(form);
        duet_reader_close(reader);
    }
}

static int read_pipe(void *reader)
{
    duet_form *form;
    int status = duet_form_read(reader, MULTIPART, NULL, &form, DUET_NEVER);

    assert_null(form);
    return status;
}

in_task(reading_ends_at_its_deadline_and_when_it_is_cancelled)
{
    duet_reader *reader;
    duet_writer *writer;
    duet_form *form;
    duet_task *task;
    int result;

    assert_status(duet_memory_pipe(0, &reader, &writer), 0);
    assert_status(duet_write_text(writer, "--AaB\r\n", DUET_NEVER), 0);
    assert_status(duet_form_read(reader, MULTIPART, NULL, &form, duet_in_ms(1)),
                  DUET_ETIMEDOUT);
    assert_null(form);
    assert_status(duet_spawn(read_pipe, reader, NULL, &task), 0);
    assert_status(duet_yield(), 0);
    duet_task_cancel(task);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    duet_reader_close(reader);
    duet_writer_close(writer);
}

/* A form that was received is sent on. */
in_task(received_form_is_a_body_again)
{
    const duet_form_read_options options = {.memory_bytes_max = 2000};
    char body[4000] = "--AaB\r\nContent-Disposition: form-data; name=\"a\"; "
                      "filename=\"b\"\r\nContent-Type: c/d\r\n\r\n";
    size_t position = 0;
    duet_form *form, *again;

    memset(body + strlen(body), 'x', 3000);
    append(body, "\r\n" TEXT("e", "f") END);
    assert_status(read_form(body, MULTIPART, &options, &form), 0);
    assert_status(duet_form_read(duet_form_reader(form),
                                 duet_form_content_type(form), NULL, &again,
                                 DUET_NEVER),
                  0);
    assert_int_equal(duet_form_count(again), 2);
    assert_int_equal(duet_reader_remaining(duet_form_field_reader(
                         duet_form_next(again, "a", &position))),
                     3000);
    assert_string_equal(duet_form_text(again, "e", NULL), "f");
    duet_form_free(form);
    duet_form_free(again);
}

static int read_once(void)
{
    static const char *const bodies[] = {
        "a=b&c=d", TEXT("a", "b") FILE_PART("f", "g", "h") END};
    static const char *const types[] = {URLENCODED, MULTIPART};
    int status = 0;

    for (int i = 0; i < 2 && status == 0; i++) {
        duet_reader *reader;
        duet_form *form;

        status = duet_memory_reader(bodies[i], strlen(bodies[i]), &reader);
        if (status != 0)
            return status;
        status = duet_form_read(reader, types[i], NULL, &form, DUET_NOW);
        duet_form_free(form);
        duet_reader_close(reader);
    }
    return status;
}

static void lack_of_memory_leaves_nothing(void **state)
{
    (void)state;
    test_each_allocation_failing(read_once, 20);
}

TEST_MAIN(test(urlencoded_body_is_read), test(multipart_body_is_read),
          in_folder(files_beyond_the_memory_go_into_one_temporary_file),
          in_folder(file_moves_out_of_memory_when_it_grows),
          test(texts_beyond_the_memory_are_refused),
          test(names_take_memory_too), test(body_is_limited),
          test(limits_of_parts_hold_for_both_types),
          test(other_types_are_not_supported),
          test(what_is_no_field_is_refused),
          test(body_that_ends_early_is_truncated),
          test(encoded_content_is_not_supported),
          test(options_out_of_range_are_refused),
          test(code_of_the_body_is_passed_on),
          test(reading_ends_at_its_deadline_and_when_it_is_cancelled),
          in_folder(received_form_is_a_body_again),
          test(lack_of_memory_leaves_nothing))
