/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/folder.h"
#include "support/in_task.h"
#include "support/memory.h"

in_task(entries_are_sorted_and_have_kinds)
{
    static const duet_folder_entry expected[] = {
        {".hidden", DUET_KIND_FILE}, {"B", DUET_KIND_FOLDER},
        {"a", DUET_KIND_FILE},       {"link", DUET_KIND_SYMLINK},
        {"pipe", DUET_KIND_PIPE},
    };
    duet_folder_list *list;

    test_make_file("a", "");
    test_make_file(".hidden", "");
    assert_int_equal(mkdir("B", 0700), 0);
    assert_int_equal(symlink("B", "link"), 0);
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_status(duet_path_list(".", NULL, &list, DUET_NEVER), 0);
    assert_int_equal(duet_folder_list_count(list), 5);
    for (size_t i = 0; i < 5; i++) {
        const duet_folder_entry *entry = duet_folder_list_at(list, i);

        assert_string_equal(entry->name, expected[i].name);
        assert_int_equal(entry->kind, expected[i].kind);
    }
    assert_null(duet_folder_list_at(list, 5));
    duet_folder_list_free(list);
}

in_task(empty_folder_gives_an_empty_list)
{
    duet_folder_list *list;

    assert_status(duet_path_list(".", NULL, &list, DUET_NEVER), 0);
    assert_int_equal(duet_folder_list_count(list), 0);
    assert_null(duet_folder_list_at(list, 0));
    duet_folder_list_free(list);
    duet_folder_list_free(NULL);
}

in_task(more_entries_than_the_limit_are_refused)
{
    duet_folder_options options = {.entries_limit = 2};
    duet_folder_list *list;

    test_make_file("a", "");
    test_make_file("b", "");
    assert_status(duet_path_list(".", &options, &list, DUET_NEVER), 0);
    duet_folder_list_free(list);
    test_make_file("c", "");
    assert_status(duet_path_list(".", &options, &list, DUET_NEVER),
                  DUET_ETOOLARGE);
    assert_string_equal(duet_error_detail(), "list .: more than 2 entries");
    assert_null(list);
    options.entries_limit = DUET_NO_LIMIT;
    assert_status(duet_path_list(".", &options, &list, DUET_NEVER), 0);
    duet_folder_list_free(list);
    options.entries_limit = -2;
    assert_status(duet_path_list(".", &options, &list, DUET_NEVER),
                  DUET_EINVAL);
}

in_task(what_is_no_folder_is_refused)
{
    duet_folder_list *list = (duet_folder_list *)8;

    test_make_file("a", "");
    assert_status(duet_path_list("a", NULL, &list, DUET_NEVER), DUET_ENOTDIR);
    assert_null(list);
    assert_status(duet_path_list("none", NULL, &list, DUET_NEVER), DUET_ENOENT);
    assert_string_equal(duet_error_detail(),
                        "list none: no such file or directory");
}

in_task(many_entries_are_all_there)
{
    duet_folder_list *list;
    char name[16];

    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof name, "%03d", (i * 7) % 500);
        test_make_file(name, "");
    }
    assert_status(duet_path_list(".", NULL, &list, DUET_NEVER), 0);
    assert_int_equal(duet_folder_list_count(list), 500);
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof name, "%03d", i);
        assert_string_equal(duet_folder_list_at(list, (size_t)i)->name, name);
    }
    duet_folder_list_free(list);
}

static int list_once(void)
{
    duet_folder_list *list;
    int status = duet_path_list(".", NULL, &list, DUET_NEVER);

    if (status == 0)
        duet_folder_list_free(list);
    return status;
}

in_task(each_allocation_may_fail)
{
    test_make_file("a", "");
    assert_status(list_once(), 0); /* makes the pool */
    test_each_allocation_failing(list_once, 1);
}

TEST_MAIN(in_folder(entries_are_sorted_and_have_kinds),
          in_folder(empty_folder_gives_an_empty_list),
          in_folder(more_entries_than_the_limit_are_refused),
          in_folder(what_is_no_folder_is_refused),
          in_folder(many_entries_are_all_there),
          in_folder(each_allocation_may_fail))
