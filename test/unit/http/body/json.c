/* SPDX-License-Identifier: MIT */
#include "support/in_task.h"

#include <jansson.h>
#include <stdlib.h>

#include <duet/group.h>
#include <duet/task.h>

#include "http/body/json.h"
#include "runtime/core/task.h"
#include "support/memory.h"

static const duet__json_limits limits = {.depth_max = 128};

/* `depth` opening brackets; `closing` ones. */
static char *nested(size_t depth, size_t closing, char open, char close)
{
    char *text = malloc(depth + closing + 1);

    assert_non_null(text);
    memset(text, open, depth);
    memset(text + depth, close, closing);
    text[depth + closing] = '\0';
    return text;
}

static int read_nested(size_t depth, size_t closing,
                       const duet__json_limits *within)
{
    char *text = nested(depth, closing, '[', ']');
    json_t *json;
    int status = duet__json_read(duet__text_from(text), within, &json);

    assert_int_equal(status == 0, json != NULL);
    json_decref(json);
    free(text);
    return status;
}

static int read_text(const char *text)
{
    json_t *json;
    int status = duet__json_read(duet__text_from(text), &limits, &json);

    json_decref(json);
    return status;
}

/* `depth` arrays in each other, made without a reader. */
static json_t *deep_value(size_t depth)
{
    json_t *json = json_array();

    while (--depth > 0) {
        json_t *outer = json_array();

        assert_int_equal(json_array_append_new(outer, json), 0);
        json = outer;
    }
    return json;
}

static int write_value(json_t *json, const duet__json_limits *within,
                       const char *expected)
{
    duet__buffer buffer;
    int status;

    duet__buffer_init(&buffer, SIZE_MAX);
    status = duet__json_write(&buffer, json, within);
    if (status == 0 && expected != NULL)
        assert_string_equal(buffer.bytes, expected);
    duet__buffer_free(&buffer);
    duet__json_free(json);
    return status;
}

static void reading_stops_at_the_depth(void **state)
{
    (void)state;
    assert_status(read_nested(128, 128, &limits), 0);
    assert_status(read_nested(129, 129, &limits), DUET_EJSON);
    assert_non_null(strstr(duet_error_detail(), "128"));
    assert_status(read_nested(1000000, 0, &limits), DUET_EJSON);
    assert_status(read_nested(128, 127, &limits), DUET_EJSON);
    assert_null(strstr(duet_error_detail(), "128"));
}

static void brackets_in_texts_are_no_depth(void **state)
{
    char *inside = nested(300, 0, '[', ' ');
    char text[400];

    (void)state;
    snprintf(text, sizeof text, "[\"\\\"%s\\\\\", {}]", inside);
    assert_status(read_text(text), 0);
    snprintf(text, sizeof text, "[\"\\\\\", \"\", %s", inside);
    assert_status(read_text(text), DUET_EJSON);
    assert_non_null(strstr(duet_error_detail(), "128"));
    free(inside);
}

static void siblings_are_no_depth(void **state)
{
    char text[2000] = "[";

    (void)state;
    for (int i = 0; i < 200; i++)
        strcat(text, "{\"a\":[]},");
    strcat(text, "1]");
    assert_status(read_text(text), 0);
}

static void flaws_are_told_with_their_place(void **state)
{
    (void)state;
    assert_status(read_text("[1,\n 2"), DUET_EJSON);
    assert_non_null(strstr(duet_error_detail(), "line 2"));
    assert_status(read_text("\""), DUET_EJSON);
    assert_status(read_text("\"\\"), DUET_EJSON);
    assert_status(read_text(""), DUET_EJSON);
    assert_status(read_text("]]]]"), DUET_EJSON);
    assert_status(read_text("{\"a\":1,\"a\":2}"), DUET_EJSON);
    assert_status(read_text("7"), 0);
}

static void writing_stops_at_the_depth(void **state)
{
    json_t *itself = json_array();

    (void)state;
    assert_status(write_value(deep_value(128), &limits, NULL), 0);
    assert_status(write_value(deep_value(129), &limits, NULL), DUET_EJSON);
    assert_non_null(strstr(duet_error_detail(), "128"));
    assert_status(write_value(deep_value(300000), &limits, NULL), DUET_EJSON);
    assert_status(
        write_value(json_pack("{s:[{},[],s,s,s]}", "{", "[[[", "\"", "]"),
                    &limits, "{\"{\":[{},[],\"[[[\",\"\\\"\",\"]\"]}"),
        0);
    assert_status(json_array_append_new(itself, json_array()), 0);
    assert_status(json_array_append(json_array_get(itself, 0), itself), 0);
    json_incref(itself);
    assert_status(write_value(itself, &limits, NULL), DUET_EJSON);
    assert_int_equal(json_array_clear(itself), 0);
    json_decref(itself);
}

static void what_others_hold_is_not_freed(void **state)
{
    json_t *shared = json_pack("[[i]]", 7);
    json_t *json = json_pack("{s:O, s:[O]}", "a", shared, "b", shared);

    (void)state;
    duet__json_free(NULL);
    duet__json_free(json_incref(json));
    assert_int_equal(json_object_size(json), 2);
    duet__json_free(json);
    assert_int_equal(
        json_integer_value(json_array_get(json_array_get(shared, 0), 0)), 7);
    assert_int_equal(shared->refcount, 1);
    duet__json_free(shared);
}

static void value_is_spent_whatever_happens(void **state)
{
    const duet__json_limits flat = {.depth_max = 1};
    json_t *json = json_pack("[[]]");
    duet__buffer buffer;

    (void)state;
    duet__buffer_init(&buffer, SIZE_MAX);
    assert_status(duet__json_spend(&buffer, json_incref(json), &limits), 0);
    assert_string_equal(buffer.bytes, "[[]]");
    assert_int_equal(json->refcount, 1);
    assert_status(duet__json_spend(&buffer, json, &flat), DUET_EJSON);
    assert_status(duet__json_spend(&buffer, NULL, &limits), DUET_ENOMEM);
    duet__buffer_free(&buffer);
}

static void depth_is_128_or_at_most_2048(void **state)
{
    size_t depth;

    (void)state;
    assert_status(duet__json_depth_read(0, &depth), 0);
    assert_int_equal(depth, 128);
    assert_status(duet__json_depth_read(2048, &depth), 0);
    assert_int_equal(depth, 2048);
    assert_status(duet__json_depth_read(2049, &depth), DUET_EINVAL);
    assert_status(duet__json_depth_read(-1, &depth), DUET_EINVAL);
}

/* --- on a small stack ---------------------------------------------------- */

static int use_own_stack(void *argument)
{
    const duet__json_limits deep = {
        .depth_max = 2048,
        .stack_floor = (uintptr_t)duet_current_task()->stack.low,
    };

    (void)argument;
    for (size_t depth = 1; depth <= 2048; depth += depth / 8 + 1) {
        int status = read_nested(depth, depth, &deep);

        assert_true(status == 0 || status == DUET_ETOOLARGE);
        assert_true(status == 0 || depth > 128);
        status = write_value(deep_value(depth), &deep, NULL);
        assert_true(status == 0 || status == DUET_ETOOLARGE);
        assert_true(status == 0 || depth > 128);
    }
    assert_status(read_nested(2048, 2048, &deep), DUET_ETOOLARGE);
    assert_status(write_value(deep_value(2048), &deep, NULL), DUET_ETOOLARGE);
    assert_non_null(strstr(duet_error_detail(), "stack_bytes"));
    return 0;
}

in_task(stack_is_never_overrun_at_any_depth)
{
    duet_task *task;

    assert_status(duet_spawn(use_own_stack, NULL, NULL, &task), 0);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
}

static int write_once(void)
{
    json_t *json = json_pack("[[[i]]]", 1);
    duet__buffer buffer;
    int status;

    duet__buffer_init(&buffer, SIZE_MAX);
    status = duet__json_write(&buffer, json, &limits);
    duet__buffer_free(&buffer);
    json_decref(json);
    return status;
}

static void writing_without_memory_says_so(void **state)
{
    (void)state;
    test_each_allocation_failing(write_once, 1);
}

TEST_MAIN(test(value_is_spent_whatever_happens),
          test(depth_is_128_or_at_most_2048), test(reading_stops_at_the_depth),
          test(brackets_in_texts_are_no_depth), test(siblings_are_no_depth),
          test(flaws_are_told_with_their_place),
          test(writing_stops_at_the_depth), test(what_others_hold_is_not_freed),
          test(stack_is_never_overrun_at_any_depth),
          test(writing_without_memory_says_so))
