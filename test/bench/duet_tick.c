/* SPDX-License-Identifier: MIT */
/* How late a tick of 10 ms comes while something else works.
 *
 * usage: duet_tick idle|threads|processes|child|files|lines SECONDS */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <duet/duet.h>

#include "bench_files.h"

enum {
    TICK_MS = 10,
    TICKS_MAX = 100000,
    LINES = 1000000,
    WHOLE_BYTES = 4 << 20,
    MAP_COUNT = 256,
};

struct tick {
    char folder[sizeof BENCH_FOLDER];
    double seconds;
    long work; /* rounds of the work that ended */
    int count;
    double late_ms[TICKS_MAX];
};

static struct tick tick;

static int spin(void *argument)
{
    double end = bench_now_ns() + *(const double *)argument;

    while (bench_now_ns() < end)
        continue;
    return 0;
}

/* --- what works beside it, until it is cancelled -------------------------- */

static int call_threads(void *argument)
{
    static double spin_ns = 20e6;
    int status;

    (void)argument;
    while ((status = duet_to_thread(spin, &spin_ns, NULL, DUET_NEVER)) == 0)
        tick.work++;
    return status;
}

static int keep_threads_busy(void *argument)
{
    duet_call calls[64];
    long count = sysconf(_SC_NPROCESSORS_ONLN) + 4;

    (void)argument;
    if (count > 64)
        count = 64;
    for (long i = 0; i < count; i++)
        calls[i] = (duet_call){.function = call_threads};
    return duet_gather(calls, (size_t)count, NULL, DUET_NEVER);
}

static int spin_in_worker(const void *input, size_t length, void **out_output,
                          size_t *out_length)
{
    double spin_ns = 1e6;

    (void)input;
    (void)length;
    *out_output = NULL;
    *out_length = 0;
    return spin(&spin_ns);
}

static int keep_processes_busy(void *argument)
{
    static duet_process_input inputs[MAP_COUNT];
    static duet_process_output outputs[MAP_COUNT];
    duet_process_pool *pool;
    int status = duet_process_pool_new(NULL, &pool);

    (void)argument;
    while (status == 0) {
        status = duet_process_pool_map(pool, spin_in_worker, inputs, MAP_COUNT,
                                       NULL, outputs, DUET_NEVER);
        for (size_t i = 0; status == 0 && i < MAP_COUNT; i++)
            duet_process_output_clear(&outputs[i]);
        tick.work++;
    }
    duet_process_pool_free(pool);
    return status;
}

static int read_child(void *argument)
{
    static const char *const arguments[] = {"yes", NULL};
    static char buffer[65536];
    duet_child_options options = {.ends[DUET_CHILD_OUTPUT] = DUET_CHILD_PIPE};
    duet_child *child;
    size_t length = 0;
    int status = duet_child_start(arguments, &options, &child);

    (void)argument;
    while (status == 0) {
        status = duet_child_read(child, DUET_CHILD_OUTPUT, buffer,
                                 sizeof buffer, &length, DUET_NEVER);
        tick.work++;
    }
    duet_child_free(child);
    return status;
}

static int write_and_read_file(void *argument)
{
    static char contents[WHOLE_BYTES];
    char path[BENCH_PATH];
    int status = 0;

    (void)argument;
    bench_path(path, tick.folder, 1);
    while (status == 0) {
        char *bytes;

        status = duet_whole_file_write(path, contents, sizeof contents, NULL,
                                       DUET_NEVER);
        if (status == 0)
            status = duet_whole_file_read(path, NULL, &bytes, NULL, DUET_NEVER);
        if (status == 0)
            free(bytes);
        tick.work++;
    }
    unlink(path);
    return status;
}

static int read_lines(duet_reader *reader)
{
    const char *line;
    size_t length;
    int status = 0;

    while (status == 0)
        status = duet_read_line(reader, &line, &length, DUET_NEVER);
    return status == DUET_EEMPTY ? 0 : status;
}

static int read_file_by_lines(void *argument)
{
    char path[BENCH_PATH];
    int status = 0;

    (void)argument;
    bench_path(path, tick.folder, 0);
    while (status == 0) {
        duet_reader *reader = NULL;
        duet_file *file;
        int closed;

        status = duet_file_open(path, "r", NULL, &file, DUET_NEVER);
        if (status != 0)
            return status;
        status = duet_file_reader(file, NULL, &reader);
        if (status == 0)
            status = read_lines(reader);
        duet_reader_close(reader);
        closed = duet_file_close(file, DUET_NEVER);
        if (status == 0) /* it may be told there that the task was cancelled */
            status = closed;
        tick.work++;
    }
    return status;
}

static int be_idle(void *argument)
{
    (void)argument;
    return duet_sleep(DUET_NEVER);
}

static const struct work {
    const char *name;
    duet_task_function *function;
} works[] = {
    {"idle", be_idle},
    {"threads", keep_threads_busy},
    {"processes", keep_processes_busy},
    {"child", read_child},
    {"files", write_and_read_file},
    {"lines", read_file_by_lines},
};

/* --- the tick ------------------------------------------------------------- */

static int run(void *argument)
{
    const struct work *work = argument;
    double end = bench_now_ns() + tick.seconds * 1e9;
    duet_task *task;
    int result = 0;
    int status = duet_spawn(work->function, NULL, NULL, &task);

    while (status == 0 && tick.count < TICKS_MAX && bench_now_ns() < end) {
        double begin = bench_now_ns();

        status = duet_sleep(duet_in_ms(TICK_MS));
        tick.late_ms[tick.count++] = (bench_now_ns() - begin) / 1e6 - TICK_MS;
    }
    if (status != 0)
        return status;
    duet_task_cancel(task);
    status = duet_join(task, &result, DUET_NEVER);
    return status != 0 || result == DUET_ECANCELED ? status : result;
}

static int compare(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;

    return (one > other) - (one < other);
}

int main(int argc, char **argv)
{
    const struct work *work = NULL;
    int status = duet_process_server_start();

    for (size_t i = 0; argc == 3 && i < sizeof works / sizeof works[0]; i++)
        if (strcmp(argv[1], works[i].name) == 0)
            work = &works[i];
    if (work == NULL) {
        fprintf(stderr, "usage: duet_tick WORK SECONDS\n");
        return 2;
    }
    tick.seconds = strtod(argv[2], NULL);
    memcpy(tick.folder, BENCH_FOLDER, sizeof BENCH_FOLDER);
    bench_make_files(tick.folder, LINES);
    if (status == 0)
        status = duet_run(run, (void *)work, NULL);
    bench_remove_files(tick.folder, 1);
    if (status != 0 || tick.count == 0) {
        fprintf(stderr, "duet_tick: %s\n", duet_error_name(status));
        return 1;
    }
    qsort(tick.late_ms, (size_t)tick.count, sizeof tick.late_ms[0], compare);
    printf("{\"ticks\": %d, \"work\": %ld, \"median_ms\": %.3f, "
           "\"worst_ms\": %.3f}\n",
           tick.count, tick.work, tick.late_ms[tick.count / 2],
           tick.late_ms[tick.count - 1]);
    return 0;
}
