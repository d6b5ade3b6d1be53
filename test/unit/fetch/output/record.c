/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <jansson.h>

#include "fetch/output/record.h"

static json_t *write_and_parse(const duet__record *record)
{
    duet__buffer buffer;
    json_error_t error;
    json_t *json;

    duet__buffer_init(&buffer, SIZE_MAX);
    assert_status(duet__record_append(record, &buffer), 0);
    assert_int_equal(buffer.bytes[buffer.length - 1], '\n');
    assert_ptr_equal(strchr(buffer.bytes, '\n'),
                     buffer.bytes + buffer.length - 1);
    json = json_loadb(buffer.bytes, buffer.length,
                      JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (json == NULL)
        fail_msg("%s: %s", error.text, buffer.bytes);
    duet__buffer_free(&buffer);
    return json;
}

static const char *text_of(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

static void record_of_a_fetched_url_has_all_members(void **state)
{
    const duet__record record = {
        .url = DUET__TEXT("http://h/a"),
        .final_url = "http://h/b",
        .http_status = 200,
        .has_body = true,
        .bytes = 18446744073709551615u / 4,
        .sha256 = "00ff",
        .content_type = "text/html; charset=\"x\"",
        .timings = {0, -1, 1234567, -1, 999, 60000000000, 2000500},
        .reused = true,
        .attempts = 3,
        .directory = "out",
        .file = "name.html",
        .source = "list.txt",
        .line = 12,
        .index = 34,
    };
    json_t *json = write_and_parse(&record);
    const json_t *timings = json_object_get(json, "timings");

    (void)state;
    assert_int_equal(json_object_size(json), 18);
    assert_string_equal(text_of(json, "url"), "http://h/a");
    assert_true(json_is_null(json_object_get(json, "url_encoded")));
    assert_true(json_is_false(json_object_get(json, "skipped")));
    assert_string_equal(text_of(json, "final_url"), "http://h/b");
    assert_int_equal(json_integer_value(json_object_get(json, "status")), 200);
    assert_true(json_is_null(json_object_get(json, "error")));
    assert_true(json_is_null(json_object_get(json, "error_phase")));
    assert_true(json_is_null(json_object_get(json, "error_detail")));
    assert_int_equal(json_integer_value(json_object_get(json, "bytes")),
                     4611686018427387903);
    assert_string_equal(text_of(json, "sha256"), "00ff");
    assert_string_equal(text_of(json, "content_type"),
                        "text/html; charset=\"x\"");
    assert_true(json_is_true(json_object_get(json, "reused")));
    assert_int_equal(json_integer_value(json_object_get(json, "attempts")), 3);
    assert_string_equal(text_of(json, "file"), "out/name.html");
    assert_string_equal(text_of(json, "input"), "list.txt");
    assert_int_equal(json_integer_value(json_object_get(json, "line")), 12);
    assert_int_equal(json_integer_value(json_object_get(json, "index")), 34);
    assert_int_equal(json_object_size(timings), 7);
    assert_true(json_real_value(json_object_get(timings, "queue_ms")) == 0);
    assert_true(json_is_null(json_object_get(timings, "resolve_ms")));
    assert_true(json_real_value(json_object_get(timings, "connect_ms")) ==
                1.234);
    assert_true(json_real_value(json_object_get(timings, "first_byte_ms")) ==
                0);
    assert_true(json_real_value(json_object_get(timings, "body_ms")) == 60000);
    assert_true(json_real_value(json_object_get(timings, "total_ms")) == 2);
    json_decref(json);
}

static void record_of_a_failure_names_error_phase_and_detail(void **state)
{
    const duet__record record = {.url = DUET__TEXT("x"),
                                 .error = DUET_ETIMEDOUT,
                                 .error_phase = "first byte",
                                 .error_detail = "h: no answer",
                                 .source = "arguments",
                                 .index = 1};
    json_t *json = write_and_parse(&record);

    (void)state;
    assert_int_equal(json_object_size(json), 18);
    assert_string_equal(text_of(json, "error"), "DUET_ETIMEDOUT");
    assert_string_equal(text_of(json, "error_phase"), "first byte");
    assert_string_equal(text_of(json, "error_detail"), "h: no answer");
    assert_true(json_is_null(json_object_get(json, "status")));
    assert_true(json_is_null(json_object_get(json, "sha256")));
    assert_true(json_is_null(json_object_get(json, "file")));
    assert_true(json_is_null(json_object_get(json, "line")));
    json_decref(json);
}

static void every_byte_pair_in_a_url_gives_valid_json(void **state)
{
    char bytes[2];
    duet__record record = {.source = "-", .index = 1};

    (void)state;
    for (int first = 0; first < 256; first++) {
        for (int second = 0; second < 256; second += 3) {
            bytes[0] = (char)first;
            bytes[1] = (char)second;
            record.url = duet__text_of(bytes, 2);
            json_decref(write_and_parse(&record));
        }
    }
}

static void invalid_bytes_are_replaced_and_valid_ones_kept(void **state)
{
    duet__record record = {
        .url = DUET__TEXT("a\"\\\n\x01\x7f\xC3\xA9\xFF\xE2\x82z"),
        .source = "-",
        .index = 1};
    json_t *json = write_and_parse(&record);

    (void)state;
    assert_string_equal(text_of(json, "url"),
                        "a\"\\\n\x01\x7f\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBD"
                        "\xEF\xBF\xBDz");
    assert_string_equal(text_of(json, "url_encoded"),
                        "a\"\\\n\x01\x7f\xC3\xA9%FF%E2%82z");
    json_decref(json);
}

static void password_is_not_told(void **state)
{
    const duet__record record = {.url = DUET__TEXT("http://me:secret@h/\xFF"),
                                 .final_url = "http://me:secret@h/a",
                                 .source = "-",
                                 .index = 1};
    json_t *json = write_and_parse(&record);

    (void)state;
    assert_string_equal(text_of(json, "url"), "http://me:***@h/\xEF\xBF\xBD");
    assert_string_equal(text_of(json, "url_encoded"), "http://me:***@h/%FF");
    assert_string_equal(text_of(json, "final_url"), "http://me:***@h/a");
    json_decref(json);
}

static void record_beyond_the_buffers_limit_fails(void **state)
{
    const duet__record record = {.url = DUET__TEXT("x"), .source = "-"};
    duet__buffer buffer;

    (void)state;
    duet__buffer_init(&buffer, 20);
    assert_status(duet__record_append(&record, &buffer), DUET_ETOOLARGE);
    duet__buffer_free(&buffer);
}

TEST_MAIN(test(record_of_a_fetched_url_has_all_members),
          test(record_of_a_failure_names_error_phase_and_detail),
          test(every_byte_pair_in_a_url_gives_valid_json),
          test(invalid_bytes_are_replaced_and_valid_ones_kept),
          test(password_is_not_told),
          test(record_beyond_the_buffers_limit_fails))
