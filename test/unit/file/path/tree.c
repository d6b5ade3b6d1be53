/* SPDX-License-Identifier: MIT */
#include "file/path/tree.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/folder.h"

static int remove_tree(const char *path)
{
    duet__job job = {.what = "remove", .path = path};

    return duet__tree_remove(&job);
}

static void links_are_removed_and_not_followed(void **state)
{
    (void)state;
    assert_int_equal(mkdir("outside", 0700), 0);
    test_make_file("outside/precious", "stays");
    assert_int_equal(mkdir("d", 0700), 0);
    assert_int_equal(mkdir("d/sub", 0700), 0);
    assert_int_equal(symlink("../outside", "d/link"), 0);
    assert_int_equal(symlink("../../outside", "d/sub/link"), 0);
    assert_int_equal(mkfifo("d/pipe", 0600), 0);
    test_make_file("d/file", "");
    assert_status(remove_tree("d"), 0);
    assert_int_equal(test_count_entries("."), 1);
    test_file_holds("outside/precious", "stays");
}

static void link_to_a_folder_goes_alone(void **state)
{
    (void)state;
    assert_int_equal(mkdir("outside", 0700), 0);
    test_make_file("outside/precious", "stays");
    assert_int_equal(symlink("outside", "link"), 0);
    assert_status(remove_tree("link"), 0);
    test_file_holds("outside/precious", "stays");
    assert_status(remove_tree("outside/precious"), 0);
    assert_int_equal(test_count_entries("outside"), 0);
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    assert_status(remove_tree("none"), DUET_ENOENT);
    assert_string_equal(duet_error_detail(),
                        "remove none: no such file or directory");
}

/* Goes down `levels` folders by descriptors: the path would be too long. */
static void make_deep(int levels)
{
    int folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    for (int i = 0; i < levels; i++) {
        int next;

        assert_int_equal(mkdirat(folder, "d", 0700), 0);
        next = openat(folder, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_true(next >= 0);
        close(folder);
        folder = next;
    }
    close(folder);
}

static void deep_folders_go_up_to_a_limit(void **state)
{
    (void)state;
    make_deep(257);
    assert_status(remove_tree("d"), 0);
    make_deep(258);
    assert_status(remove_tree("d"), DUET_ELIMIT);
    /* From a level further down the rest is within the limit. */
    assert_int_equal(rename("d/d", "e"), 0);
    assert_status(remove_tree("e"), 0);
}

TEST_MAIN(in_folder(links_are_removed_and_not_followed),
          in_folder(link_to_a_folder_goes_alone),
          in_folder(what_is_missing_is_named),
          in_folder(deep_folders_go_up_to_a_limit))
