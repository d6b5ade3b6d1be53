/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <duet/duet.h>

static const duet_loop_options on_virtual_time = {.virtual_time = true};

static void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        print_error("no '%s' in:\n%s", part, text);
        fail();
    }
}

static int read_socket(void *argument)
{
    return duet_wait_readable(*(int *)argument, DUET_NEVER);
}

static int wait_for_task(void *argument)
{
    int status = duet_join(*(duet_task **)argument, NULL, DUET_NEVER);

    __asm__ volatile("");
    return status;
}

static int look(void *argument)
{
    const duet_spawn_options reader = {.name = "reader"};
    const duet_spawn_options joiner = {.name = "joiner",
                                       .stack_bytes = 128 * 1024};
    const duet_inspect_options with_backtraces = {.backtraces = true};
    static duet_task *task;
    static int ends[2];
    char expected[64];
    char *text;

    (void)argument;
    assert_int_equal(pipe(ends), 0);
    assert_status(duet_spawn(read_socket, &ends[0], &reader, &task), 0);
    assert_status(duet_spawn(wait_for_task, &task, &joiner, NULL), 0);
    assert_status(duet_sleep(duet_in_ms(2500)), 0);
    duet_task_cancel(duet_current_task());
    assert_status(duet_inspect_text(duet_current_loop(), NULL, &text), 0);
    assert_has(text, "3 tasks; ");
    assert_has(text, " 1 timers, 3 spawned\n");
    assert_has(text, "\nmain  running; cancelled 1 times; stack ");
    snprintf(expected, sizeof expected,
             "\n  reader  waits for readable %d, 2.500 s; ", ends[0]);
    assert_has(text, expected);
    assert_has(text, "\n  joiner  waits for task 'reader', 2.500 s; stack ");
    assert_has(text, " of 128 KiB, ");
    assert_null(strstr(text, "#0"));
    free(text);
    assert_status(
        duet_inspect_text(duet_current_loop(), &with_backtraces, &text), 0);
    if (strcmp(DUET_CONTEXT, "ucontext") != 0)
        assert_has(text, "\n      #0 ");
    free(text);
    assert_status(duet_yield(), DUET_ECANCELED);
    close(ends[1]);
    assert_status(duet_sleep(duet_in_ms(1)), 0); /* both end */
    close(ends[0]);
    return 0;
}

static void assert_is_run(void (*function)(void))
{
    char place[64];
    char *text;

    assert_status(duet_inspect_json(duet_current_loop(), NULL, &text), 0);
    snprintf(place, sizeof place, "\"address\": \"0x%jx\"",
             (uintmax_t)(uintptr_t)function);
    assert_has(text, place);
    free(text);
}

static int work_on(void *context, void *input, void **out_output)
{
    (void)context;
    (void)input;
    (void)out_output;
    assert_is_run((void (*)(void))work_on);
    return 0;
}

static int give_one(void *context, void **out_input)
{
    *out_input = NULL;
    return (*(int *)context)-- > 0 ? 0 : DUET_EEMPTY;
}

static int look_at_itself(void *argument)
{
    (void)argument;
    assert_is_run((void (*)(void))look_at_itself);
    return 0;
}

static int gather_and_map(void *argument)
{
    const duet_bounded_map_steps steps = {.next = give_one, .work = work_on};
    duet_call call = {.function = look_at_itself};
    int left = 1;

    (void)argument;
    assert_status(duet_gather(&call, 1, NULL, DUET_NEVER), 0);
    assert_status(duet_bounded_map(&steps, &left, NULL, DUET_NEVER), 0);
    return 0;
}

static void a_task_for_a_call_shows_the_calls_function(void **state)
{
    (void)state;
    assert_status(duet_run(gather_and_map, NULL, &on_virtual_time), 0);
}

static void text_tells_what_each_task_waits_for_and_how_long(void **state)
{
    (void)state;
    assert_status(duet_run(look, NULL, &on_virtual_time), 0);
}

static int sleep_long(void *argument)
{
    (void)argument;
    return duet_sleep(DUET_NEVER);
}

static int look_at_few(void *argument)
{
    duet_inspect_options options = {.tasks_max = 3};
    char *text;

    (void)argument;
    for (int i = 0; i < 9; i++)
        assert_status(duet_spawn(sleep_long, NULL, NULL, NULL), 0);
    assert_status(duet_inspect_text(duet_current_loop(), &options, &text), 0);
    assert_has(text, "  task  ready; ");
    assert_has(text, "\nand 7 more\n");
    free(text);
    options.tasks_max = -2;
    assert_status(duet_inspect_text(duet_current_loop(), &options, &text),
                  DUET_EINVAL);
    assert_null(text);
    return 0;
}

static void tasks_beyond_the_limit_are_counted(void **state)
{
    (void)state;
    assert_status(duet_run(look_at_few, NULL, &on_virtual_time), 0);
}

static int count(void *argument)
{
    duet_loop_counters before;
    duet_loop_counters after;

    (void)argument;
    duet_loop_get_counters(duet_current_loop(), &before);
    assert_int_equal(before.tasks, 1);
    assert_int_equal(before.spawned, 1);
    assert_status(duet_sleep(duet_in_ms(10)), 0);
    assert_status(duet_yield(), 0);
    duet_loop_get_counters(duet_current_loop(), &after);
    assert_int_equal(after.timers_fired, before.timers_fired + 1);
    assert_int_equal(after.wake_ups, before.wake_ups + 1);
    assert_true(after.turns > before.turns);
    assert_true(after.switches > before.switches);
    assert_true(after.polls > before.polls);
    return 0;
}

static void counters_count(void **state)
{
    (void)state;
    assert_status(duet_run(count, NULL, &on_virtual_time), 0);
}

static int wait_for_report(void *argument)
{
    raise(SIGUSR1);
    return duet_wait_readable(*(int *)argument, DUET_NEVER);
}

static void signal_writes_the_tree_to_the_report_descriptor(void **state)
{
    int ends[2];
    char text[4096];
    ssize_t length;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    duet_loop_options options = {.inspect_signal = SIGUSR1,
                                 .report_descriptor = ends[1]};
    assert_status(duet_run(wait_for_report, &ends[0], &options), 0);
    length = read(ends[0], text, sizeof text - 1);
    assert_true(length > 0);
    text[length] = '\0';
    assert_has(text, "1 tasks; ");
    assert_has(text, "\nmain  waits for readable ");
    close(ends[0]);
    close(ends[1]);
    options = (duet_loop_options){.inspect_signal = SIGKILL};
    assert_status(duet_run(wait_for_report, NULL, &options), DUET_EINVAL);
}

TEST_MAIN(test(a_task_for_a_call_shows_the_calls_function),
          test(text_tells_what_each_task_waits_for_and_how_long),
          test(tasks_beyond_the_limit_are_counted), test(counters_count),
          test(signal_writes_the_tree_to_the_report_descriptor))
