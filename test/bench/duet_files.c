/* SPDX-License-Identifier: MIT */
/* What reading files costs: nanoseconds for each line, or each small file.
 *
 * usage: duet_files lines|small_files COUNT
 * The files are made first, in a temporary folder, and lie in memory then. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <duet/duet.h>

#include "bench_files.h"

enum { AT_ONCE = 64 };

static long count;
static long next_file;

static int read_lines(const char *folder)
{
    char path[BENCH_PATH];
    duet_file *file;
    duet_reader *reader = NULL;
    const char *line;
    size_t length;
    size_t bytes = 0;
    long lines = 0;
    int status;

    bench_path(path, folder, 0);
    status = duet_file_open(path, "r", NULL, &file, DUET_NEVER);
    if (status != 0)
        return status;
    status = duet_file_reader(file, NULL, &reader);
    while (status == 0) {
        status = duet_read_line(reader, &line, &length, DUET_NEVER);
        lines += status == 0;
        bytes += length;
    }
    duet_reader_close(reader);
    (void)!duet_file_close(file, DUET_NEVER);
    if (status != DUET_EEMPTY)
        return status;
    return lines == count && bytes == (size_t)lines * BENCH_LINE ? 0 : DUET_EIO;
}

static int read_some_files(void *folder)
{
    int status = 0;

    while (status == 0 && next_file < count) {
        char path[BENCH_PATH];
        char *bytes;
        size_t length = 0;

        bench_path(path, folder, next_file++ % BENCH_FILES);
        status = duet_whole_file_read(path, NULL, &bytes, &length, DUET_NEVER);
        free(bytes);
        if (status == 0 && length != BENCH_SMALL)
            status = DUET_EIO;
    }
    return status;
}

static int read_small_files(char *folder)
{
    duet_call calls[AT_ONCE];

    for (int i = 0; i < AT_ONCE; i++)
        calls[i] = (duet_call){.function = read_some_files, .argument = folder};
    next_file = 0;
    return duet_gather(calls, AT_ONCE, NULL, DUET_NEVER);
}

struct work {
    char *folder;
    bool lines;
    double ns;
};

static int measure(void *argument)
{
    struct work *work = argument;
    double begin = bench_now_ns();
    int status =
        work->lines ? read_lines(work->folder) : read_small_files(work->folder);

    work->ns = (bench_now_ns() - begin) / (double)count;
    return status;
}

int main(int argc, char **argv)
{
    char folder[] = BENCH_FOLDER;
    struct work work = {.folder = folder};
    int status;

    if (argc != 3 || (count = strtol(argv[2], NULL, 10)) <= 0) {
        fprintf(stderr, "usage: duet_files lines|small_files COUNT\n");
        return 2;
    }
    work.lines = strcmp(argv[1], "lines") == 0;
    bench_make_files(folder, work.lines ? count : 0);
    status = duet_run(measure, &work, NULL);
    bench_remove_files(folder, work.lines);
    if (status != 0) {
        fprintf(stderr, "duet_files: %s\n", duet_error_name(status));
        return 1;
    }
    printf("{\"count\": %ld, \"ns\": %.3f}\n", count, work.ns);
    return 0;
}
