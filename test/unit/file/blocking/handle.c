/* SPDX-License-Identifier: MIT */
#include "file/blocking/handle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/folder.h"
#include "support/memory.h"

static duet__handle *open_handle(const char *path)
{
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    duet__handle *handle = duet__handle_new(path, descriptor);

    assert_true(descriptor >= 0);
    assert_non_null(handle);
    assert_string_equal(handle->path, path);
    return handle;
}

static int is_open(int descriptor)
{
    return fcntl(descriptor, F_GETFD) >= 0;
}

static void last_reference_closes(void **state)
{
    duet__handle *handle = open_handle("a");
    int descriptor = handle->descriptor;

    (void)state;
    assert_ptr_equal(duet__handle_hold(handle), handle);
    duet__handle_release(handle);
    assert_true(is_open(descriptor));
    duet__handle_release(handle);
    assert_false(is_open(descriptor));
    duet__handle_release(NULL);
}

static void temporary_file_goes_with_the_last_reference(void **state)
{
    duet__handle *handle = open_handle("a");

    (void)state;
    handle->temporary = strdup("a");
    assert_int_equal(test_count_entries("."), 1);
    duet__handle_release(handle);
    assert_int_equal(test_count_entries("."), 0);
}

static void close_waits_for_others(void **state)
{
    duet__handle *handle = open_handle("a");
    int descriptor = handle->descriptor;

    (void)state;
    duet__handle_hold(handle);
    assert_int_equal(duet__handle_close(handle), 0);
    assert_true(is_open(descriptor));
    duet__handle_release(handle);
    assert_true(is_open(descriptor));
    assert_int_equal(duet__handle_close(handle), 0);
    assert_false(is_open(descriptor));
    duet__handle_release(handle);
}

static void close_tells_how_it_went(void **state)
{
    duet__handle *handle = open_handle("a");

    (void)state;
    close(handle->descriptor);
    assert_int_equal(duet__handle_close(handle), EBADF);
    duet__handle_release(handle);
}

static void handle_without_memory_is_null(void **state)
{
    (void)state;
    test_fail_allocation(1);
    assert_null(duet__handle_new("a", -1));
}

TEST_MAIN(in_folder(last_reference_closes),
          in_folder(temporary_file_goes_with_the_last_reference),
          in_folder(close_waits_for_others), in_folder(close_tells_how_it_went),
          test(handle_without_memory_is_null))
