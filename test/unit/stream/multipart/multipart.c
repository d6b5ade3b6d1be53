/* SPDX-License-Identifier: MIT */
#include "support/in_task.h"

#include <stdlib.h>

#include <duet/multipart.h>

#include "support/memory.h"
#include "support/script.h"

#define TYPE "multipart/form-data; boundary=AaB"
#define FIELD(name) "Content-Disposition: form-data; name=\"" name "\"\r\n"
#define PART(name, content) "--AaB\r\n" FIELD(name) "\r\n" content "\r\n"
#define END "--AaB--\r\n"

static duet_multipart *begin(duet_reader *body,
                             const duet_multipart_options *options)
{
    duet_multipart *multipart;

    assert_status(duet_multipart_new(body, TYPE, options, &multipart), 0);
    return multipart;
}

static duet_reader *memory(const char *bytes)
{
    duet_reader *reader;

    assert_status(duet_memory_reader(bytes, strlen(bytes), &reader), 0);
    return reader;
}

static duet_part *next(duet_multipart *multipart)
{
    duet_part *part;

    assert_status(duet_multipart_next(multipart, &part, DUET_NEVER), 0);
    return part;
}

static void assert_content(duet_part *part, const char *expected)
{
    char *bytes;
    size_t length;

    assert_status(duet_read_all(duet_part_reader(part), DUET_NO_LIMIT, &bytes,
                                &length, DUET_NEVER),
                  0);
    assert_string_equal(bytes, expected);
    assert_int_equal(length, strlen(expected));
    free(bytes);
}

static void assert_end(duet_multipart *multipart, int expected)
{
    duet_part *part;

    for (int i = 0; i < 2; i++) {
        assert_status(duet_multipart_next(multipart, &part, DUET_NEVER),
                      expected);
        assert_null(part);
    }
}

/* What a body ends with. */
static void assert_ends(const char *bytes,
                        const duet_multipart_options *options, int expected)
{
    duet_reader *body = memory(bytes);
    duet_multipart *multipart = begin(body, options);
    duet_part *part;
    int status = 0;

    while (status == 0)
        status = duet_multipart_next(multipart, &part, DUET_NEVER);
    assert_status(status, expected);
    assert_end(multipart, expected);
    duet_multipart_free(multipart);
    duet_reader_close(body);
}

static void parts_have_names_types_fields_and_content(void **state)
{
    duet_reader *body = memory(
        PART("a", "hello") "--AaB\r\nContent-Disposition: form-data; name=b; "
                           "filename=\"../x.txt\"\r\nContent-Type: text/x\r\n"
                           "X-Y: z\r\n\r\n\r\nworld\r\n\r\n"
                           "--AaB\r\n\r\n\r\n" END);
    duet_multipart *multipart = begin(body, NULL);
    duet_part *part = next(multipart);

    (void)state;
    assert_string_equal(duet_part_name(part), "a");
    assert_null(duet_part_filename(part));
    assert_null(duet_part_content_type(part));
    assert_content(part, "hello");
    assert_content(part, "");
    part = next(multipart);
    assert_string_equal(duet_part_name(part), "b");
    assert_string_equal(duet_part_filename(part), "x.txt");
    assert_string_equal(duet_part_content_type(part), "text/x");
    assert_int_equal(duet_fields_count(duet_part_fields(part)), 3);
    assert_string_equal(duet_fields_get(duet_part_fields(part), "x-y"), "z");
    assert_content(part, "\r\nworld\r\n");
    part = next(multipart);
    assert_null(duet_part_name(part));
    assert_content(part, "");
    assert_end(multipart, DUET_EEMPTY);
    duet_multipart_free(multipart);
    duet_reader_close(body);
}

static void rest_of_a_part_is_skipped(void **state)
{
    duet_reader *body =
        memory(PART("a", "12345") PART("b", "12345") PART("c", "12345") END);
    duet_multipart *multipart = begin(body, NULL);
    char two[2];

    (void)state;
    next(multipart);
    assert_status(duet_read_exactly(duet_part_reader(next(multipart)), two, 2,
                                    DUET_NEVER),
                  0);
    duet_reader_close(duet_part_reader(next(multipart)));
    assert_end(multipart, DUET_EEMPTY);
    duet_multipart_free(multipart);
    duet_reader_close(body);
}

static void part_may_be_read_in_all_ways(void **state)
{
    duet_reader *body = memory(PART("a", "one\ntwo\r\n\r\n--A\nx") END);
    duet_multipart *multipart = begin(body, NULL);
    duet_reader *part = duet_part_reader(next(multipart));
    static const char *const lines[] = {"one", "two\r", "\r", "--A", "x"};
    const char *line;

    (void)state;
    assert_int_equal(duet_reader_remaining(part), -1);
    assert_false(duet_reader_can_rewind(part));
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_status(duet_read_line(part, &line, NULL, DUET_NEVER), 0);
        assert_string_equal(line, lines[i]);
    }
    assert_status(duet_read_line(part, &line, NULL, DUET_NEVER), DUET_EEMPTY);
    duet_multipart_free(multipart);
    duet_reader_close(body);
}

/* A failure before each byte of the body, which is repeated. */
static void failures_of_the_body_lose_nothing(void **state)
{
    static const char bytes[] = PART("a", "\r\n--AaA") PART("b", "") END;
    static char letters[sizeof bytes][2];
    static test_piece pieces[2 * sizeof bytes];
    test_script script = {.pieces = pieces};
    duet_reader *body;
    duet_multipart *multipart;
    duet_part *part;
    char content[20] = "";
    int failures = 0;
    int status = 0;

    (void)state;
    for (size_t i = 0; i < sizeof bytes - 1; i++) {
        letters[i][0] = bytes[i];
        pieces[2 * i].status = i % 2 == 0 ? DUET_ETIMEDOUT : DUET_ECANCELED;
        pieces[2 * i + 1].bytes = letters[i];
    }
    body = test_script_reader(&script);
    multipart = begin(body, NULL);
    while (status != DUET_EEMPTY) {
        status = duet_multipart_next(multipart, &part, DUET_NEVER);
        failures += status != 0;
        while (status == 0) {
            const char *more;
            size_t length;

            status = duet_read_next(duet_part_reader(part), &more, &length,
                                    DUET_NEVER);
            if (status == 0)
                strncat(content, more, length);
            else if (status == DUET_EEMPTY)
                strncat(content, ".", 2);
            else
                status = (failures++, 0);
        }
        status = part == NULL ? status : 0;
    }
    assert_int_equal(failures, sizeof bytes);
    assert_string_equal(content, "\r\n--AaA..");
    duet_multipart_free(multipart);
    duet_reader_close(body);
}

static void code_of_the_body_is_passed_on(void **state)
{
    static const test_piece pieces[] = {{PART("a", "123"), 0}, {NULL, 0}};
    test_script script = {.pieces = pieces, .end = DUET_EDISCONNECTED};
    duet_reader *body = test_script_reader(&script);
    duet_multipart *multipart = begin(body, NULL);
    duet_part *part = next(multipart);
    char *bytes;

    (void)state;
    assert_status(duet_read_all(duet_part_reader(part), DUET_NO_LIMIT, &bytes,
                                NULL, DUET_NEVER),
                  DUET_EDISCONNECTED);
    assert_end(multipart, DUET_EDISCONNECTED);
    duet_multipart_free(multipart);
    duet_reader_close(body);
}

static void body_that_ends_early_is_truncated_in_its_part(void **state)
{
    duet_reader *body = memory("--AaB\r\n" FIELD("a") "\r\n123\r\n--AaB");
    duet_multipart *multipart = begin(body, NULL);
    duet_part *part = next(multipart);
    char *bytes;

    (void)state;
    assert_status(duet_read_all(duet_part_reader(part), DUET_NO_LIMIT, &bytes,
                                NULL, DUET_NEVER),
                  DUET_ETRUNCATED);
    assert_end(multipart, DUET_ETRUNCATED);
    duet_multipart_free(multipart);
    duet_reader_close(body);
    assert_ends("", NULL, DUET_ETRUNCATED);
    assert_ends(PART("a", "b"), NULL, DUET_ETRUNCATED);
}

static void malformed_bodies_are_refused_again_and_again(void **state)
{
    (void)state;
    assert_ends("--AaBx", NULL, DUET_EPROTOCOL);
    assert_ends("--AaB\r\n" FIELD("a") FIELD("a") "\r\n\r\n" END, NULL,
                DUET_EPROTOCOL);
    assert_ends("--AaB\r\nContent-Disposition: form-data; name=\"a\r\n\r\n"
                "x\r\n" PART("b", "c") END,
                NULL, DUET_EPROTOCOL);
    assert_ends("--AaB\r\nContent-Disposition: form-data; name=a; "
                "filename=\"..\"\r\n\r\n\r\n" END,
                NULL, DUET_EPROTOCOL);
}

static void limits_are_told_by_their_name(void **state)
{
    static const struct {
        const char *name;
        duet_multipart_options options;
        const char *body;
    } rows[] = {
        {"parts_max", {.parts_max = 1}, PART("a", "") PART("b", "") END},
        {"fields_max",
         {.fields_max = 1},
         "--AaB\r\nA: 1\r\nB: 2\r\n\r\n\r\n" END},
        {"head_bytes_max", {.head_bytes_max = 20}, PART("a", "") END},
        {"name_bytes_max", {.name_bytes_max = 2}, PART("abc", "") END},
        {"name_bytes_max",
         {.name_bytes_max = 2},
         "--AaB\r\nContent-Disposition: attachment; filename=abc\r\n\r\n\r\n"
         "--AaB--"},
        {"part_bytes_max", {.part_bytes_max = 2}, PART("a", "123") END},
        {"outside_bytes_max", {.outside_bytes_max = 2}, "123\r\n" END},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        duet_multipart_options none = {-1, -1, -1, -1, -1, -1};

        assert_ends(rows[i].body, NULL, DUET_EEMPTY);
        assert_ends(rows[i].body, &none, DUET_EEMPTY);
        assert_ends(rows[i].body, &rows[i].options, DUET_ETOOLARGE);
        assert_non_null(strstr(duet_error_detail(), rows[i].name));
    }
}

static void head_without_end_stops_at_its_limit(void **state)
{
    char *line = malloc(100000);
    duet_reader *body;
    duet_multipart *multipart;

    (void)state;
    memset(line, 'A', 100000);
    memcpy(line, "--AaB\r\n", 7);
    assert_status(duet_memory_reader(line, 100000, &body), 0);
    multipart = begin(body, NULL);
    assert_end(multipart, DUET_ETOOLARGE);
    duet_multipart_free(multipart);
    duet_reader_close(body);
    free(line);
}

static void types_that_are_not_multipart_are_refused(void **state)
{
    duet_reader *body = memory("");
    duet_multipart *multipart;

    (void)state;
    assert_status(duet_multipart_new(body, NULL, NULL, &multipart),
                  DUET_ENOTSUP);
    assert_null(multipart);
    assert_status(duet_multipart_new(body, "text/plain", NULL, &multipart),
                  DUET_ENOTSUP);
    assert_status(duet_multipart_new(body, "multipart/mixed", NULL, &multipart),
                  DUET_EFIELD);
    assert_null(multipart);
    duet_multipart_free(NULL);
    duet_reader_close(body);
}

static void option_out_of_range_is_refused(void **state)
{
    const duet_multipart_options options = {.name_bytes_max = -2};
    duet_multipart *multipart;

    (void)state;
    assert_status(duet_multipart_new(NULL, TYPE, &options, &multipart),
                  DUET_EINVAL);
    assert_null(multipart);
}

/* --- tasks ---------------------------------------------------------------- */

static int read_part(void *part)
{
    char *bytes;
    int status = duet_read_all(duet_part_reader(part), DUET_NO_LIMIT, &bytes,
                               NULL, DUET_NEVER);

    if (status == 0)
        assert_string_equal(bytes, "123");
    free(bytes);
    return status;
}

in_task(second_task_is_told_that_the_body_is_busy)
{
    static const char rest[] = "3\r\n" END;
    duet_reader *body;
    duet_writer *writer;
    duet_multipart *multipart;
    duet_part *part, *other;
    duet_task *task;
    int result;

    assert_status(duet_memory_pipe(0, &body, &writer), 0);
    assert_status(duet_write_text(writer, "--AaB\r\n\r\n12", DUET_NEVER), 0);
    multipart = begin(body, NULL);
    part = next(multipart);
    assert_status(duet_spawn(read_part, part, NULL, &task), 0);
    while (duet_reader_count(body) == 0 || duet_yield() != 0)
        ;
    assert_status(duet_yield(), 0);
    assert_status(duet_multipart_next(multipart, &other, DUET_NEVER),
                  DUET_EBUSY);
    assert_status(duet_write_text(writer, rest, DUET_NEVER), 0);
    assert_status(duet_writer_end(writer, DUET_NEVER), 0);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, 0);
    assert_end(multipart, DUET_EEMPTY);
    duet_multipart_free(multipart);
    duet_reader_close(body);
    duet_writer_close(writer);
}

/* Of a body that another one has as its part. */
static void part_may_be_multipart_itself(void **state)
{
    duet_reader *body =
        memory("--AaB\r\nContent-Type: multipart/mixed; boundary=AaA\r\n\r\n"
               "--AaA\r\n\r\nx\r\n--AaA--\r\n\r\n" END);
    duet_multipart *multipart = begin(body, NULL);
    duet_part *part = next(multipart);
    duet_multipart *inside;

    (void)state;
    assert_status(duet_multipart_new(duet_part_reader(part),
                                     duet_part_content_type(part), NULL,
                                     &inside),
                  0);
    assert_content(next(inside), "x");
    assert_end(inside, DUET_EEMPTY);
    duet_multipart_free(inside);
    assert_end(multipart, DUET_EEMPTY);
    duet_multipart_free(multipart);
    duet_reader_close(body);
}

static int read_all_parts(void)
{
    static const char bytes[] = "--AaB\r\nContent-Disposition: form-data; "
                                "name=a; filename=b\r\n\r\nx\r\n" END;
    duet_reader *body;
    duet_multipart *multipart = NULL;
    duet_part *part;
    int status = duet_memory_reader(bytes, sizeof bytes - 1, &body);

    if (status != 0)
        return status;
    status = duet_multipart_new(body, TYPE, NULL, &multipart);
    while (status == 0)
        status = duet_multipart_next(multipart, &part, DUET_NEVER);
    duet_multipart_free(multipart);
    duet_reader_close(body);
    return status == DUET_EEMPTY ? 0 : status;
}

static void lack_of_memory_leaves_nothing(void **state)
{
    (void)state;
    test_each_allocation_failing(read_all_parts, 5);
}

TEST_MAIN(test(parts_have_names_types_fields_and_content),
          test(rest_of_a_part_is_skipped), test(part_may_be_read_in_all_ways),
          test(failures_of_the_body_lose_nothing),
          test(code_of_the_body_is_passed_on),
          test(body_that_ends_early_is_truncated_in_its_part),
          test(malformed_bodies_are_refused_again_and_again),
          test(limits_are_told_by_their_name),
          test(head_without_end_stops_at_its_limit),
          test(types_that_are_not_multipart_are_refused),
          test(option_out_of_range_is_refused),
          test(second_task_is_told_that_the_body_is_busy),
          test(part_may_be_multipart_itself),
          test(lack_of_memory_leaves_nothing))
