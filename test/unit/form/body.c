/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdlib.h>

#include <duet/form.h>
#include <duet/streams.h>

#include "form/body.h"
#include "support/memory.h"
#include "support/script.h"

/* A body of two fields, the second one with a reader of its own. */
typedef struct two {
    duet_form_field *fields[2];
    duet__form_body body;
} two;

static void begin(two *two, bool is_multipart, duet_reader *second)
{
    const duet_form_part_options options = {.filename = "b.txt"};

    *two = (struct two){0};
    assert_status(duet__form_field_new("a", NULL, &two->fields[0]), 0);
    assert_status(duet__form_field_copy_bytes(two->fields[0], "one & two", 9),
                  0);
    assert_status(duet__form_field_new("b", second != NULL ? &options : NULL,
                                       &two->fields[1]),
                  0);
    if (second != NULL)
        duet__form_field_set_reader(two->fields[1], second);
    else
        assert_status(duet__form_field_copy_bytes(two->fields[1], "", 0), 0);
    two->body.fields = two->fields;
    two->body.count = 2;
    two->body.is_multipart = is_multipart;
    two->body.boundary = (duet__boundary){.bytes = "AaB", .length = 3};
    duet__form_body_begin(&two->body);
}

static void end(two *two)
{
    duet_reader_close(&two->body.reader);
    duet__form_field_free(two->fields[0]);
    duet__form_field_free(two->fields[1]);
}

/* Reads all, a byte at a time; what remains must fall by one with each. */
static void assert_body(duet_reader *reader, const char *expected,
                        bool knows_its_length)
{
    int64_t length = (int64_t)strlen(expected);
    char byte;

    for (int64_t i = 0; i < length; i++) {
        assert_int_equal(duet_reader_remaining(reader),
                         knows_its_length ? length - i : -1);
        assert_status(duet_read_exactly(reader, &byte, 1, DUET_NOW), 0);
        assert_int_equal(byte, expected[i]);
    }
    assert_int_equal(duet_reader_remaining(reader), 0);
    for (int i = 0; i < 2; i++)
        assert_status(duet_read_exactly(reader, &byte, 1, DUET_NOW),
                      DUET_EEMPTY);
}

#define FIRST                                                                  \
    "--AaB\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none & two\r\n"
#define SECOND                                                                 \
    "--AaB\r\nContent-Disposition: form-data; name=\"b\"; "                    \
    "filename=\"b.txt\"\r\nContent-Type: application/octet-stream\r\n\r\n"

static void urlencoded_body_is_one_piece_and_can_be_rewound(void **state)
{
    two two;
    const char *bytes;
    size_t length;

    (void)state;
    begin(&two, false, NULL);
    for (int i = 0; i < 2; i++) {
        assert_body(&two.body.reader, "a=one+%26+two&b=", true);
        assert_status(duet_reader_rewind(&two.body.reader, DUET_NOW), 0);
    }
    assert_status(duet_read_next(&two.body.reader, &bytes, &length, DUET_NOW),
                  0);
    assert_int_equal(length, strlen("a=one+%26+two&b="));
    end(&two);
}

static void multipart_body_knows_its_length_and_can_be_rewound(void **state)
{
    duet_reader *second;
    two two;

    (void)state;
    assert_status(duet_memory_reader("\r\nxyz", 5, &second), 0);
    begin(&two, true, second);
    for (int i = 0; i < 2; i++) {
        assert_body(&two.body.reader, FIRST SECOND "\r\nxyz\r\n--AaB--\r\n",
                    true);
        assert_status(duet_reader_rewind(&two.body.reader, DUET_NOW), 0);
    }
    end(&two);
}

static void body_of_a_reader_is_read_once(void **state)
{
    static const test_piece pieces[] = {
        {"a", 0}, {"", 0}, {"bc", 0}, {NULL, 0}};
    test_script script = {.pieces = pieces};
    two two;
    char *bytes;

    (void)state;
    begin(&two, true, NULL);
    end(&two);
    begin(&two, true, test_script_reader(&script));
    assert_int_equal(duet_reader_remaining(&two.body.reader), -1);
    assert_status(
        duet_read_all(&two.body.reader, DUET_NO_LIMIT, &bytes, NULL, DUET_NOW),
        0);
    assert_string_equal(bytes, FIRST SECOND "abc\r\n--AaB--\r\n");
    free(bytes);
    end(&two);
}

static void body_that_cannot_be_rewound_says_so(void **state)
{
    duet_reader *reader;
    duet_writer *writer;
    two two;

    (void)state;
    assert_status(duet_memory_pipe(0, &reader, &writer), 0);
    begin(&two, true, reader);
    assert_false(duet_reader_can_rewind(&two.body.reader));
    assert_status(duet_reader_rewind(&two.body.reader, DUET_NOW), DUET_ENOTSUP);
    end(&two);
    duet_writer_close(writer);
}

static void form_without_fields_is_a_body(void **state)
{
    duet__form_body body = {.boundary = {.bytes = "AaB", .length = 3}};

    (void)state;
    duet__form_body_begin(&body);
    assert_body(&body.reader, "", true);
    duet_reader_close(&body.reader);
    body.is_multipart = true;
    duet__form_body_begin(&body);
    assert_body(&body.reader, "--AaB--\r\n", true);
    duet_reader_close(&body.reader);
}

static void failure_of_a_part_loses_nothing(void **state)
{
    static const test_piece pieces[] = {{NULL, DUET_ETIMEDOUT},
                                        {"ab", 0},
                                        {NULL, DUET_ECANCELED},
                                        {"c", 0},
                                        {NULL, 0}};
    test_script script = {.pieces = pieces};
    char all[500] = "";
    int failures = 0;
    int status;
    two two;

    (void)state;
    begin(&two, true, test_script_reader(&script));
    do {
        const char *bytes;
        size_t length;

        status = duet_read_next(&two.body.reader, &bytes, &length, DUET_NOW);
        if (status == 0)
            strncat(all, bytes, length);
        failures += status == DUET_ETIMEDOUT || status == DUET_ECANCELED;
    } while (status != DUET_EEMPTY);
    assert_int_equal(failures, 2);
    assert_string_equal(all, FIRST SECOND "abc\r\n--AaB--\r\n");
    end(&two);
}

static void code_of_a_part_is_passed_on(void **state)
{
    static const test_piece pieces[] = {{"ab", 0}, {NULL, 0}};
    test_script script = {.pieces = pieces, .end = DUET_ETRUNCATED};
    char *bytes;
    two two;

    (void)state;
    begin(&two, true, test_script_reader(&script));
    for (int i = 0; i < 2; i++)
        assert_status(duet_read_all(&two.body.reader, DUET_NO_LIMIT, &bytes,
                                    NULL, DUET_NOW),
                      DUET_ETRUNCATED);
    end(&two);
}

static int read_once(void)
{
    static char name[] = "a", bytes[] = "b", head[] = "\r\n";
    static duet_form_field field = {
        .name = name, .head = head, .head_length = sizeof head - 1};
    static duet_form_field *const fields[] = {&field};
    int status = 0;

    duet__form_field_set_bytes(&field, bytes, 1);
    for (int i = 0; i < 2 && status == 0; i++) {
        duet__form_body body = {.fields = fields,
                                .count = 1,
                                .is_multipart = i == 0,
                                .boundary = {.bytes = "x", .length = 1}};

        duet__form_body_begin(&body);
        status = duet_read_skip(&body.reader, SIZE_MAX, NULL, DUET_NOW);
        duet_reader_close(&body.reader);
    }
    return status;
}

static void lack_of_memory_leaves_nothing(void **state)
{
    (void)state;
    test_each_allocation_failing(read_once, 4);
}

TEST_MAIN(test(urlencoded_body_is_one_piece_and_can_be_rewound),
          test(multipart_body_knows_its_length_and_can_be_rewound),
          test(body_of_a_reader_is_read_once),
          test(body_that_cannot_be_rewound_says_so),
          test(form_without_fields_is_a_body),
          test(failure_of_a_part_loses_nothing),
          test(code_of_a_part_is_passed_on),
          test(lack_of_memory_leaves_nothing))
