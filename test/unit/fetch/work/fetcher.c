/* SPDX-License-Identifier: MIT */
#include "fetch/work/fetcher_end.h"
#include "support/canned.h"
#include "support/peer.h"
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include <duet/loop.h>
#include <duet/task.h>

#include "fetch/work/fetcher.h"

enum { URLS_MAX = 200 };

/* --- help ---------------------------------------------------------------- */

static char urls[URLS_MAX][100];
static duet__input input;
static json_t *records[URLS_MAX]; /* by index, from 0 */
static FILE *written;
static duet__fetcher_result result;

static void add_urls(const test_canned *server, const char *path, int count)
{
    for (int i = 0; i < count; i++) {
        size_t place = input.count;

        snprintf(urls[place], sizeof urls[place], "http://127.0.0.1:%d%s",
                 server->port, path);
        assert_status(duet__input_add_url(&input, urls[place]), 0);
    }
}

static duet__fetcher *open_fetcher(duet__fetcher_options options)
{
    duet__fetcher *fetcher;

    written = tmpfile();
    assert_non_null(written);
    options.records = fileno(written);
    options.progress = -1;
    assert_status(duet__fetcher_new(&input, &options, &fetcher), 0);
    return fetcher;
}

/* Reads the records; each must be there once. */
static void close_fetcher(duet__fetcher *fetcher)
{
    char line[4096];
    uint64_t count = 0;

    duet__fetcher_free(fetcher);
    duet__input_free(&input);
    rewind(written);
    while (fgets(line, sizeof line, written) != NULL) {
        json_t *record = json_loads(line, 0, NULL);
        json_int_t index =
            json_integer_value(json_object_get(record, "index")) - 1;

        assert_in_range(index, 0, URLS_MAX - 1);
        assert_null(records[index]);
        records[index] = record;
        count++;
    }
    fclose(written);
    assert_int_equal(count, result.done + result.failed + result.cancelled);
}

static void forget_records(void)
{
    for (int i = 0; i < URLS_MAX; i++) {
        json_decref(records[i]);
        records[i] = NULL;
    }
}

static void assert_record(int index, const char *error, int attempts)
{
    const char *actual =
        json_string_value(json_object_get(records[index], "error"));

    assert_non_null(records[index]);
    if (error == NULL)
        assert_null(actual);
    else
        assert_string_equal(actual, error);
    assert_int_equal(
        json_integer_value(json_object_get(records[index], "attempts")),
        attempts);
}

static void fetch_all(duet__fetcher_options options)
{
    duet__fetcher *fetcher = open_fetcher(options);

    assert_status(duet__fetcher_run(fetcher, &result), 0);
    close_fetcher(fetcher);
}

/* --- fetching ------------------------------------------------------------ */

static int fetch_many(test_canned *server)
{
    add_urls(server, "/hello", 150);
    fetch_all((duet__fetcher_options){.at_once = 7});
    assert_int_equal(result.done, 150);
    assert_int_equal(result.failed, 0);
    assert_int_equal(result.bytes, 750);
    assert_int_equal(result.at_once_max, 7);
    assert_in_range(server->at_once_max, 2, 7);
    assert_int_equal(server->requests, 150);
    forget_records();
    return 0;
}

static void so_many_at_once_and_each_url_once(void **state)
{
    (void)state;
    test_with_canned(fetch_many);
}

static int fetch_mixed(test_canned *server)
{
    add_urls(server, "/hello", 1);
    add_urls(server, "/missing", 1);
    assert_status(duet__input_add_url(&input, "nonsense"), 0);
    add_urls(server, "/cut", 1);
    add_urls(server, "/moved", 1);
    fetch_all((duet__fetcher_options){.retries = 0});
    assert_int_equal(result.done, 2);
    assert_int_equal(result.failed, 3);
    assert_record(0, NULL, 1);
    assert_record(1, "DUET_EHTTP", 1);
    assert_record(2, "DUET_EURL", 1);
    assert_record(3, "DUET_ETRUNCATED", 1);
    assert_record(4, NULL, 1);
    forget_records();
    return 0;
}

static void failures_are_records_and_do_not_end_the_run(void **state)
{
    (void)state;
    test_with_canned(fetch_mixed);
}

static int fetch_busy(test_canned *server)
{
    add_urls(server, "/busy", 1);
    add_urls(server, "/full", 1);
    add_urls(server, "/missing", 1);
    fetch_all((duet__fetcher_options){.retries = 3});
    assert_record(0, NULL, 2);
    assert_record(1, "DUET_EHTTP", 1); /* it asks for too long a wait */
    assert_record(2, "DUET_EHTTP", 1);
    forget_records();
    return 0;
}

static void busy_server_is_asked_again(void **state)
{
    (void)state;
    test_with_canned(fetch_busy);
}

static int fetch_busy_by_post(test_canned *server)
{
    add_urls(server, "/cut", 1);
    fetch_all((duet__fetcher_options){.retries = 3, .method = "POST"});
    assert_int_equal(server->requests, 1);
    forget_records();
    return 0;
}

static void method_that_must_not_be_repeated_is_not(void **state)
{
    (void)state;
    test_with_canned(fetch_busy_by_post);
}

static int fetch_slow(test_canned *server)
{
    add_urls(server, "/never", 3);
    fetch_all((duet__fetcher_options){.timeout_ms = 20, .retries = 5});
    for (int i = 0; i < 3; i++)
        assert_record(i, "DUET_ETIMEDOUT", 1);
    forget_records();
    return 0;
}

static void timeout_is_for_all_attempts_together(void **state)
{
    (void)state;
    test_with_canned(fetch_slow);
}

static int fetch_into_folder(test_canned *server)
{
    char folder[TEST_FOLDER_BYTES];
    const char *file;

    test_folder_make(folder);
    add_urls(server, "/hello", 2);
    add_urls(server, "/missing", 1);
    fetch_all((duet__fetcher_options){.directory = folder});
    for (int i = 0; i < 2; i++) {
        file = json_string_value(json_object_get(records[i], "file"));
        assert_non_null(file);
        assert_int_equal(unlink(file), 0);
    }
    assert_true(json_is_null(json_object_get(records[2], "file")));
    assert_int_equal(rmdir(folder), 0);
    forget_records();
    return 0;
}

static void bodies_are_files_of_their_own(void **state)
{
    (void)state;
    test_with_canned(fetch_into_folder);
}

/* --- ending early -------------------------------------------------------- */

typedef struct stopper {
    test_canned *server;
    duet__fetcher *fetcher;
    bool aborts;
} stopper;

/* Stops the fetcher when it has four in flight. */
static int stop_soon(void *argument)
{
    stopper *stopper = argument;

    while (stopper->server->requests < 4)
        (void)!duet_sleep(duet_in_ms(1));
    assert_int_equal(duet__fetcher_in_flight(stopper->fetcher), 4);
    duet__fetcher_stop(stopper->fetcher);
    if (stopper->aborts)
        duet__fetcher_abort(stopper->fetcher);
    return 0;
}

static void stop_while_fetching(test_canned *server, const char *directory,
                                bool aborts, int timeout_ms)
{
    stopper stopper = {.server = server, .aborts = aborts};
    duet__fetcher *fetcher;
    duet_task *task;

    add_urls(server, "/never", 100);
    fetcher = open_fetcher((duet__fetcher_options){
        .at_once = 4, .directory = directory, .timeout_ms = timeout_ms});
    stopper.fetcher = fetcher;
    assert_status(duet_spawn(stop_soon, &stopper, NULL, &task), 0);
    assert_status(duet__fetcher_run(fetcher, &result), 0);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    close_fetcher(fetcher);
    assert_int_equal(result.failed + result.cancelled, 100);
    assert_int_equal(server->requests, 4);
    for (int i = 4; i < 100; i++) /* taken from the input and never begun */
        assert_record(i, "DUET_ECANCELED", 0);
}

static int stop_fetcher(test_canned *server)
{
    stop_while_fetching(server, NULL, false, 300);
    for (int i = 0; i < 4; i++)
        assert_record(i, "DUET_ETIMEDOUT", 1);
    forget_records();
    return 0;
}

static void stopping_lets_what_is_in_flight_end(void **state)
{
    (void)state;
    test_with_canned(stop_fetcher);
}

static int abort_fetcher(test_canned *server)
{
    char folder[TEST_FOLDER_BYTES];

    test_folder_make(folder);
    stop_while_fetching(server, folder, true, DUET_NO_LIMIT);
    for (int i = 0; i < 4; i++)
        assert_record(i, "DUET_ECANCELED", 1);
    assert_int_equal(rmdir(folder), 0); /* no temporary file is left */
    forget_records();
    return 0;
}

static void aborting_cancels_and_still_writes_records(void **state)
{
    (void)state;
    test_with_canned(abort_fetcher);
}

static void stop(void *argument)
{
    duet__fetcher_stop(argument);
}

static int stop_waiting_for_input(test_canned *server)
{
    char folder[TEST_FOLDER_BYTES];
    char fifo[TEST_FOLDER_BYTES + 8];
    duet__fetcher *fetcher;
    int writer;

    (void)server;
    test_folder_make(folder);
    snprintf(fifo, sizeof fifo, "%s/fifo", folder);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_status(duet__input_add_file(&input, fifo), 0);
    writer = open(fifo, O_WRONLY | O_CLOEXEC);
    fetcher = open_fetcher((duet__fetcher_options){.at_once = 4});
    assert_status(
        duet_loop_call_from_thread(duet_current_loop(), stop, fetcher), 0);
    assert_status(duet__fetcher_run(fetcher, &result), 0);
    close_fetcher(fetcher);
    assert_int_equal(result.done + result.failed, 0);
    close(writer);
    test_folder_remove(folder);
    return 0;
}

static void stopping_ends_the_wait_for_input(void **state)
{
    (void)state;
    test_with_canned(stop_waiting_for_input);
}

static int write_to_full_device(test_canned *server)
{
    duet__fetcher_options options = {
        .records = open("/dev/full", O_WRONLY | O_CLOEXEC), .progress = -1};
    duet__fetcher *fetcher;

    add_urls(server, "/hello", 100);
    assert_status(duet__fetcher_new(&input, &options, &fetcher), 0);
    assert_status(duet__fetcher_run(fetcher, &result), DUET_ENOSPC);
    assert_string_equal(duet_error_detail(),
                        "records: No space left on device");
    assert_in_range(server->requests, 0, 99);
    duet__fetcher_free(fetcher);
    duet__input_free(&input);
    close(options.records);
    return 0;
}

static void records_that_cannot_be_written_end_the_run(void **state)
{
    (void)state;
    test_with_canned(write_to_full_device);
}

static int cancel_run(test_canned *server)
{
    duet__fetcher *fetcher;

    add_urls(server, "/never", 10);
    fetcher = open_fetcher((duet__fetcher_options){.at_once = 3});
    duet_task_cancel(duet_current_task());
    assert_status(duet__fetcher_run(fetcher, &result), DUET_ECANCELED);
    duet_task_uncancel(duet_current_task());
    close_fetcher(fetcher);
    forget_records();
    return 0;
}

static void cancelled_caller_ends_the_run(void **state)
{
    (void)state;
    test_with_canned(cancel_run);
}

static int open_in_no_folder(test_canned *server)
{
    duet__fetcher_options options = {.directory = "/proc/no/such"};
    duet__fetcher *fetcher;

    (void)server;
    assert_status(duet__fetcher_new(&input, &options, &fetcher), DUET_ENOENT);
    assert_null(fetcher);
    return 0;
}

static int fetch_into_removed_folder(test_canned *server)
{
    char folder[TEST_FOLDER_BYTES];
    duet__fetcher *fetcher;

    test_folder_make(folder);
    add_urls(server, "/hello", 100);
    fetcher = open_fetcher(
        (duet__fetcher_options){.at_once = 1, .directory = folder});
    assert_int_equal(rmdir(folder), 0);
    assert_status(duet__fetcher_run(fetcher, &result), DUET_ENOENT);
    assert_int_equal(result.failed, 1);
    assert_int_equal(server->requests, 0);
    close_fetcher(fetcher);
    assert_record(0, "DUET_ENOENT", 1);
    forget_records();
    return 0;
}

static void first_body_that_cannot_be_written_ends_the_run(void **state)
{
    (void)state;
    test_with_canned(fetch_into_removed_folder);
}

static void folder_that_cannot_be_made_is_an_error(void **state)
{
    (void)state;
    test_with_canned(open_in_no_folder);
}

TEST_MAIN(test(so_many_at_once_and_each_url_once),
          test(failures_are_records_and_do_not_end_the_run),
          test(busy_server_is_asked_again),
          test(method_that_must_not_be_repeated_is_not),
          test(timeout_is_for_all_attempts_together),
          test(bodies_are_files_of_their_own),
          test(stopping_lets_what_is_in_flight_end),
          test(aborting_cancels_and_still_writes_records),
          test(stopping_ends_the_wait_for_input),
          test(records_that_cannot_be_written_end_the_run),
          test(cancelled_caller_ends_the_run),
          test(first_body_that_cannot_be_written_ends_the_run),
          test(folder_that_cannot_be_made_is_an_error))
