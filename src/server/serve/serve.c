/* SPDX-License-Identifier: MIT */
/* serve.c - the whole program: a loop, a server, two signals. */
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

#include <duet/loop.h>
#include <duet/server.h>

#include "runtime/run/signal.h"
#include "runtime/core/wait.h"
#include "server/request/server_state.h"

typedef struct serving {
    duet_application *application;
    const duet_server_options *options;
    duet__list waiting; /* of duet__wait: the main task, until a signal */
    bool is_signalled;
} serving;

static void signalled(void *context, int signal)
{
    serving *serving = context;

    (void)signal;
    serving->is_signalled = true;
    duet__wake_all(&serving->waiting, 0);
}

static int wait_for_signal(serving *serving)
{
    duet__wait wait = {.what = "signal", .object = serving};

    if (serving->is_signalled)
        return 0;
    duet__list_push_back(&serving->waiting, &wait.link);
    return duet__park(&wait, DUET_NEVER);
}

static int serve_until_signal(serving *serving)
{
    duet_server *server;
    int64_t shutdown_ns;
    int status =
        duet_server_start(serving->application, serving->options, &server);

    if (status != 0)
        return status;
    shutdown_ns = server->settings.shutdown_ns;
    printf("listening on %s\n", duet_server_url(server));
    fflush(stdout);
    (void)wait_for_signal(serving);
    return duet_server_stop(server, shutdown_ns == INT64_MAX
                                        ? DUET_NEVER
                                        : duet_in_ns(shutdown_ns));
}

static int serve(void *argument)
{
    static const int signals[] = {SIGINT, SIGTERM};
    enum { COUNT = sizeof signals / sizeof *signals };
    serving *serving = argument;
    duet__signal_watch watches[COUNT];
    int status = 0;
    int started = 0;

    duet__link_init(&serving->waiting);
    while (started < COUNT && status == 0) {
        watches[started] =
            (duet__signal_watch){.called = signalled, .context = serving};
        status = duet__signal_watch_start(
            duet_current_loop(), &watches[started], signals[started], true);
        started += status == 0;
    }
    if (status == 0)
        status = serve_until_signal(serving);
    while (started-- > 0)
        duet__signal_watch_stop(&watches[started]);
    return status;
}

/* A server's connections are descriptors: the soft limit of old days is for
 * programs that use select(). */
static void allow_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
        limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

int duet_serve(duet_application *application,
               const duet_server_options *options)
{
    const duet_loop_options loop_options = {.no_interrupt = true};
    serving serving = {.application = application, .options = options};

    allow_descriptors();
    return duet_run(serve, &serving, &loop_options);
}
