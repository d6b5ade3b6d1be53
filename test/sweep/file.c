/* SPDX-License-Identifier: MIT */
/* file.c - what writes, replaces, copies and renames files, and `duet fetch`
 * with its bodies and records, again and again, while each of their allocations
 * and system calls fails in turn, in the loop's thread and in the pool's.
 *
 * Whatever failed, the call says so by the code of what failed; a file that is
 * replaced is the old one or the new one, whole; nothing else is left in the
 * folder; and the next call does what it is for. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <duet/duet.h>
#include <duet/file_writer.h>
#include <duet/path.h>
#include <duet/temporary.h>
#include <duet/whole_file.h>
#include <jansson.h>

#include "fault.h"
#include "fetch/work/fetcher.h"
#include "support/canned.h"
#include "support/folder.h"
#include "support/test.h"
#include "sweep.h"

enum {
    HANGS_MS = 60000, /* a call that takes so long hangs */
    PARTS = 40,
    WRONG = 1, /* in place of a status: it succeeded, and something is wrong */
};

static duet_deadline soon(void)
{
    return duet_in_ms(HANGS_MS);
}

/* --- trials --------------------------------------------------------------- */

/* What a file has that was there before, and what all trials write. */
static const char old[] = "old";
static const char part[] = "new: a part of what is written in several parts\n";
enum { NEW_BYTES = PARTS * (sizeof part - 1) };
static char new[NEW_BYTES + 1];

static int write_parts(duet_file *file)
{
    const duet_file_writer_options options = {.buffer_bytes = 512};
    duet_writer *writer;
    int status = duet_file_writer(file, &options, &writer);

    if (status != 0)
        return status;
    for (int i = 0; status == 0 && i < PARTS; i++)
        status = duet_write(writer, part, sizeof part - 1, soon());
    if (status == 0)
        status = duet_writer_flush(writer, soon());
    duet_writer_close(writer);
    return status;
}

static int close_after(duet_file *file, int status)
{
    int closed = duet_file_close(file, soon());

    return status != 0 ? status : closed;
}

static int write_and_sync(const char *mode, duet_sync how)
{
    duet_file *file;
    int status = duet_file_open("file", mode, NULL, &file, soon());

    if (status != 0)
        return status;
    status = duet_file_truncate(file, 0, soon());
    if (status == 0)
        status = write_parts(file);
    if (status == 0)
        status = duet_file_sync(file, how, soon());
    return close_after(file, status);
}

static int write_file(void)
{
    return write_and_sync("w", DUET_SYNC_FULL);
}

static int append_to_file(void)
{
    return write_and_sync("a", DUET_SYNC_DATA);
}

static int write_whole(void)
{
    return duet_whole_file_write("file", new, NEW_BYTES, NULL, soon());
}

static int write_whole_unsynced(void)
{
    const duet_replacement_options options = {.no_sync = true};

    return duet_whole_file_write("file", new, NEW_BYTES, &options, soon());
}

static int replace_in_parts(bool only_new)
{
    const duet_replacement_options options = {.only_new = only_new};
    duet_file *file;
    int status = duet_replacement_open("file", &options, &file, soon());

    if (status != 0)
        return status;
    status = write_parts(file);
    if (status != 0)
        return close_after(file, status);
    return duet_replacement_commit(file, soon());
}

static int replace(void)
{
    return replace_in_parts(false);
}

static int make_only_new(void)
{
    unlink("file");
    return replace_in_parts(true);
}

static int drop_replacement(void)
{
    duet_file *file;
    int status = duet_replacement_open("file", NULL, &file, soon());

    if (status != 0)
        return status;
    return close_after(file, write_parts(file));
}

static int copy(void)
{
    const duet_copy_options options = {.replace = true, .sync = true};

    return duet_path_copy("new", "file", &options, NULL, soon());
}

static int rename_over(void)
{
    return duet_path_replace("new", "file", soon());
}

static int rename_it(void)
{
    unlink("file");
    return duet_path_rename("new", "file", soon());
}

static int read_file(void)
{
    size_t length;
    char *bytes;
    int status = duet_whole_file_read("new", NULL, &bytes, &length, soon());

    if (status == 0 && (length != NEW_BYTES || strcmp(bytes, new) != 0))
        status = WRONG;
    free(bytes);
    return status;
}

static int make_temporary(bool named)
{
    const duet_temporary_options options = {.folder = ".", .named = named};
    duet_file *file;
    int status = duet_temporary_file_open(&options, &file, soon());

    return status != 0 ? status : close_after(file, write_parts(file));
}

static int make_named(void)
{
    return make_temporary(true);
}

static int make_unnamed(void)
{
    return make_temporary(false);
}

/* What must be true of "file" when the trial has ended. */
typedef enum after { IS_NEW, IS_WHOLE, IS_OLD } after;

typedef struct trial {
    const char *name;
    int (*run)(void);
    after after;
    bool may_be_missing;
    bool takes_new; /* "new" goes away */
} trial;

static const trial trials[] = {
    {.name = "write", .run = write_file, .after = IS_NEW},
    {.name = "append", .run = append_to_file, .after = IS_NEW},
    {.name = "whole", .run = write_whole, .after = IS_WHOLE},
    {.name = "no sync", .run = write_whole_unsynced, .after = IS_WHOLE},
    {.name = "replace", .run = replace, .after = IS_WHOLE},
    {.name = "only new",
     .run = make_only_new,
     .after = IS_WHOLE,
     .may_be_missing = true},
    {.name = "drop", .run = drop_replacement, .after = IS_OLD},
    {.name = "copy", .run = copy, .after = IS_WHOLE},
    {.name = "rename over",
     .run = rename_over,
     .after = IS_WHOLE,
     .takes_new = true},
    {.name = "rename",
     .run = rename_it,
     .after = IS_WHOLE,
     .may_be_missing = true,
     .takes_new = true},
    {.name = "read", .run = read_file, .after = IS_OLD},
    {.name = "named", .run = make_named, .after = IS_OLD},
    {.name = "unnamed", .run = make_unnamed, .after = IS_OLD},
};

static const fault faults[] = {
    {"memory", FAULT_MEMORY, ENOMEM},
    {"open EMFILE", FAULT_OPEN, EMFILE},
    {"open ENOSPC", FAULT_OPEN, ENOSPC},
    {"open EIO", FAULT_OPEN, EIO},
    {"open EINTR", FAULT_OPEN, EINTR},
    {"write ENOSPC", FAULT_WRITE, ENOSPC},
    {"write EIO", FAULT_WRITE, EIO},
    {"write EDQUOT", FAULT_WRITE, EDQUOT},
    {"write EINTR", FAULT_WRITE, EINTR},
    {"fsync EIO", FAULT_SYNC, EIO},
    {"fsync ENOSPC", FAULT_SYNC, ENOSPC},
    {"fsync EDQUOT", FAULT_SYNC, EDQUOT},
    {"fsync EINTR", FAULT_SYNC, EINTR},
    {"rename EIO", FAULT_RENAME, EIO},
    {"rename ENOSPC", FAULT_RENAME, ENOSPC},
    {"rename EACCES", FAULT_RENAME, EACCES},
    {"close EIO", FAULT_CLOSE, EIO},
    {"close ENOSPC", FAULT_CLOSE, ENOSPC},
    {"close EINTR", FAULT_CLOSE, EINTR},
    {"fchmod EPERM", FAULT_MODE, EPERM},
    {"ftruncate EIO", FAULT_TRUNCATE, EIO},
    {"ftruncate EINTR", FAULT_TRUNCATE, EINTR},
};

enum { FAULTS = sizeof faults / sizeof *faults };

/* --- the trial ------------------------------------------------------------ */

static void complain(const sweep *sweep, const fault *fault, int nth,
                     const char *what, int status)
{
    sweep_complain(sweep, fault, nth, "%s: %s (%s)", what,
                   status == WRONG ? "wrong" : duet_error_name(status),
                   duet_error_message(status == WRONG ? 0 : status));
}

static bool holds(const char *path, const char *text)
{
    char bytes[NEW_BYTES + 2];
    FILE *file = fopen(path, "r");
    size_t length;

    if (file == NULL)
        return false;
    length = fread(bytes, 1, sizeof bytes - 1, file);
    bytes[length] = '\0';
    fclose(file);
    return strcmp(bytes, text) == 0;
}

/* The right one, if the call succeeded; otherwise what the trial allows. */
static bool is_right(const trial *trial, int status)
{
    if (trial->after == IS_OLD)
        return holds("file", old);
    if (holds("file", new))
        return true;
    return status != 0 &&
           (trial->after == IS_NEW || holds("file", old) ||
            (trial->may_be_missing && access("file", F_OK) != 0));
}

static size_t entries_expected(const trial *trial)
{
    return (access("file", F_OK) == 0) +
           (!trial->takes_new || access("new", F_OK) == 0);
}

static bool try(const sweep *sweep, const fault *fault, int nth)
{
    const trial *trial = sweep->trial;
    bool has_struck;
    int status;

    test_make_file("file", old);
    test_make_file("new", new);
    fault_arm(fault, nth);
    status = trial->run();
    has_struck = fault_disarm();
    if (status != 0 &&
        (!has_struck || status != -fault->error || fault->error == EINTR))
        complain(sweep, fault, nth, "failed", status);
    if (!is_right(trial, status))
        complain(sweep, fault, nth, "the file is wrong", status);
    if (test_count_entries(".") != entries_expected(trial))
        complain(sweep, fault, nth, "something is left", status);
    test_make_file("file", old);
    test_make_file("new", new);
    status = trial->run();
    if (status != 0 || !is_right(trial, 0))
        complain(sweep, fault, nth, "the next failed", status);
    return has_struck;
}

static int write_all(void *argument)
{
    static const fault none = {"none", FAULT_NONE, 0};

    (void)argument;
    for (int i = 0; i < PARTS; i++)
        memcpy(new + (size_t)i *(sizeof part - 1), part, sizeof part - 1);
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
        const sweep one = {trials[i].name, faults, FAULTS, try, &trials[i], 0};

        (void)try(&one, &none, 0); /* makes the pool's thread */
        sweep_all(&one);
    }
    return 0;
}

static void whatever_fails_the_file_is_whole(void **state)
{
    (void)state;
    assert_status(duet_run(write_all, NULL, NULL), 0);
    assert_int_equal(sweep_complaints(), 0);
}

/* --- duet fetch ----------------------------------------------------------- */

enum { URLS = 3 };

/* Of a record that says there is a file: is it there, and right? */
static bool is_kept(json_t *record, size_t *kept)
{
    const char *file = json_string_value(json_object_get(record, "file"));

    if (file == NULL)
        return true;
    ++*kept;
    return json_is_null(json_object_get(record, "error")) &&
           holds(file, "hello");
}

/* Each record is of a file that is there or of an error; each file has a
 * record. */
static void check_records(const sweep *sweep, const fault *fault, int nth,
                          const duet__fetcher_result *result)
{
    char line[4096];
    uint64_t records = 0;
    size_t kept = 0;
    FILE *file = fopen("records", "r");

    while (fgets(line, sizeof line, file) != NULL) {
        json_t *record = json_loads(line, 0, NULL);

        records += record != NULL;
        if (record == NULL || !is_kept(record, &kept))
            complain(sweep, fault, nth, line, result->status);
        json_decref(record);
    }
    fclose(file);
    if (records != result->done + result->failed + result->cancelled ||
        records + result->lost > URLS ||
        (result->status == 0 && records != URLS))
        complain(sweep, fault, nth, "a record is missing", result->status);
    if (test_count_entries("bodies") < kept ||
        test_count_entries("bodies") > kept + result->lost)
        complain(sweep, fault, nth, "a body has no record", result->status);
}

/* Returns whether it began. */
static bool fetch(const test_canned *server, int records,
                  duet__fetcher_result *result)
{
    char url[64];
    duet__input input;
    duet__fetcher *fetcher = NULL;
    const duet__fetcher_options options = {.directory = "bodies",
                                           .records = records,
                                           .progress = -1,
                                           .at_once = 2};
    int status = 0;

    duet__input_init(&input);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/hello", server->port);
    for (int i = 0; status == 0 && i < URLS; i++)
        status = duet__input_add_url(&input, url);
    if (status == 0)
        status = duet__fetcher_new(&input, &options, &fetcher);
    *result = (duet__fetcher_result){.status = status};
    if (status == 0)
        (void)!duet__fetcher_run(fetcher, result);
    duet__fetcher_free(fetcher);
    duet__input_free(&input);
    return fetcher != NULL;
}

static bool try_fetch(const sweep *sweep, const fault *fault, int nth)
{
    int records =
        open("records", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    duet__fetcher_result result;
    bool has_begun;
    bool has_struck;

    test_folder_remove("bodies");
    fault_arm(fault, nth);
    has_begun = fetch(sweep->trial, records, &result);
    has_struck = fault_disarm();
    close(records);
    if (result.status != 0 && (!has_struck || fault->error == EINTR ||
                               result.status != -fault->error))
        complain(sweep, fault, nth, "failed", result.status);
    if (has_begun)
        check_records(sweep, fault, nth, &result);
    if ((!has_struck || fault->error == EINTR) && result.done != URLS)
        complain(sweep, fault, nth, "not all were fetched", result.status);
    return has_struck;
}

static int fetch_all(test_canned *server)
{
    static const fault none = {"none", FAULT_NONE, 0};
    const fault *bodies = faults + 1; /* not memory: the server is here */
    const sweep one = {"fetch", bodies, FAULTS - 1, try_fetch, server, 0};

    (void)try_fetch(&one, &none, 0);
    sweep_all(&one);
    fault_lack_rename_noreplace();
    sweep_all(&one);
    return 0;
}

static void whatever_fails_each_body_has_its_record(void **state)
{
    (void)state;
    test_with_canned(fetch_all);
    assert_int_equal(sweep_complaints(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(whatever_fails_the_file_is_whole),
        in_folder(whatever_fails_each_body_has_its_record),
    };

    if (!fault_is_possible())
        return 77;
    fault_watch_all_threads();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
