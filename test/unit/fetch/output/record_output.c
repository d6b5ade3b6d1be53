/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <duet/descriptor.h>
#include <duet/group.h>
#include <duet/loop.h>

#include "fetch/output/record_output.h"

enum { WRITERS = 50, EACH = 20, LONG_BYTES = 20000 };

typedef struct fixture {
    duet__record_output output;
    int reading_end;
    uint64_t next_index;
} fixture;

static char long_url[LONG_BYTES];

static void open_pipe(fixture *fixture)
{
    int ends[2];

    signal(SIGPIPE, SIG_IGN);
    memset(long_url, 'u', sizeof long_url);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    *fixture = (struct fixture){.reading_end = ends[0]};
    duet__record_output_init(&fixture->output, ends[1]);
}

static void close_pipe(fixture *fixture)
{
    close(fixture->output.descriptor);
    duet__record_output_free(&fixture->output);
    if (fixture->reading_end >= 0)
        close(fixture->reading_end);
}

static int write_one(fixture *fixture, size_t url_bytes)
{
    const duet__record record = {
        .url = duet__text_of(long_url, url_bytes),
        .source = "-",
        .index = ++fixture->next_index,
    };

    return duet__record_output_write(&fixture->output, &record);
}

/* --- many writers, a slow reader ----------------------------------------- */

static int write_many(void *argument)
{
    for (int i = 0; i < EACH; i++) {
        int status = write_one(argument, i % 7 == 0 ? LONG_BYTES : 300);

        if (status != 0)
            return status;
    }
    return 0;
}

static int count_lines(void *argument)
{
    fixture *fixture = argument;
    char block[4096];
    int lines = 0;
    bool starts = true;

    while (lines < WRITERS * EACH) {
        ssize_t count;

        assert_status(duet_wait_readable(fixture->reading_end, DUET_NEVER), 0);
        count = read(fixture->reading_end, block, sizeof block);
        assert_true(count > 0);
        for (ssize_t i = 0; i < count; i++) {
            if (starts)
                assert_int_equal(block[i], '{');
            starts = block[i] == '\n';
            lines += starts;
        }
        (void)!duet_yield();
    }
    return 0;
}

static int write_and_read(void *argument)
{
    fixture *fixture = argument;
    duet_call calls[WRITERS + 1];

    for (int i = 0; i < WRITERS; i++)
        calls[i] = (duet_call){.function = write_many, .argument = fixture};
    calls[WRITERS] = (duet_call){.function = count_lines, .argument = fixture};
    return duet_gather(calls, WRITERS + 1, NULL, DUET_NEVER);
}

static void records_of_many_tasks_stay_whole_in_a_full_pipe(void **state)
{
    fixture fixture;

    (void)state;
    open_pipe(&fixture);
    assert_true(fixture.output.waits);
    assert_status(duet_run(write_and_read, &fixture, NULL), 0);
    close_pipe(&fixture);
}

/* --- failures ------------------------------------------------------------ */

static int write_to_nobody(void *argument)
{
    fixture *fixture = argument;

    close(fixture->reading_end);
    fixture->reading_end = -1;
    assert_status(write_one(fixture, 10), DUET_EPIPE);
    assert_string_equal(duet_error_detail(), "records: their reader has gone");
    assert_status(write_one(fixture, 10), DUET_EPIPE);
    return 0;
}

static void closed_pipe_is_an_error_and_stays_one(void **state)
{
    fixture fixture;

    (void)state;
    open_pipe(&fixture);
    assert_status(duet_run(write_to_nobody, &fixture, NULL), 0);
    close_pipe(&fixture);
}

static int write_until_given_up(void *argument)
{
    fixture *fixture = argument;
    int status = 0;

    while (status == 0)
        status = write_one(fixture, LONG_BYTES);
    assert_status(status, DUET_ETIMEDOUT);
    assert_string_equal(duet_error_detail(),
                        "records: the reader takes no more");
    return 0;
}

/* One writes, the other waits for its turn. */
static int give_up_two(void *argument)
{
    fixture *fixture = argument;
    duet_call calls[] = {
        {.function = write_until_given_up, .argument = fixture},
        {.function = write_until_given_up, .argument = fixture}};

    fixture->output.give_up = duet_in_ms(10);
    return duet_gather(calls, 2, NULL, DUET_NEVER);
}

static void reader_that_takes_nothing_is_given_up(void **state)
{
    fixture fixture;

    (void)state;
    open_pipe(&fixture);
    assert_status(duet_run(give_up_two, &fixture, NULL), 0);
    close_pipe(&fixture);
}

static void full_device_is_an_error(void **state)
{
    const duet__record record = {.source = "-"};
    duet__record_output output;
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

    (void)state;
    duet__record_output_init(&output, full);
    assert_status(duet__record_output_write(&output, &record), DUET_ENOSPC);
    duet__record_output_free(&output);
    close(full);
}

/* --- cancelling ---------------------------------------------------------- */

static int cancelled_writer(void *argument)
{
    fixture *fixture = argument;

    return write_one(fixture, LONG_BYTES);
}

static int cancel_one(void *argument)
{
    fixture *fixture = argument;
    duet_task *task;
    int result = 1;
    char block[4096];

    assert_true(fcntl(fixture->output.descriptor, F_SETPIPE_SZ, 4096) > 0);
    assert_status(duet_spawn(cancelled_writer, fixture, NULL, &task), 0);
    (void)!duet_yield();
    (void)!duet_yield();
    duet_task_cancel(task); /* in the middle of its record */
    for (size_t left = 0; left < LONG_BYTES;) {
        ssize_t count;

        assert_status(duet_wait_readable(fixture->reading_end, DUET_NEVER), 0);
        count = read(fixture->reading_end, block, sizeof block);
        assert_true(count > 0);
        left += (size_t)count;
    }
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, 0);
    return 0;
}

static void cancelled_writer_finishes_its_record(void **state)
{
    fixture fixture;

    (void)state;
    open_pipe(&fixture);
    assert_status(duet_run(cancel_one, &fixture, NULL), 0);
    close_pipe(&fixture);
}

TEST_MAIN(test(records_of_many_tasks_stay_whole_in_a_full_pipe),
          test(closed_pipe_is_an_error_and_stays_one),
          test(reader_that_takes_nothing_is_given_up),
          test(full_device_is_an_error),
          test(cancelled_writer_finishes_its_record))
