/* SPDX-License-Identifier: MIT */
/* driver.c - the daemon's life, and when MHD_run is called.
 *
 * Invariant: due_at says what libmicrohttpd wanted after the last MHD_run, or
 * DUET_NOW if something has happened since: connections are edge-triggered and
 * kept in a list of its own, so its descriptor alone does not tell all. */
#include "server/mhd/driver.h"

#include <errno.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/error.h"
#include "server/mhd/accept.h"
#include "server/mhd/clear.h"
#include "server/mhd/idle.h"
#include "server/mhd/log.h"
#include "server/mhd/receive.h"
#include "server/mhd/request.h"
#include "server/mhd/shared.h"
#include "server/mhd/suspend.h"
#include "server/mhd/told.h"
#include "server/mhd/watch.h"
#include "server/request/server_state.h"
#include "server/connection/under_way.h"

enum {
    /* Beyond the limit so many get a 503 instead of waiting to be accepted. */
    SHED_CONNECTIONS = 64,
    /* MHD_run accepts so many and leaves the rest to the next: a burst would
     * overflow the backlog, and then the system makes clients wait a second. */
    ACCEPTS_PER_RUN = 11,
    RUNS_PER_TURN = 32,
    /* So many runs in a row may do nothing before a pause is made. */
    IDLE_RUNS_MAX = 32,
    SPIN_PAUSE_MS = 10,
    /* What libmicrohttpd needs beside the head of a request: for a field in its
     * list, and for the head of a reply. */
    NODE_BYTES = 64,
    HEAD_SPARE_BYTES = 512,
};

static duet_server *server_of(duet__driver *driver)
{
    return DUET__MEMBER(driver, duet_server, mhd.driver);
}

/* --- turns --------------------------------------------------------------- */

static duet_deadline ask_when_due(struct MHD_Daemon *daemon)
{
    MHD_UNSIGNED_LONG_LONG ms;

    if (MHD_get_timeout(daemon, &ms) != MHD_YES)
        return DUET_NEVER;
    return ms == 0 ? DUET_NOW : duet_in_ms(ms < 60000 ? (int64_t)ms : 60000);
}

/* Runs the daemon; again while clients come faster than one run takes them. */
static void run_daemon(duet_server *server)
{
    uint64_t before;
    int runs = 0;

    duet__mhd_receive_begin(server);
    do {
        before = server->connections.accepted;
        MHD_run(server->mhd.daemon);
    } while (server->connections.accepted - before >= ACCEPTS_PER_RUN &&
             ++runs < RUNS_PER_TURN);
    duet__mhd_receive_end();
}

/* libmicrohttpd asks for another run at once, again and again, and does nothing
 * in it that we know of: it may be sending, but it must not spin. */
static bool is_spinning(duet__mhd *mhd, uint64_t steps_before)
{
    if (mhd->steps != steps_before)
        mhd->idle_runs = 0;
    else if (mhd->idle_runs < IDLE_RUNS_MAX)
        mhd->idle_runs++;
    return mhd->idle_runs == IDLE_RUNS_MAX;
}

static void run(duet__driver *driver)
{
    duet_server *server = server_of(driver);
    duet__mhd *mhd = &server->mhd;
    uint64_t steps = mhd->steps;

    DUET__CHECK(!mhd->is_inside, "MHD_run is not re-entrant");
    mhd->due_at = DUET_NEVER;
    duet__mhd_accept_resume(server);
    duet__mhd_resume_ended(mhd);
    mhd->is_inside = true;
    run_daemon(server);
    mhd->is_inside = false;
    duet__mhd_receive_refuse(server);
    duet__mhd_accept_look(server);
    if (!duet_deadline_is_now(mhd->due_at))
        mhd->due_at =
            duet_deadline_earlier(mhd->due_at, ask_when_due(mhd->daemon));
    if (is_spinning(mhd, steps) && duet_deadline_is_now(mhd->due_at))
        mhd->due_at = duet_in_ms(SPIN_PAUSE_MS);
}

static duet_deadline due(duet__driver *driver)
{
    return server_of(driver)->mhd.due_at;
}

static void under_way(duet__driver *driver, struct duet__under_way *all)
{
    duet__connections_under_way(&server_of(driver)->connections, all);
}

/* --- life ---------------------------------------------------------------- */

static unsigned connection_limit(const duet__settings *settings)
{
    if (settings->connections_max > UINT32_MAX - SHED_CONNECTIONS)
        return UINT32_MAX;
    return (unsigned)settings->connections_max + SHED_CONNECTIONS;
}

static struct MHD_Daemon *start_daemon(duet_server *server,
                                       int listen_descriptor)
{
    unsigned flags = MHD_USE_EPOLL | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME |
                     MHD_USE_ERROR_LOG;
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)duet__mhd_log, server},
        {MHD_OPTION_LISTEN_SOCKET, listen_descriptor, NULL},
        {MHD_OPTION_CONNECTION_LIMIT,
         (intptr_t)connection_limit(&server->settings), NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT,
         (intptr_t)server->settings.connection_memory_bytes, NULL},
        {MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, NULL},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)duet__mhd_request_line, server},
        {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)duet__mhd_leave_escaped,
         server},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)duet__mhd_completed, server},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)duet__mhd_connection, server},
#if MHD_VERSION >= 0x00097701
        /* Beyond 1 it refuses nothing more but an empty line before a request,
         * which RFC 9112 2.2 wants passed over. */
        {MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1, NULL},
#endif
        {MHD_OPTION_END, 0, NULL},
    };

#if MHD_VERSION >= 0x00097707
    flags |= MHD_USE_NO_THREAD_SAFETY; /* else each resume costs two calls */
#endif
    return MHD_start_daemon(flags, 0, NULL, NULL, duet__mhd_answer, server,
                            MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

/* What fits the connection's memory beside the reply. */
static duet__stream_limits read_limits(const duet__settings *settings)
{
    size_t room = settings->connection_memory_bytes - HEAD_SPARE_BYTES;

    return (duet__stream_limits){
        .line_max = settings->request_line_bytes_max,
        .field_max = settings->field_bytes_max,
        .head_max = room,
        .line_cost = NODE_BYTES,
    };
}

/* A reply to a client that is gone must not end the process. */
static void ignore_sigpipe(void)
{
    struct sigaction action;

    if (sigaction(SIGPIPE, NULL, &action) == 0 &&
        !(action.sa_flags & SA_SIGINFO) && action.sa_handler == SIG_DFL) {
        action.sa_handler = SIG_IGN;
        sigaction(SIGPIPE, &action, NULL);
    }
}

static int start(duet_server *server, int listen_descriptor)
{
    duet__mhd *mhd = &server->mhd;
    int status;

    errno = 0;
    mhd->daemon = start_daemon(server, listen_descriptor);
    if (mhd->daemon == NULL)
        return duet__fail(errno != 0 ? duet__error_from_errno(errno)
                                     : DUET_ENOMEM,
                          "libmicrohttpd could not be started");
    mhd->epoll =
        MHD_get_daemon_info(mhd->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    status = duet__mhd_watch(server);
    if (status != 0) {
        (void)MHD_quiesce_daemon(mhd->daemon); /* leaves the socket open */
        MHD_stop_daemon(mhd->daemon);
    }
    return status;
}

int duet__mhd_start(duet_server *server, int listen_descriptor)
{
    duet__mhd *mhd = &server->mhd;
    int status;

    *mhd = (duet__mhd){
        .driver = {.name = "server",
                   .run = run,
                   .due = due,
                   .under_way = under_way},
        .due_at = DUET_NOW,
        .stream_limits = read_limits(&server->settings),
        .shared = calloc(1, sizeof *mhd->shared),
    };
    if (mhd->shared == NULL)
        return DUET_ENOMEM;
    duet__link_init(&mhd->ended);
    duet__link_init(&mhd->flawed);
    duet__mhd_receive_install();
    duet__mhd_clear_install();
    ignore_sigpipe();
    status = duet__mhd_idle_init(server);
    if (status == 0) {
        status = start(server, listen_descriptor);
        if (status != 0)
            duet__mhd_idle_stop(server);
    }
    if (status != 0) {
        free(mhd->shared);
        return status;
    }
    duet__loop_add_driver(server->loop, &mhd->driver);
    return 0;
}

void duet__mhd_quiesce(duet_server *server)
{
    int descriptor = MHD_quiesce_daemon(server->mhd.daemon);

    if (descriptor >= 0)
        close(descriptor);
}

void duet__mhd_stop(duet_server *server)
{
    duet__mhd *mhd = &server->mhd;

    DUET__CHECK(!mhd->is_inside, "a server is not stopped from inside");
    DUET__CHECK(mhd->suspended == 0, "no connection is left suspended");
    duet__loop_remove_driver(server->loop, &mhd->driver);
    if (!mhd->is_paused)
        duet__source_remove(&server->loop->descriptors, mhd->epoll);
    MHD_stop_daemon(mhd->daemon);
    duet__mhd_idle_stop(server);
    free(mhd->checked);
    duet__mhd_told_free(mhd);
    duet__shared_free(mhd->shared);
    free(mhd->shared);
}
