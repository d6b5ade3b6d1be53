/* SPDX-License-Identifier: MIT */
/* fetch_command.c - `duet fetch`: command line, signals, exit status. */
#include "tool/fetch_command.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include <duet/error.h>
#include <duet/loop.h>

#include "fetch/work/descriptors.h"
#include "fetch/work/fetcher.h"
#include "fetch/work/fetcher_end.h"
#include "fetch/output/progress.h"
#include "runtime/run/signal.h"
#include "tool/fetch_help.h"
#include "tool/fetch_options.h"

enum { SIGNALS = 2 };

typedef struct run {
    duet__fetch_options options;
    duet__fetcher *fetcher;
    duet__signal_watch watches[SIGNALS];
    int interrupts;
    int exit_status;
} run;

/* --- signals ------------------------------------------------------------- */

static void on_interrupt(void *context, int signal)
{
    run *run = context;

    (void)signal;
    run->interrupts++;
    if (run->interrupts > 1) {
        duet__fetcher_abort(run->fetcher);
        return;
    }
    duet__fetcher_hide_progress(run->fetcher);
    if (!run->options.is_quiet)
        fprintf(stderr,
                "duet: finishing %" PRIu64 " in flight; interrupt again to "
                "stop at once\n",
                duet__fetcher_in_flight(run->fetcher));
    duet__fetcher_stop(run->fetcher);
}

static int watch_signals(run *run)
{
    static const int signals[SIGNALS] = {SIGINT, SIGTERM};
    int status = 0;
    int watched = 0;

    while (status == 0 && watched < SIGNALS) {
        duet__signal_watch *watch = &run->watches[watched];

        *watch = (duet__signal_watch){.called = on_interrupt, .context = run};
        status = duet__signal_watch_start(duet_current_loop(), watch,
                                          signals[watched], false);
        watched += status == 0;
    }
    while (status != 0 && watched > 0)
        duet__signal_watch_stop(&run->watches[--watched]);
    return status;
}

static void unwatch_signals(run *run)
{
    for (int i = 0; i < SIGNALS; i++)
        duet__signal_watch_stop(&run->watches[i]);
}

/* --- the run ------------------------------------------------------------- */

/* Raises the limit on descriptors for at_once fetches, or lowers at_once. */
static void fit_descriptor_limit(duet__fetcher_options *options)
{
    struct rlimit limit;

    if (options->at_once == 0)
        options->at_once = DUET__AT_ONCE_STANDARD;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit); /* may fail: limit unchanged */
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    if ((rlim_t)duet__fetcher_descriptors(options) <= limit.rlim_cur)
        return;
    while (options->at_once > 1 &&
           (rlim_t)duet__fetcher_descriptors(options) > limit.rlim_cur)
        options->at_once--;
    fprintf(stderr,
            "duet fetch: only %ju files may be open (ulimit -n): fetching "
            "%" PRId64 " at once\n",
            (uintmax_t)limit.rlim_cur, options->at_once);
}

static void complain(int status)
{
    fprintf(stderr, "duet fetch: %s\n", duet_error_message(status));
}

static void summarize(const duet__fetcher_result *result)
{
    char line[DUET__PROGRESS_LINE_BYTES];
    const duet__progress progress = {.done = result->done,
                                     .failed = result->failed,
                                     .cancelled = result->cancelled,
                                     .skipped = result->skipped,
                                     .bytes = result->bytes,
                                     .in_flight_max = result->at_once_max};

    duet__progress_summary(&progress, result->elapsed_ns, line);
    fprintf(stderr, "duet: %s\n", line);
    if (result->renamed > 0)
        fprintf(stderr,
                "duet: %" PRIu64 " got other names, for there were files with "
                "theirs; --skip-existing leaves out what is there\n",
                result->renamed);
}

static int exit_status_of(const run *run, const duet__fetcher_result *result)
{
    /* After a second interrupt, do not wait for the reader of the records. */
    if (run->interrupts > 1)
        return DUET__EXIT_INTERRUPTED;
    if (result->status != 0 && result->status != DUET_ECANCELED)
        return DUET__EXIT_BROKEN;
    if (run->interrupts > 0)
        return DUET__EXIT_INTERRUPTED;
    return result->failed > 0 ? DUET__EXIT_SOME_FAILED : DUET__EXIT_DONE;
}

static int fetch_all(void *argument)
{
    run *run = argument;
    duet__fetcher_result result;
    int status;

    status = duet__fetcher_new(&run->options.input, &run->options.fetcher,
                               &run->fetcher);
    if (status != 0) {
        complain(status);
        run->exit_status =
            status == DUET_ENOMEM ? DUET__EXIT_BROKEN : DUET__EXIT_USAGE;
        return 0;
    }
    status = watch_signals(run);
    if (status == 0) {
        status = duet__fetcher_run(run->fetcher, &result);
        unwatch_signals(run);
        if (!run->options.is_quiet)
            summarize(&result);
        run->exit_status = exit_status_of(run, &result);
        if (status != 0 && status != DUET_ECANCELED)
            complain(status);
        if (result.lost > 0)
            fprintf(stderr,
                    "duet fetch: %" PRIu64 " records were not written%s\n",
                    result.lost,
                    run->options.fetcher.directory != NULL
                        ? "; their bodies were not kept"
                        : "");
    } else {
        complain(status);
    }
    duet__fetcher_free(run->fetcher);
    return 0;
}

static int run_fetch(int count, char *const *arguments)
{
    const duet_loop_options loop_options = {.no_interrupt = true};
    run run = {.exit_status = DUET__EXIT_BROKEN};
    int status = duet__fetch_options_read(count, arguments, &run.options);

    if (status != 0) {
        complain(status);
        fputs("'duet help fetch' tells more.\n", stderr);
        run.exit_status = DUET__EXIT_USAGE;
    } else if (run.options.wants_help) {
        duet__fetch_options_free(&run.options);
        return duet__command_print_help(&duet__command_fetch);
    } else {
        fit_descriptor_limit(&run.options.fetcher);
        status = duet_run(fetch_all, &run, &loop_options);
        if (status != 0)
            complain(status);
    }
    duet__fetch_options_free(&run.options);
    return run.exit_status;
}

const duet__command duet__command_fetch = {
    .name = "fetch",
    .summary = "fetch URLs, many at once",
    .help = duet__fetch_help,
    .run = run_fetch,
};
