/* SPDX-License-Identifier: MIT */
/* Options of files and folders. */
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "sheet/sheet.h"
#include "support/folder.h"

static int use_duet_file_options(const void *options)
{
    duet_file *file;
    int status = duet_file_open("made", "w", options, &file, sheet_soon());

    if (status != 0)
        return file == NULL ? status : 1;
    status = duet_file_close(file, sheet_soon());
    return status != 0 ? status : duet_path_unlink("made", sheet_soon());
}

/* Of 23 bytes in two lines, as many as come. */
static int use_duet_file_reader_options(const void *options)
{
    duet_file *file;
    duet_reader *reader = NULL;
    const char *line;
    size_t length;
    int status = duet_file_open("lines", "r", NULL, &file, sheet_soon());

    if (status != 0)
        return status;
    status = duet_file_reader(file, options, &reader);
    if (status == 0)
        status = duet_read_line(reader, &line, &length, sheet_soon());
    duet_reader_close(reader);
    (void)!duet_file_close(file, sheet_soon());
    return status;
}

static int use_duet_file_writer_options(const void *options)
{
    duet_file *file;
    duet_writer *writer = NULL;
    int status = duet_file_open("made", "w", NULL, &file, sheet_soon());

    if (status != 0)
        return status;
    status = duet_file_writer(file, options, &writer);
    if (status == 0)
        status = duet_write(writer, "bytes", 5, sheet_soon());
    if (status == 0)
        status = duet_writer_flush(writer, sheet_soon());
    duet_writer_close(writer);
    (void)!duet_file_close(file, sheet_soon());
    duet_path_unlink("made", sheet_soon());
    return status;
}

static int use_duet_folder_options(const void *options)
{
    duet_folder_list *list;
    int status = duet_path_list(".", options, &list, sheet_soon());

    duet_folder_list_free(list);
    return status;
}

static int use_duet_copy_options(const void *options)
{
    int status = duet_path_copy("lines", "made", options, NULL, sheet_soon());
    int again = duet_path_copy("lines", "made", options, NULL, sheet_soon());
    bool replaces =
        options != NULL && ((const duet_copy_options *)options)->replace;

    if (status != 0 || again != (replaces ? 0 : DUET_EEXIST))
        return status != 0 ? status : again;
    return duet_path_unlink("made", sheet_soon());
}

static int use_duet_temporary_options(const void *options)
{
    duet_file *file;
    duet_temporary_folder *folder;
    int status = duet_temporary_file_open(options, &file, sheet_soon());
    int other = duet_temporary_folder_open(options, &folder, sheet_soon());

    if (file != NULL)
        (void)!duet_file_close(file, sheet_soon());
    duet_temporary_folder_close(folder, sheet_soon());
    return status == other ? status : 1;
}

static int use_duet_whole_file_read_options(const void *options)
{
    char *bytes;
    int status =
        duet_whole_file_read("lines", options, &bytes, NULL, sheet_soon());

    free(bytes);
    return status;
}

static int use_duet_replacement_options(const void *options)
{
    int status =
        duet_whole_file_write("made", "bytes", 5, options, sheet_soon());

    return status != 0 ? status : duet_path_unlink("made", sheet_soon());
}

static const sheet_row of_files[] = {
    DEFAULTS(duet_file_options),
    ROW(duet_file_options, permissions, 0600, 0),
    ROW(duet_file_options, permissions, 07777, 0),
    ROW(duet_file_options, permissions, 010000, DUET_EINVAL),
    ROW(duet_file_options, permissions, UINT_MAX, DUET_EINVAL),
    ROW(duet_file_options, flags, O_DSYNC | O_NOFOLLOW, 0),
    ROW(duet_file_options, flags, O_DIRECTORY, DUET_EINVAL),
    ROW(duet_file_options, flags, -1, DUET_EINVAL),
    ROW(duet_file_options, flags, INT_MIN, DUET_EINVAL),
    ROW(duet_file_options, flags, INT_MAX, DUET_ENOENT),

    DEFAULTS(duet_file_reader_options),
    ROW(duet_file_reader_options, block_bytes, 511, DUET_EINVAL),
    ROW(duet_file_reader_options, block_bytes, 512, 0),
    ROW(duet_file_reader_options, block_bytes, 64 * 1024 * 1024, 0),
    ROW(duet_file_reader_options, block_bytes, 64 * 1024 * 1024 + 1,
        DUET_EINVAL),
    ROW(duet_file_reader_options, block_bytes, SIZE_MAX, DUET_EINVAL),

    DEFAULTS(duet_file_writer_options),
    ROW(duet_file_writer_options, buffer_bytes, 511, DUET_EINVAL),
    ROW(duet_file_writer_options, buffer_bytes, 512, 0),
    ROW(duet_file_writer_options, buffer_bytes, 64 * 1024 * 1024, 0),
    ROW(duet_file_writer_options, buffer_bytes, 64 * 1024 * 1024 + 1,
        DUET_EINVAL),
    ROW(duet_file_writer_options, buffer_bytes, SIZE_MAX, DUET_EINVAL),

    DEFAULTS(duet_folder_options),
    ROW(duet_folder_options, entries_limit, 1000, 0),
    ROW(duet_folder_options, entries_limit, 1, DUET_ETOOLARGE),
    ROW(duet_folder_options, entries_limit, DUET_NO_LIMIT, 0),
    ROW(duet_folder_options, entries_limit, INT64_MAX, 0),
    ROW(duet_folder_options, entries_limit, -2, DUET_EINVAL),
    ROW(duet_folder_options, entries_limit, INT64_MIN, DUET_EINVAL),

    DEFAULTS(duet_copy_options),
    ROW(duet_copy_options, replace, true, 0),
    ROW(duet_copy_options, sync, true, 0),

    DEFAULTS(duet_temporary_options),
    ROW(duet_temporary_options, folder, ".", 0),
    ROW(duet_temporary_options, folder, "no such folder", DUET_ENOENT),
    ROW(duet_temporary_options, prefix, "begin", 0),
    ROW(duet_temporary_options, prefix, "/begin", DUET_EINVAL),
    ROW(duet_temporary_options, suffix, ".end", 0),
    ROW(duet_temporary_options, suffix, "../end", DUET_EINVAL),
    ROW(duet_temporary_options, named, true, 0),

    DEFAULTS(duet_whole_file_read_options),
    ROW(duet_whole_file_read_options, limit_bytes, 12, 0),
    ROW(duet_whole_file_read_options, limit_bytes, 11, DUET_ETOOLARGE),
    ROW(duet_whole_file_read_options, limit_bytes, DUET_NO_LIMIT, 0),
    ROW(duet_whole_file_read_options, limit_bytes, INT64_MAX, 0),
    ROW(duet_whole_file_read_options, limit_bytes, -2, DUET_EINVAL),
    ROW(duet_whole_file_read_options, limit_bytes, INT64_MIN, DUET_EINVAL),

    DEFAULTS(duet_replacement_options),
    ROW(duet_replacement_options, permissions, 0600, 0),
    ROW(duet_replacement_options, permissions, 07777, 0),
    ROW(duet_replacement_options, permissions, 010000, DUET_EINVAL),
    ROW(duet_replacement_options, permissions, UINT_MAX, DUET_EINVAL),
    ROW(duet_replacement_options, only_new, true, 0),
    ROW(duet_replacement_options, no_sync, true, 0),
};

static void files_take_their_options_or_refuse_them(void **state)
{
    (void)state;
    test_make_file("lines", "first\nsecond");
    test_make_file("other", "");
    sheet_check_in_tasks(of_files, sizeof of_files / sizeof *of_files);
}

TEST_MAIN(in_folder(files_take_their_options_or_refuse_them))
