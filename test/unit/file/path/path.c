/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/busy_pool.h"
#include "support/folder.h"
#include "support/in_task.h"
#include "support/memory.h"
#include "support/ticker.h"

static bool exists(const char *path)
{
    struct stat facts;

    return lstat(path, &facts) == 0;
}

in_task(stat_follows_links_and_link_stat_does_not)
{
    duet_stat facts;

    test_make_file("a", "12345");
    assert_int_equal(symlink("a", "link"), 0);
    assert_status(duet_path_stat("link", &facts, DUET_NEVER), 0);
    assert_int_equal(facts.kind, DUET_KIND_FILE);
    assert_int_equal(facts.size_bytes, 5);
    assert_true(facts.modified_ns > 1000000000LL * 1000000000);
    assert_status(duet_path_link_stat("link", &facts, DUET_NEVER), 0);
    assert_int_equal(facts.kind, DUET_KIND_SYMLINK);
    assert_status(duet_path_stat("b", &facts, DUET_NEVER), DUET_ENOENT);
    assert_string_equal(duet_error_detail(),
                        "stat b: no such file or directory");
}

in_task(questions_have_an_answer_where_nothing_can_be)
{
    static const struct {
        const char *path;
        bool exists, is_file, is_folder;
    } cases[] = {
        {"a", true, true, false},      {".", true, false, true},
        {"b", false, false, false},    {"a/b", false, false, false},
        {"loop", false, false, false}, {"dangling", false, false, false},
        {"link", true, true, false},
    };

    test_make_file("a", "");
    assert_int_equal(symlink("a", "link"), 0);
    assert_int_equal(symlink("loop", "loop"), 0);
    assert_int_equal(symlink("none", "dangling"), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool is = !cases[i].exists;

        assert_status(duet_path_exists(cases[i].path, &is, DUET_NEVER), 0);
        assert_int_equal(is, cases[i].exists);
        assert_status(duet_path_is_file(cases[i].path, &is, DUET_NEVER), 0);
        assert_int_equal(is, cases[i].is_file);
        assert_status(duet_path_is_folder(cases[i].path, &is, DUET_NEVER), 0);
        assert_int_equal(is, cases[i].is_folder);
    }
}

in_task(rename_keeps_what_is_there_and_replace_does_not)
{
    test_make_file("a", "A");
    test_make_file("b", "B");
    assert_status(duet_path_rename("a", "b", DUET_NEVER), DUET_EEXIST);
    assert_string_equal(duet_error_detail(), "rename a to b: exists already");
    test_file_holds("b", "B");
    assert_status(duet_path_rename("a", "c", DUET_NEVER), 0);
    assert_false(exists("a"));
    assert_status(duet_path_replace("c", "b", DUET_NEVER), 0);
    test_file_holds("b", "A");
    assert_status(duet_path_replace("none", "b", DUET_NEVER), DUET_ENOENT);
}

in_task(links_are_made_and_read)
{
    char *target = (char *)8;
    duet_stat facts;

    test_make_file("a", "A");
    assert_status(duet_path_link("a", "b", DUET_NEVER), 0);
    assert_status(duet_path_stat("b", &facts, DUET_NEVER), 0);
    assert_int_equal(facts.links, 2);
    assert_status(duet_path_symlink("../far/away", "c", DUET_NEVER), 0);
    assert_status(duet_path_readlink("c", &target, DUET_NEVER), 0);
    assert_string_equal(target, "../far/away");
    free(target);
    assert_status(duet_path_symlink("x", "c", DUET_NEVER), DUET_EEXIST);
    assert_status(duet_path_link("a", "b", DUET_NEVER), DUET_EEXIST);
    assert_status(duet_path_readlink("a", &target, DUET_NEVER), DUET_EINVAL);
    assert_null(target);
}

in_task(unlink_and_rmdir_each_remove_their_kind)
{
    test_make_file("a", "");
    assert_status(duet_path_mkdir("d", 0, DUET_NEVER), 0);
    assert_status(duet_path_unlink("d", DUET_NEVER), DUET_EISDIR);
    assert_status(duet_path_rmdir("a", DUET_NEVER), DUET_ENOTDIR);
    assert_status(duet_path_unlink("a", DUET_NEVER), 0);
    assert_status(duet_path_unlink("a", DUET_NEVER), DUET_ENOENT);
    test_make_file("d/a", "");
    assert_status(duet_path_rmdir("d", DUET_NEVER), DUET_ENOTEMPTY);
    assert_int_equal(unlink("d/a"), 0);
    assert_status(duet_path_rmdir("d", DUET_NEVER), 0);
    assert_int_equal(test_count_entries("."), 0);
}

in_task(mkdir_takes_permissions)
{
    struct stat facts;

    assert_status(duet_path_mkdir("d", 0700, DUET_NEVER), 0);
    assert_int_equal(stat("d", &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0700);
    assert_status(duet_path_mkdir("d", 0, DUET_NEVER), DUET_EEXIST);
    assert_status(duet_path_mkdir("no/d", 0, DUET_NEVER), DUET_ENOENT);
}

in_task(makedirs_makes_what_is_missing)
{
    static const char *const paths[] = {"a/b/c", "a/b/c", "a//x/", "./y/../z",
                                        "/",     ".",     "a/b/d/"};
    char here[4096];

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        assert_status(duet_path_makedirs(paths[i], 0, DUET_NEVER), 0);
    assert_true(exists("a/b/c") && exists("a/x") && exists("z") &&
                exists("a/b/d"));
    assert_non_null(getcwd(here, sizeof here - 8));
    strcat(here, "/q/r");
    assert_status(duet_path_makedirs(here, 0, DUET_NEVER), 0);
    assert_true(exists("q/r"));
    test_make_file("file", "");
    assert_status(duet_path_makedirs("file", 0, DUET_NEVER), DUET_EEXIST);
    assert_status(duet_path_makedirs("file/d", 0, DUET_NEVER), DUET_EEXIST);
    assert_status(duet_path_makedirs("", 0, DUET_NEVER), DUET_ENOENT);
}

/* Not that the folder is missing, which is no news. */
in_task(makedirs_tells_why_a_folder_was_not_made)
{
    int status = duet_path_mkdir("/sys/duet-test", 0, DUET_NEVER);

    if (status == 0) /* in a chroot it may be a folder like any other */
        assert_status(duet_path_rmdir("/sys/duet-test", DUET_NEVER), 0);
    return;
    assert_true(status < 0 && status != DUET_ENOENT);
    assert_status(duet_path_makedirs("/sys/duet-test/a", 0, DUET_NEVER),
                  status);
}

in_task(remove_tree_removes_all)
{
    assert_status(duet_path_makedirs("d/e/f", 0, DUET_NEVER), 0);
    test_make_file("d/e/a", "");
    assert_status(duet_path_remove_tree("d", DUET_NEVER), 0);
    assert_int_equal(test_count_entries("."), 0);
    assert_status(duet_path_remove_tree("d", DUET_NEVER), DUET_ENOENT);
}

in_task(deadline_that_has_passed_is_named)
{
    test_make_pool_busy();
    assert_status(duet_path_unlink("a", DUET_NOW), DUET_ETIMEDOUT);
    assert_string_equal(duet_error_detail(), "unlink a: deadline passed");
    test_make_pool_free();
}

static test_ticker ticker = {.descriptor = -1};

/* No thread is free to make the folder before the fifth tick. */
static int free_pool_after_ticks(void *argument)
{
    (void)argument;
    while (atomic_load(&ticker.ticks) < 5)
        assert_status(duet_yield(), 0);
    test_make_pool_free();
    return 0;
}

in_task(loop_ticks_while_a_folder_is_made)
{
    test_make_pool_busy();
    assert_status(duet_spawn(test_tick, &ticker, NULL, NULL), 0);
    assert_status(duet_spawn(free_pool_after_ticks, NULL, NULL, NULL), 0);
    assert_status(duet_path_mkdir("d", 0, DUET_NEVER), 0);
    assert_true(atomic_load(&ticker.ticks) >= 5);
    assert_int_equal(test_count_entries("."), 1);
}

static int call_all(void)
{
    duet_stat facts;
    char *target = NULL;
    bool is;
    int status;

    unlink("s");
    status = duet_path_symlink("file", "s", DUET_NEVER);
    if (status == 0)
        status = duet_path_link_stat("s", &facts, DUET_NEVER);
    if (status == 0)
        status = duet_path_exists("s", &is, DUET_NEVER);
    if (status == 0)
        status = duet_path_readlink("s", &target, DUET_NEVER);
    free(target);
    return status;
}

in_task(each_allocation_may_fail)
{
    assert_status(call_all(), 0); /* makes the pool */
    test_each_allocation_failing(call_all, 6);
}

TEST_MAIN(in_folder(stat_follows_links_and_link_stat_does_not),
          in_folder(questions_have_an_answer_where_nothing_can_be),
          in_folder(rename_keeps_what_is_there_and_replace_does_not),
          in_folder(links_are_made_and_read),
          in_folder(unlink_and_rmdir_each_remove_their_kind),
          in_folder(mkdir_takes_permissions),
          in_folder(makedirs_makes_what_is_missing),
          in_folder(makedirs_tells_why_a_folder_was_not_made),
          in_folder(remove_tree_removes_all),
          in_folder(loop_ticks_while_a_folder_is_made),
          in_folder(deadline_that_has_passed_is_named),
          in_folder(each_allocation_may_fail))
