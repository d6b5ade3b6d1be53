/* SPDX-License-Identifier: MIT */
/* What reading files costs without duet: lines by getline, small files by
 * threads that open, read and close.
 *
 * usage: bare_files lines|small_files COUNT */

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "bench_files.h"

static long count;
static atomic_long next_file;

static int read_lines(const char *folder)
{
    char path[BENCH_PATH];
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    long lines = 0;
    FILE *file;

    bench_path(path, folder, 0);
    file = fopen(path, "r");
    if (file == NULL)
        return 1;
    while ((length = getline(&line, &room, file)) >= 0)
        lines += length == BENCH_LINE + 1;
    free(line);
    fclose(file);
    return lines != count;
}

static void *read_some_files(void *folder)
{
    long number;

    while ((number = atomic_fetch_add(&next_file, 1)) < count) {
        char path[BENCH_PATH];
        struct stat facts;
        char *bytes;
        int file;

        bench_path(path, folder, number % BENCH_FILES);
        file = open(path, O_RDONLY | O_CLOEXEC);
        if (file < 0 || fstat(file, &facts) != 0)
            exit(1);
        bytes = malloc((size_t)facts.st_size + 1);
        if (bytes == NULL ||
            read(file, bytes, (size_t)facts.st_size + 1) != BENCH_SMALL ||
            read(file, bytes, 1) != 0)
            exit(1);
        free(bytes);
        close(file);
    }
    return NULL;
}

/* As many threads as duet's pool has at most. */
static int read_small_files(char *folder)
{
    pthread_t threads[32];
    cpu_set_t cores;
    int wanted;

    sched_getaffinity(0, sizeof cores, &cores);
    wanted = CPU_COUNT(&cores) + 4 < 32 ? CPU_COUNT(&cores) + 4 : 32;
    for (int i = 0; i < wanted; i++) {
        if (pthread_create(&threads[i], NULL, read_some_files, folder) != 0)
            return 1;
    }
    for (int i = 0; i < wanted; i++)
        pthread_join(threads[i], NULL);
    return 0;
}

int main(int argc, char **argv)
{
    char folder[] = BENCH_FOLDER;
    int lines = argc == 3 && strcmp(argv[1], "lines") == 0;
    double begin;
    int status;

    if (argc != 3 || (count = strtol(argv[2], NULL, 10)) <= 0) {
        fprintf(stderr, "usage: bare_files lines|small_files COUNT\n");
        return 2;
    }
    bench_make_files(folder, lines ? count : 0);
    begin = bench_now_ns();
    status = lines ? read_lines(folder) : read_small_files(folder);
    begin = bench_now_ns() - begin;
    bench_remove_files(folder, lines);
    printf("{\"count\": %ld, \"ns\": %.3f}\n", count, begin / (double)count);
    return status;
}
