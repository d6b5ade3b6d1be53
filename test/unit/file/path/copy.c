/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/folder.h"
#include "support/in_task.h"
#include "support/memory.h"

in_task(copy_has_bytes_and_permissions)
{
    int64_t bytes = -1;
    struct stat facts;

    test_make_file("a", "some bytes");
    assert_int_equal(chmod("a", 0741), 0);
    assert_status(duet_path_copy("a", "b", NULL, &bytes, DUET_NEVER), 0);
    assert_int_equal(bytes, 10);
    test_file_holds("b", "some bytes");
    assert_int_equal(stat("b", &facts), 0);
    assert_int_equal(facts.st_mode & 07777, 0741);
    assert_int_equal(test_count_entries("."), 2);
}

in_task(empty_file_is_copied)
{
    int64_t bytes = -1;

    test_make_file("a", "");
    assert_status(duet_path_copy("a", "b", NULL, &bytes, DUET_NEVER), 0);
    assert_int_equal(bytes, 0);
    test_file_holds("b", "");
}

in_task(large_file_is_copied_whole)
{
    enum { LARGE = 20000003 };
    char *bytes = malloc(LARGE);
    char *back;
    size_t length;
    int64_t copied;
    const duet_copy_options options = {.sync = true};

    for (size_t i = 0; i < LARGE; i++)
        bytes[i] = (char)(i * 13 + i / 255);
    assert_status(duet_whole_file_write("a", bytes, LARGE, NULL, DUET_NEVER),
                  0);
    assert_status(duet_path_copy("a", "b", &options, &copied, DUET_NEVER), 0);
    assert_int_equal(copied, LARGE);
    assert_status(duet_whole_file_read("b", NULL, &back, &length, DUET_NEVER),
                  0);
    assert_int_equal(length, LARGE);
    assert_memory_equal(back, bytes, LARGE);
    free(back);
    free(bytes);
}

/* The kernel's calls copy nothing or refuse: /proc knows no sizes. */
in_task(file_without_a_size_is_copied)
{
    int64_t bytes = 0;
    const duet_copy_options options = {.replace = true};

    assert_status(
        duet_path_copy("/proc/self/limits", "a", &options, &bytes, DUET_NEVER),
        0);
    assert_true(bytes > 100);
}

in_task(file_of_another_file_system_is_copied)
{
    char path[] = "/dev/shm/duet-test-XXXXXX";
    int descriptor = mkstemp(path);
    int64_t bytes = -1;

    if (descriptor < 0)
        test_skip("no other file system: /dev/shm takes no file");
    assert_int_equal(write(descriptor, "far away", 8), 8);
    close(descriptor);
    assert_status(duet_path_copy(path, "a", NULL, &bytes, DUET_NEVER), 0);
    unlink(path);
    assert_int_equal(bytes, 8);
    test_file_holds("a", "far away");
}

in_task(existing_target_is_kept_unless_replaced)
{
    const duet_copy_options options = {.replace = true};

    test_make_file("a", "A");
    test_make_file("b", "B");
    assert_status(duet_path_copy("a", "b", NULL, NULL, DUET_NEVER),
                  DUET_EEXIST);
    assert_string_equal(duet_error_detail(), "copy a to b: exists already");
    test_file_holds("b", "B");
    assert_status(duet_path_copy("a", "b", &options, NULL, DUET_NEVER), 0);
    test_file_holds("b", "A");
    assert_status(duet_path_copy("a", "a", &options, NULL, DUET_NEVER), 0);
    test_file_holds("a", "A");
}

in_task(other_kinds_are_refused)
{
    const duet_copy_options options = {.replace = true};

    test_make_file("a", "A");
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_status(duet_path_copy("none", "b", NULL, NULL, DUET_NEVER),
                  DUET_ENOENT);
    assert_status(duet_path_copy(".", "b", NULL, NULL, DUET_NEVER),
                  DUET_EISDIR);
    assert_status(duet_path_copy("a", ".", &options, NULL, DUET_NEVER),
                  DUET_EISDIR);
    assert_status(duet_path_copy("pipe", "b", NULL, NULL, DUET_NEVER),
                  DUET_EINVAL);
    assert_status(duet_path_copy("a", "pipe", &options, NULL, DUET_NEVER),
                  DUET_EINVAL);
    assert_status(duet_path_copy("a", "no/b", NULL, NULL, DUET_NEVER),
                  DUET_ENOENT);
    assert_int_equal(test_count_entries("."), 2);
}

/* Stands before the C library's: while `held`, a step of a copy tells that it
 * has begun and waits until it may go on. */
static atomic_bool held;
static int step_began; /* an eventfd */
static sem_t may_go_on;
static atomic_int steps;

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at,
                        size_t length, unsigned flags)
{
    steps++;
    if (held) {
        eventfd_write(step_began, 1);
        sem_wait(&may_go_on);
    }
    return syscall(SYS_copy_file_range, from, from_at, to, to_at, length,
                   flags);
}

static int copy_large(void *unused)
{
    (void)unused;
    return duet_path_copy("large", "b", NULL, NULL, DUET_NEVER);
}

/* Cancelled within the first of four steps. */
in_task(cancelled_copy_leaves_nothing)
{
    int descriptor = open("large", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    eventfd_t began;
    duet_task *task;
    int result;

    assert_int_equal(ftruncate(descriptor, (off_t)32 << 20), 0);
    close(descriptor);
    step_began = eventfd(0, EFD_CLOEXEC);
    sem_init(&may_go_on, 0, 0);
    steps = 0;
    held = true;
    assert_status(duet_spawn(copy_large, NULL, NULL, &task), 0);
    assert_status(duet_wait_readable(step_began, DUET_NEVER), 0);
    assert_int_equal(eventfd_read(step_began, &began), 0);
    assert_int_equal(test_count_entries("."), 2);
    duet_task_cancel(task);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    held = false;
    sem_post(&may_go_on);
    while (test_count_entries(".") > 1)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_equal(steps, 1);
    assert_int_equal(access("large", F_OK), 0);
    close(step_began);
    sem_destroy(&may_go_on);
}

static int copy_once(void)
{
    const duet_copy_options options = {.replace = true};

    return duet_path_copy("a", "b", &options, NULL, DUET_NEVER);
}

in_task(each_allocation_may_fail)
{
    test_make_file("a", "A");
    assert_status(copy_once(), 0); /* makes the pool */
    test_each_allocation_failing(copy_once, 1);
    assert_int_equal(test_count_entries("."), 2);
}

TEST_MAIN(in_folder(copy_has_bytes_and_permissions),
          in_folder(empty_file_is_copied),
          in_folder(large_file_is_copied_whole),
          in_folder(file_without_a_size_is_copied),
          in_folder(file_of_another_file_system_is_copied),
          in_folder(existing_target_is_kept_unless_replaced),
          in_folder(other_kinds_are_refused),
          in_folder(cancelled_copy_leaves_nothing),
          in_folder(each_allocation_may_fail))
