/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/busy_pool.h"
#include "support/folder.h"
#include "support/in_task.h"
#include "support/memory.h"

static duet_file *begin(const char *path,
                        const duet_replacement_options *options)
{
    duet_file *file = NULL;

    assert_status(duet_replacement_open(path, options, &file, DUET_NEVER), 0);
    return file;
}

static void write_text(duet_file *file, const char *text)
{
    assert_status(duet_file_write(file, text, strlen(text), DUET_NEVER), 0);
}

in_task(committed_file_takes_the_place)
{
    duet_file *file;
    char byte;
    size_t length;

    test_make_file("a", "old");
    file = begin("a", NULL);
    write_text(file, "one ");
    write_text(file, "two");
    assert_status(duet_file_read_at(file, 4, &byte, 1, &length, DUET_NEVER), 0);
    assert_int_equal(byte, 't');
    test_file_holds("a", "old");
    assert_status(duet_replacement_commit(file, DUET_NEVER), 0);
    test_file_holds("a", "one two");
    assert_int_equal(test_count_entries("."), 1);
}

in_task(closed_file_is_dropped)
{
    duet_file *file;

    test_make_file("a", "old");
    file = begin("a", NULL);
    write_text(file, "new");
    assert_status(duet_file_close(file, DUET_NEVER), 0);
    test_file_holds("a", "old");
    assert_int_equal(test_count_entries("."), 1);
}

in_task(options_are_followed)
{
    const duet_replacement_options options = {
        .permissions = 0600, .only_new = true, .no_sync = true};
    struct stat facts;

    assert_status(duet_replacement_commit(begin("a", &options), DUET_NEVER), 0);
    assert_int_equal(stat("a", &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    assert_status(duet_replacement_commit(begin("a", &options), DUET_NEVER),
                  DUET_EEXIST);
    assert_int_equal(test_count_entries("."), 1);
}

in_task(other_files_cannot_be_committed)
{
    duet_file *file;

    assert_status(duet_file_open("a", "w", NULL, &file, DUET_NEVER), 0);
    duet_fail(DUET_ESTATE, "an older sentence");
    assert_status(duet_replacement_commit(file, DUET_NEVER), DUET_ESTATE);
    assert_non_null(strstr(duet_error_message(DUET_ESTATE), "no replacement"));
}

in_task(missing_folder_is_named)
{
    duet_file *file = (duet_file *)8;

    assert_status(duet_replacement_open("no/a", NULL, &file, DUET_NEVER),
                  DUET_ENOENT);
    assert_null(file);
    assert_string_equal(duet_error_detail(),
                        "replace no/a: no such file or directory");
}

static int commit_when_cancelled(void *file)
{
    int status;

    test_make_pool_busy();
    duet_task_cancel(duet_current_task());
    status = duet_replacement_commit(file, DUET_NOW);
    test_make_pool_free();
    return status;
}

in_task(cancelled_commit_leaves_the_old_file)
{
    duet_task *task;
    duet_file *file;
    int result;

    test_make_file("a", "old");
    file = begin("a", NULL);
    write_text(file, "new");
    assert_status(duet_spawn(commit_when_cancelled, file, NULL, &task), 0);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    test_file_holds("a", "old");
    while (test_count_entries(".") > 1)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
}

static int replace_once(void)
{
    duet_file *file;
    int status = duet_replacement_open("a", NULL, &file, DUET_NEVER);

    return status != 0 ? status : duet_replacement_commit(file, DUET_NEVER);
}

in_task(each_allocation_may_fail)
{
    assert_status(replace_once(), 0); /* makes the pool */
    test_each_allocation_failing(replace_once, 6);
    while (test_count_entries(".") > 1)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
}

TEST_MAIN(in_folder(committed_file_takes_the_place),
          in_folder(closed_file_is_dropped), in_folder(options_are_followed),
          in_folder(other_files_cannot_be_committed),
          in_folder(missing_folder_is_named),
          in_folder(cancelled_commit_leaves_the_old_file),
          in_folder(each_allocation_may_fail))
