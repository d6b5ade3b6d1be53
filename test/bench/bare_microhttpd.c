/* SPDX-License-Identifier: MIT */
/* The least libmicrohttpd program that answers "hello": the options duet's
 * server sets, no routes, no checks, no tasks. What duet adds is measured
 * against it.
 *
 * usage: bare_microhttpd PORT [outer]
 * MHD_run_wait sleeps in libmicrohttpd's own epoll. With "outer" that
 * descriptor sits in a second epoll, as in any loop that serves more than
 * libmicrohttpd. */

#include <arpa/inet.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static enum MHD_Result answer(void *context, struct MHD_Connection *connection,
                              const char *url, const char *method,
                              const char *version, const char *upload,
                              size_t *upload_size, void **state)
{
    static char body[] = "hello";
    static int seen;
    (void)context;
    (void)url;
    (void)method;
    (void)version;
    (void)upload;
    (void)upload_size;
    if (!*state) { /* a reply queued here would close the connection */
        *state = &seen;
        return MHD_YES;
    }
    struct MHD_Response *response = MHD_create_response_from_buffer(
        strlen(body), body, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Content-Type", "text/plain");
    enum MHD_Result result = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

static void run_outer(struct MHD_Daemon *daemon)
{
    int inner = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    int outer = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    if (outer < 0 || epoll_ctl(outer, EPOLL_CTL_ADD, inner, &event) != 0)
        return;
    for (;;) {
        MHD_UNSIGNED_LONG_LONG wait = 0;
        int timeout_ms = -1;
        if (MHD_get_timeout(daemon, &wait) == MHD_YES)
            timeout_ms = wait > 1000 ? 1000 : (int)wait;
        epoll_wait(outer, &event, 1, timeout_ms);
        MHD_run(daemon);
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    if (argc < 2) {
        fprintf(stderr, "usage: bare_microhttpd PORT [outer]\n");
        return 2;
    }
    address.sin_port = htons((uint16_t)atoi(argv[1]));
    signal(SIGPIPE, SIG_IGN);
    unsigned flags = MHD_USE_EPOLL | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME;
#if MHD_VERSION >= 0x00097707
    flags |= MHD_USE_NO_THREAD_SAFETY; /* or each resume costs two calls */
#endif
    struct MHD_Daemon *daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, answer, NULL, MHD_OPTION_SOCK_ADDR, &address,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)8192,
        MHD_OPTION_CONNECTION_LIMIT, 20000u, MHD_OPTION_CONNECTION_TIMEOUT,
        600u, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
    if (!daemon) {
        fprintf(stderr, "bare_microhttpd: cannot listen on %s\n", argv[1]);
        return 1;
    }
    printf("listening on http://127.0.0.1:%s\n", argv[1]);
    fflush(stdout);
    if (argc > 2)
        run_outer(daemon);
    while (MHD_run_wait(daemon, -1) == MHD_YES)
        continue;
    MHD_stop_daemon(daemon);
    return 1;
}
