/* SPDX-License-Identifier: MIT */
#include "parallel/child/watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <duet/error.h>

#include "support/refuse.h"
#include "support/test.h"
#include "support/valgrind.h"

/* A child that ends with code 3 when the other end of *out_end is closed. */
static duet__child_watch start(int *out_end)
{
    duet__child_watch watch;
    int ends[2];
    pid_t id;
    char byte;

    assert_int_equal(pipe(ends), 0);
    id = fork();
    assert_true(id >= 0);
    if (id == 0) {
        close(ends[1]);
        _exit(read(ends[0], &byte, 1) == 0 ? 3 : 4);
    }
    close(ends[0]);
    *out_end = ends[1];
    assert_status(duet__child_watch_open(id, &watch), 0);
    assert_int_equal(watch.id, id);
    return watch;
}

static bool has_ended(const duet__child_watch *watch)
{
    struct pollfd end = {.fd = watch->descriptor, .events = POLLIN};

    return poll(&end, 1, 0) == 1;
}

static void end_is_seen_and_status_taken_once(void **state)
{
    duet_exit_status status = {.code = 99};
    int end;
    duet__child_watch watch = start(&end);

    (void)state;
    assert_false(has_ended(&watch));
    assert_status(duet__child_watch_reap(&watch, &status), DUET_EAGAIN);
    assert_int_equal(status.code, 99);
    close(end);
    duet__child_watch_block(&watch);
    assert_true(has_ended(&watch));
    assert_status(duet__child_watch_reap(&watch, &status), 0);
    assert_int_equal(status.code, 3);
    assert_int_equal(status.signal, 0);
    assert_status(duet__child_watch_reap(&watch, &status), DUET_ECHILD);
    duet__child_watch_close(&watch);
    assert_int_equal(watch.descriptor, -1);
    duet__child_watch_close(&watch);
}

static void signal_ends_it_and_is_told(void **state)
{
    duet_exit_status status;
    int end;
    duet__child_watch watch = start(&end);

    (void)state;
    assert_status(duet__child_watch_signal(&watch, 0), 0);
    assert_status(duet__child_watch_signal(&watch, -1), DUET_EINVAL);
    assert_status(duet__child_watch_signal(&watch, SIGKILL), 0);
    duet__child_watch_block(&watch);
    assert_status(duet__child_watch_reap(&watch, &status), 0);
    assert_int_equal(status.signal, SIGKILL);
    assert_int_equal(status.code, -1);
    close(end);
    duet__child_watch_close(&watch);
}

static void somebody_else_who_waited_is_told(void **state)
{
    duet_exit_status status;
    int end;
    duet__child_watch watch = start(&end);

    (void)state;
    close(end);
    assert_int_equal(waitpid(watch.id, NULL, 0), watch.id);
    duet__child_watch_block(&watch);
    assert_status(duet__child_watch_reap(&watch, &status), DUET_ECHILD);
    duet__child_watch_close(&watch);
}

/* What a child is watched by: a pidfd? */
static bool uses_pidfd(void)
{
    int end;
    duet__child_watch watch = start(&end);

    close(end);
    duet__child_watch_block(&watch);
    assert_int_equal(waitpid(watch.id, NULL, 0), watch.id);
    duet__child_watch_close(&watch);
    return watch.is_pidfd;
}

static void pidfd_is_used_where_there_is_one(void **state)
{
    (void)state;
    assert_true(uses_pidfd() || test_on_valgrind());
    if (!test_refuse(SYS_pidfd_open, EPERM))
        test_skip("no seccomp: waiting without a pidfd is not tried");
    assert_false(uses_pidfd());
}

int main(void)
{
    const struct CMUnitTest tests[] = {test(end_is_seen_and_status_taken_once),
                                       test(signal_ends_it_and_is_told),
                                       test(somebody_else_who_waited_is_told)};
    const struct CMUnitTest last[] = {test(pidfd_is_used_where_there_is_one)};
    int failed = cmocka_run_group_tests_name("with", tests, NULL, NULL);

    failed += cmocka_run_group_tests_name("both", last, NULL, NULL);
    return failed + cmocka_run_group_tests_name("without", tests, NULL, NULL);
}
