/* SPDX-License-Identifier: MIT */
/* bench_files.h - the files that duet_files.c and bare_files.c read. */
#ifndef DUET_TEST_BENCH_FILES_H
#define DUET_TEST_BENCH_FILES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    BENCH_LINE = 60,    /* bytes of a line, without its end */
    BENCH_FILES = 1000, /* small files */
    BENCH_SMALL = 4096, /* bytes of each */
    BENCH_PATH = 256,
};

#define BENCH_FOLDER "/tmp/duet-bench-XXXXXX"

static inline void bench_path(char path[BENCH_PATH], const char *folder,
                              long number)
{
    snprintf(path, BENCH_PATH, "%s/%ld", folder, number);
}

static inline void bench_make_file(const char *folder, long number, long lines,
                                   size_t bytes)
{
    static char block[BENCH_SMALL];
    char path[BENCH_PATH];
    FILE *file;

    bench_path(path, folder, number);
    file = fopen(path, "w");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    memset(block, 'x', sizeof block);
    block[BENCH_LINE] = '\n';
    for (long i = 0; i < lines; i++)
        fwrite(block, 1, BENCH_LINE + 1, file);
    fwrite(block, 1, bytes, file);
    fclose(file);
}

/* One file of `lines` lines, or the small files if that is 0. `folder` is
 * BENCH_FOLDER and becomes the path. */
static inline void bench_make_files(char *folder, long lines)
{
    if (mkdtemp(folder) == NULL) {
        perror(folder);
        exit(1);
    }
    if (lines > 0)
        bench_make_file(folder, 0, lines, 0);
    for (long i = 0; lines == 0 && i < BENCH_FILES; i++)
        bench_make_file(folder, i, 0, BENCH_SMALL);
}

static inline void bench_remove_files(const char *folder, int one)
{
    char path[BENCH_PATH];

    for (long i = 0; i < (one ? 1 : BENCH_FILES); i++) {
        bench_path(path, folder, i);
        unlink(path);
    }
    rmdir(folder);
}

static inline double bench_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

#endif
