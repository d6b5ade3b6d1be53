/* SPDX-License-Identifier: MIT */
#include "support/in_task.h"
#include "support/test.h"

#include <jansson.h>
#include <stdlib.h>

#include <duet/duet.h>

#include "support/memory.h"

static int sleep_long(void *argument)
{
    (void)argument;
    return duet_sleep(DUET_NEVER);
}

static json_t *inspect(const duet_inspect_options *options)
{
    char *text;
    json_t *root;

    assert_status(duet_inspect_json(duet_current_loop(), options, &text), 0);
    root = json_loads(text, 0, NULL);
    assert_non_null(root);
    free(text);
    return root;
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static int look(void *argument)
{
    const duet_inspect_options with_backtraces = {.backtraces = true};
    const duet_spawn_options odd = {.name = "a\"\n\xff"};
    json_t *root, *task, *wait;

    (void)argument;
    assert_status(duet_spawn(sleep_long, NULL, &odd, NULL), 0);
    assert_status(duet_sleep(duet_in_ms(40)), 0);
    root = inspect(&with_backtraces);
    assert_int_equal(json_array_size(json_object_get(root, "tasks")), 2);
    assert_int_equal(json_integer_value(json_object_get(
                         json_object_get(root, "counters"), "spawned")),
                     2);
    task = json_array_get(json_object_get(root, "tasks"), 0);
    assert_string_equal(text_of(task, "name"), "main");
    assert_string_equal(text_of(task, "state"), "running");
    assert_true(json_is_null(json_object_get(task, "parent")));
    assert_true(json_is_null(json_object_get(task, "wait")));
    task = json_array_get(json_object_get(root, "tasks"), 1);
    assert_string_equal(text_of(task, "name"), "a\"\n?");
    assert_int_equal(json_integer_value(json_object_get(task, "parent")), 0);
    wait = json_object_get(task, "wait");
    assert_string_equal(text_of(wait, "what"), "sleep");
    assert_true(json_is_null(json_object_get(wait, "object")));
    assert_int_equal(json_integer_value(json_object_get(wait, "for_ns")),
                     40 * 1000000);
    assert_true(json_is_array(json_object_get(task, "backtrace")));
    assert_non_null(text_of(json_object_get(task, "function"), "file"));
    assert_non_null(text_of(json_object_get(task, "spawned_at"), "offset"));
    json_decref(root);
    root = inspect(NULL);
    task = json_array_get(json_object_get(root, "tasks"), 1);
    assert_null(json_object_get(task, "backtrace"));
    json_decref(root);
    return 0;
}

static void json_tells_the_same_as_the_text(void **state)
{
    const duet_loop_options options = {.virtual_time = true};

    (void)state;
    assert_status(duet_run(look, NULL, &options), 0);
}

static int write_json(void)
{
    static char untouched[] = "";
    char *text = untouched;
    int status = duet_inspect_json(duet_current_loop(), NULL, &text);

    assert_ptr_not_equal(text, untouched);
    assert_true((status == 0) == (text != NULL));
    free(text);
    return status;
}

in_task(without_memory_there_is_no_text)
{
    test_each_allocation_failing(write_json, 3);
}

TEST_MAIN(test(json_tells_the_same_as_the_text),
          test(without_memory_there_is_no_text))
