/* SPDX-License-Identifier: MIT */
/* Loads an HTTP server: N keep-alive connections on raw epoll, each with one
 * request out at a time, until a time or a count is over.
 *
 * Made to cost less than any server it measures: one send and one recv a
 * request, every byte of a request prepared once. Every reply is checked
 * (status 200, Content-Length) before the next request leaves.
 *
 * usage: load URL [-c connections] [-s seconds | -n requests] [-i]
 * -i: one request on each connection, then print the JSON and hold all
 *     connections idle until standard input ends.
 * Prints one JSON object. Exit status 1 when any request failed. */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    REPLY_BYTES = 16 * 1024, /* largest head and body we read */
    BATCH = 256,
    LATENCY_STEP_NS = 1000, /* one histogram bucket */
    LATENCY_BUCKETS = 1000 * 1000,
};

struct connection {
    int fd;
    uint64_t sent_ns;
    size_t have;
    char reply[REPLY_BYTES];
};

struct load {
    struct sockaddr_in address;
    char request[1024];
    size_t request_bytes;
    int epoll;
    struct connection *connections;
    long connection_count;
    double seconds; /* 0: no end by time */
    long limit;     /* 0: no end by count */
    bool idle;
    long started, done, errors, open;
    uint64_t begin_ns, end_ns;
    uint32_t *latency;
};

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(2);
}

/* "http://127.0.0.1:PORT/path": numbers only, so no resolver is measured. */
static void read_url(struct load *load, const char *url)
{
    char host[64], path[512] = "";
    unsigned port = 0;
    if (sscanf(url, "http://%63[0-9.]:%u%511s", host, &port, path) < 2 ||
        inet_pton(AF_INET, host, &load->address.sin_addr) != 1 ||
        port > UINT16_MAX) {
        fprintf(stderr, "load: want http://ADDRESS:PORT/path, got %s\n", url);
        exit(2);
    }
    load->address.sin_family = AF_INET;
    load->address.sin_port = htons((uint16_t)port);
    load->request_bytes = (size_t)snprintf(
        load->request, sizeof load->request,
        "GET %s HTTP/1.1\r\nHost: %s:%u\r\nUser-Agent: load\r\n"
        "Accept: */*\r\n\r\n",
        path[0] ? path : "/", host, port);
}

static bool may_start(const struct load *load)
{
    if (load->idle)
        return load->started < load->connection_count;
    if (load->limit)
        return load->started < load->limit;
    return now_ns() < load->end_ns;
}

static void drop(struct load *load, struct connection *connection)
{
    close(connection->fd);
    connection->fd = -1;
    load->open--;
    load->errors++;
}

static void send_request(struct load *load, struct connection *connection)
{
    if (!load->idle && !may_start(load)) {
        close(connection->fd);
        connection->fd = -1;
        load->open--;
        return;
    }
    load->started++;
    connection->have = 0;
    connection->sent_ns = now_ns();
    ssize_t sent =
        send(connection->fd, load->request, load->request_bytes, MSG_NOSIGNAL);
    if (sent != (ssize_t)load->request_bytes)
        drop(load, connection);
}

/* The whole reply's length once its head is there, 0 before, -1 when bad. */
static long reply_length(const char *reply, size_t have)
{
    const char *end = memmem(reply, have, "\r\n\r\n", 4);
    if (!end)
        return have == REPLY_BYTES ? -1 : 0;
    if (memcmp(reply, "HTTP/1.1 200", 12) != 0)
        return -1;
    for (const char *line = reply; line < end;) {
        line = (const char *)memchr(line, '\n', (size_t)(end + 2 - line)) + 1;
        if (strncasecmp(line, "content-length:", 15) == 0) {
            long total = end + 4 - reply + atol(line + 15);
            return total <= REPLY_BYTES ? total : -1;
        }
    }
    return -1;
}

static void receive(struct load *load, struct connection *connection)
{
    ssize_t got = recv(connection->fd, connection->reply + connection->have,
                       REPLY_BYTES - connection->have, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0) {
        drop(load, connection);
        return;
    }
    connection->have += (size_t)got;
    long length = reply_length(connection->reply, connection->have);
    if (length < 0 || (length > 0 && (size_t)length < connection->have)) {
        drop(load, connection);
        return;
    }
    if ((size_t)length != connection->have)
        return;
    load->done++;
    uint64_t bucket = (now_ns() - connection->sent_ns) / LATENCY_STEP_NS;
    load->latency[bucket < LATENCY_BUCKETS ? bucket : LATENCY_BUCKETS - 1]++;
    if (!load->idle)
        send_request(load, connection);
}

static void open_all(struct load *load)
{
    for (long i = 0; i < load->connection_count; i++) {
        struct connection *connection = &load->connections[i];
        int one = 1;
        connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connection->fd < 0 ||
            connect(connection->fd, (struct sockaddr *)&load->address,
                    sizeof load->address) != 0)
            die("connect");
        setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, connection->fd, &event) != 0)
            die("epoll_ctl");
        load->open++;
    }
}

static void run(struct load *load)
{
    struct epoll_event events[BATCH];
    load->begin_ns = now_ns();
    load->end_ns = load->begin_ns + (uint64_t)(load->seconds * 1e9);
    for (long i = 0; i < load->connection_count; i++)
        send_request(load, &load->connections[i]);
    while (load->open > 0 && !(load->idle && load->done == load->open)) {
        int count = epoll_wait(load->epoll, events, BATCH, 10 * 1000);
        if (count < 0 && errno != EINTR)
            die("epoll_wait");
        if (count == 0) { /* a server that answers nothing any more */
            load->errors += load->open;
            break;
        }
        for (int i = 0; i < count; i++)
            receive(load, events[i].data.ptr);
    }
    load->end_ns = now_ns();
}

static double percentile_us(const struct load *load, double part)
{
    uint64_t want = (uint64_t)(part * (double)load->done), seen = 0;
    for (long i = 0; i < LATENCY_BUCKETS; i++) {
        seen += load->latency[i];
        if (seen > want)
            return (double)(i + 1) * LATENCY_STEP_NS / 1000.0;
    }
    return 0;
}

static void print(const struct load *load)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                 (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    printf("{\"requests\": %ld, \"seconds\": %.6f, \"errors\": %ld, "
           "\"cpu_seconds\": %.6f, \"p50_us\": %.0f, \"p90_us\": %.0f, "
           "\"p99_us\": %.0f, \"p999_us\": %.0f}\n",
           load->done, (double)(load->end_ns - load->begin_ns) / 1e9,
           load->errors, cpu, percentile_us(load, 0.5),
           percentile_us(load, 0.9), percentile_us(load, 0.99),
           percentile_us(load, 0.999));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static struct load load = {.connection_count = 64, .seconds = 1};
    for (int option; (option = getopt(argc, argv, "c:s:n:i")) != -1;) {
        if (option == 'c')
            load.connection_count = atol(optarg);
        else if (option == 's')
            load.seconds = atof(optarg);
        else if (option == 'n')
            load.limit = atol(optarg);
        else if (option == 'i')
            load.idle = true;
        else
            return 2;
    }
    if (optind + 1 != argc || load.connection_count <= 0) {
        fprintf(stderr, "usage: load URL [-c connections] "
                        "[-s seconds | -n requests] [-i]\n");
        return 2;
    }
    read_url(&load, argv[optind]);
    load.epoll = epoll_create1(EPOLL_CLOEXEC);
    load.connections =
        calloc((size_t)load.connection_count, sizeof *load.connections);
    load.latency = calloc(LATENCY_BUCKETS, sizeof *load.latency);
    if (load.epoll < 0 || !load.connections || !load.latency)
        die("start");
    open_all(&load);
    run(&load);
    print(&load);
    if (load.idle)
        while (getchar() != EOF)
            continue;
    return load.errors ? 1 : 0;
}
