/* SPDX-License-Identifier: MIT */
#include "file/blocking/page_cache.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/folder.h"
#include "support/valgrind.h"

/* The folder is on a file system that asks nobody, on most systems. */
static bool learn_here(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    uint64_t device = duet__page_cache_device(descriptor);

    if (test_on_valgrind())
        device = 0; /* it does not know openat2() */

    duet__page_cache_learn(path, device);
    close(descriptor);
    return device != 0;
}

static void assert_by_thread(const char *path, size_t limit)
{
    char *bytes = NULL;
    size_t length = 99;

    assert_status(duet__page_cache_read(path, limit, &bytes, &length),
                  DUET_EAGAIN);
    assert_null(bytes);
    assert_int_equal(length, 99);
}

static void folder_has_to_be_learned(void **state)
{
    char *bytes;
    size_t length;

    (void)state;
    test_make_file("a", "abc");
    test_make_file("b", "defg");
    assert_by_thread("./a", 100);
    if (!learn_here("./a"))
        return;
    assert_status(duet__page_cache_read("./b", 100, &bytes, &length), 0);
    assert_int_equal(length, 4);
    assert_string_equal(bytes, "defg");
    free(bytes);
    assert_by_thread("a", 100); /* not asked: another text */
}

static void what_is_not_plain_is_left_to_a_thread(void **state)
{
    (void)state;
    test_make_file("a", "abc");
    test_make_file("empty", "");
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(symlink("a", "link"), 0);
    assert_int_equal(mkfifo("pipe", 0600), 0);
    if (!learn_here("a"))
        return;
    assert_by_thread("a", 2); /* over the limit */
    assert_by_thread("empty", 100);
    assert_by_thread("folder", 100);
    assert_by_thread("link", 100);
    assert_by_thread("pipe", 100);
    assert_by_thread("missing", 100);
}

static void another_file_system_is_found_out_and_forgotten(void **state)
{
    struct stat facts;

    (void)state;
    test_make_file("a", "abc");
    assert_int_equal(stat("a", &facts), 0);
    duet__page_cache_learn("a", facts.st_dev + 1);
    assert_by_thread("a", 100);
    duet__page_cache_learn("a", 0); /* nothing to learn */
    assert_by_thread("a", 100);
}

static void devices_and_kernel_files_cannot_be_learned(void **state)
{
    static const char *const paths[] = {"/proc/self/status", "/dev/null"};

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        int descriptor = open(paths[i], O_RDONLY | O_CLOEXEC);

        assert_int_equal(duet__page_cache_device(descriptor), 0);
        close(descriptor);
    }
}

TEST_MAIN(in_folder(folder_has_to_be_learned),
          in_folder(what_is_not_plain_is_left_to_a_thread),
          in_folder(another_file_system_is_found_out_and_forgotten),
          in_folder(devices_and_kernel_files_cannot_be_learned))
