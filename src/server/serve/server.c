/* SPDX-License-Identifier: MIT */
/* server.c - starting and stopping.
 *
 * Invariant: libmicrohttpd is stopped when no connection is suspended, for it
 * aborts the process otherwise; so the handlers have ended first. */
#include "server/request/server_state.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/core/task.h"
#include "server/application/application.h"
#include "server/connection/connections.h"
#include "server/connection/outgoing.h"
#include "server/connection/timeouts.h"
#include "server/application/listen.h"
#include "server/mhd/driver.h"
#include "server/connection/quiet.h"
#include "server/request/request.h"
#include "server/connection/request_life.h"

DUET__LIVES("server")

/* --- start --------------------------------------------------------------- */

static duet_server *make(duet_application *application,
                         const duet__settings *settings)
{
    duet_server *server = calloc(1, sizeof *server);

    if (server == NULL)
        return NULL;
    server->loop = duet_current_loop();
    server->application = application;
    server->settings = *settings;
    duet__scope_init(&server->handlers, NULL);
    server->handlers.task_ended = duet__request_task_ended;
    server->handlers.stack_option = "duet_server_options.stack_bytes";
    duet__link_init(&server->pool);
    duet__outgoing_held_init(server);
    if (duet__connections_init(&server->connections, server->loop,
                               &server->settings) != 0) {
        free(server);
        return NULL;
    }
    return server;
}

/* The application's hooks have run. */
static int open_port(duet_server *server, const duet_server_options *options)
{
    int descriptor;
    int status = duet__listen_open(options, &descriptor);

    if (status != 0)
        return status;
    duet__listen_describe(descriptor, &server->port, server->url,
                          sizeof server->url);
    status = duet__mhd_start(server, descriptor);
    if (status != 0 && options->listen_descriptor == 0)
        close(descriptor);
    return status;
}

int duet_server_start(duet_application *application,
                      const duet_server_options *options,
                      duet_server **out_server)
{
    static const duet_server_options defaults;
    duet__settings settings;
    duet_server *server;
    int status;

    *out_server = NULL;
    if (options == NULL)
        options = &defaults;
    if (duet_current_task() == NULL)
        return DUET_ENOLOOP;
    status = duet__settings_read(options, &settings);
    if (status != 0)
        return status;
    server = make(application, &settings);
    if (server == NULL)
        return DUET_ENOMEM;
    status = duet__application_start(application);
    if (status == 0) {
        status = open_port(server, options);
        if (status != 0)
            duet__application_cleanup(application);
    }
    if (status != 0) {
        duet__connections_stop(&server->connections);
        free(server);
        return status;
    }
    application->servers++;
    DUET__LIFE_BEGINS(server);
    *out_server = server;
    return 0;
}

/* --- looking ------------------------------------------------------------- */

uint16_t duet_server_port(const duet_server *server)
{
    return server->port;
}

const char *duet_server_url(const duet_server *server)
{
    return server->url;
}

void duet_server_count(const duet_server *server,
                       duet_server_counts *out_counts)
{
    *out_counts = server->counts;
    out_counts->connections = server->connections.count;
    out_counts->connections_accepted = server->connections.accepted;
}

/* --- stop ---------------------------------------------------------------- */

/* Cancels what runs, waits for its end, and gives the replies a moment. */
static void stop_busy(duet_server *server)
{
    duet__scope_cancel(&server->handlers);
    duet__connections_cut_idle(&server->connections);
    duet__connections_refuse_incomplete(&server->connections);
    (void)duet__scope_wait(&server->handlers);
    (void)duet__quiet_wait(&server->connections, duet_in_ms(DUET__LINGER_MS));
    while (server->mhd.suspended > 0)
        (void)!duet_yield();
}

/* Is `task` in the scope, or does a task that is wait for it to end? */
static bool is_waited_for_by(const duet__scope *scope, const duet_task *task)
{
    while (task != NULL && task->scope != scope)
        task = task->scope->owner;
    return task != NULL;
}

int duet_server_stop(duet_server *server, duet_deadline deadline)
{
    int status;

    if (server == NULL)
        return 0;
    DUET__LIFE_GOES_ON(server);
    if (server->mhd.is_inside ||
        is_waited_for_by(&server->handlers, duet_current_task()))
        return duet__fail(DUET_EDEADLK, "a handler cannot stop its own server");
    DUET__LIFE_ENDS(server);
    server->is_stopping = true;
    duet__mhd_quiesce(server);
    duet__connections_cut_idle(&server->connections);
    duet__connection_timeouts_hurry(&server->connections);
    status = duet__quiet_wait(&server->connections, deadline);
    if (status != 0)
        stop_busy(server);
    duet__mhd_stop(server);
    duet__outgoing_held_stop(server);
    duet__connections_stop(&server->connections);
    duet__application_cleanup(server->application);
    server->application->servers--;
    duet__request_pool_free(server);
    free(server);
    return status;
}
