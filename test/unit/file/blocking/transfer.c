/* SPDX-License-Identifier: MIT */
#include "file/blocking/transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "support/folder.h"

static int open_file(const char *text)
{
    int descriptor;

    test_make_file("file", text);
    descriptor = open("file", O_RDWR | O_CLOEXEC);
    assert_true(descriptor >= 0);
    return descriptor;
}

static void read_at_an_offset_is_short_only_at_the_end(void **state)
{
    int descriptor = open_file("0123456789");
    char bytes[16];
    size_t length = 99;

    (void)state;
    assert_status(duet__transfer_read(descriptor, 2, bytes, 4, &length), 0);
    assert_int_equal(length, 4);
    assert_memory_equal(bytes, "2345", 4);
    assert_status(duet__transfer_read(descriptor, 8, bytes, 16, &length), 0);
    assert_int_equal(length, 2);
    assert_status(duet__transfer_read(descriptor, 10, bytes, 16, &length), 0);
    assert_int_equal(length, 0);
    close(descriptor);
}

static void read_cached_gives_what_read_gives(void **state)
{
    int descriptor = open_file("0123456789");
    char bytes[16];
    size_t length = 99;
    int status = duet__transfer_read_cached(descriptor, 3, bytes, 16, &length);

    (void)state;
    if (status == DUET_ENOTSUP || status == DUET_EAGAIN) {
        assert_int_equal(length, 0);
    } else {
        assert_status(status, 0);
        assert_int_equal(length, 7);
        assert_memory_equal(bytes, "3456789", 7);
    }
    close(descriptor);
}

static void write_at_an_offset_leaves_the_rest(void **state)
{
    int descriptor = open_file("0123456789");

    (void)state;
    assert_status(duet__transfer_write(descriptor, 4, "abc", 3), 0);
    close(descriptor);
    test_file_holds("file", "0123abc789");
}

static void failures_have_the_code_of_the_system(void **state)
{
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    char byte;
    size_t length = 99;

    (void)state;
    assert_status(duet__transfer_write(full, 0, "a", 1), DUET_ENOSPC);
    close(full);
    assert_status(duet__transfer_write(-1, 0, "a", 1), DUET_EBADF);
    assert_status(duet__transfer_read(-1, 0, &byte, 1, &length), DUET_EBADF);
    assert_int_equal(length, 99);
}

static void failure_of_a_cached_read_too(void **state)
{
    char byte;
    size_t length;

    (void)state;
    test_needs_kernel("preadv2() with flags");
    assert_status(duet__transfer_read_cached(-1, 0, &byte, 1, &length),
                  DUET_EBADF);
}

/* --- a pipe that takes and gives little, and signals ---------------------- */

enum { MANY = 300000 };

static atomic_int interrupts;

static void count_interrupt(int number)
{
    (void)number;
    atomic_fetch_add(&interrupts, 1);
}

typedef struct work {
    int descriptor;
    char *bytes;
    int status;
    atomic_bool done;
} work;

static void *write_much(void *argument)
{
    work *work = argument;

    work->status = duet__transfer_write(work->descriptor, DUET__TRANSFER_HERE,
                                        work->bytes, MANY);
    atomic_store(&work->done, true);
    return NULL;
}

static void *read_little(void *argument)
{
    work *work = argument;
    size_t length = 0;

    work->status = duet__transfer_read(work->descriptor, DUET__TRANSFER_HERE,
                                       work->bytes, 8, &length);
    assert_int_equal(length, 1);
    atomic_store(&work->done, true);
    return NULL;
}

static void interrupt_thread(pthread_t thread, int times)
{
    const struct sigaction action = {.sa_handler = count_interrupt};
    int before = atomic_load(&interrupts);

    assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
    /* Again and again: the thread sanitizer puts off a signal that comes just
     * before a call that blocks. */
    while (atomic_load(&interrupts) < before + times) {
        assert_int_equal(pthread_kill(thread, SIGUSR1), 0);
        usleep(100);
    }
}

static void write_goes_on_after_short_writes_and_signals(void **state)
{
    static char bytes[MANY];
    static char seen[MANY];
    int ends[2];
    work work = {.bytes = bytes};
    pthread_t thread;
    size_t total = 0;

    (void)state;
    for (size_t i = 0; i < MANY; i++)
        bytes[i] = (char)(i * 7 + i / 251);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    work.descriptor = ends[1];
    assert_int_equal(pthread_create(&thread, NULL, write_much, &work), 0);
    while (total < MANY) {
        ssize_t count;

        if (!atomic_load(&work.done) && total < MANY / 2)
            interrupt_thread(thread, 1);
        count = read(ends[0], seen + total, 4999);
        assert_true(count > 0);
        total += (size_t)count;
    }
    pthread_join(thread, NULL);
    assert_status(work.status, 0);
    assert_memory_equal(seen, bytes, MANY);
    close(ends[0]);
    close(ends[1]);
}

static void read_goes_on_after_signals(void **state)
{
    char bytes[8];
    int ends[2];
    work work = {.bytes = bytes};
    pthread_t thread;

    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    work.descriptor = ends[0];
    assert_int_equal(pthread_create(&thread, NULL, read_little, &work), 0);
    interrupt_thread(thread, 20);
    assert_false(atomic_load(&work.done));
    assert_int_equal(write(ends[1], "x", 1), 1);
    pthread_join(thread, NULL);
    assert_status(work.status, 0);
    assert_int_equal(bytes[0], 'x');
    close(ends[0]);
    close(ends[1]);
}

TEST_MAIN(in_folder(read_at_an_offset_is_short_only_at_the_end),
          in_folder(read_cached_gives_what_read_gives),
          in_folder(write_at_an_offset_leaves_the_rest),
          test(failures_have_the_code_of_the_system),
          test(failure_of_a_cached_read_too),
          test(write_goes_on_after_short_writes_and_signals),
          test(read_goes_on_after_signals))
