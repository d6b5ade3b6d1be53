/* SPDX-License-Identifier: MIT */
/* The least libcurl program that fetches many URLs well: multi_socket on
 * epoll, one easy handle a slot, used again for every URL. What duet's client
 * adds is measured against it.
 *
 * A descriptor stays in epoll when libcurl loses interest and leaves only when
 * it fires unwanted, so a warm transfer costs no epoll_ctl.
 *
 * usage: bare_curl_multi URL COUNT AT_ONCE     (fetches URL/0, URL/1, ...)
 * Prints one JSON object. */

#include <curl/curl.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 256, DESCRIPTORS = 65536, BODY_BYTES = 64 * 1024 };

struct slot {
    CURL *easy;
    size_t body_bytes;
    char body[BODY_BYTES];
};

static struct {
    CURLM *multi;
    int epoll;
    const char *url;
    long count, at_once, started, done, errors, running;
    int64_t timer_ns; /* -1: none */
    uint32_t wanted[DESCRIPTORS];
    uint32_t registered[DESCRIPTORS];
} fetch = {.timer_ns = -1};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void watch(int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};
    int change = !events                ? EPOLL_CTL_DEL
                 : fetch.registered[fd] ? EPOLL_CTL_MOD
                                        : EPOLL_CTL_ADD;
    epoll_ctl(fetch.epoll, change, fd, &event);
    fetch.registered[fd] = events;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context,
                     void *socket_context)
{
    (void)easy;
    (void)context;
    (void)socket_context;
    if (fd < 0 || fd >= DESCRIPTORS)
        return -1;
    uint32_t events = 0;
    if (what != CURL_POLL_REMOVE) {
        events |= what & CURL_POLL_IN ? EPOLLIN : 0;
        events |= what & CURL_POLL_OUT ? EPOLLOUT : 0;
    }
    fetch.wanted[fd] = events;
    if (events && fetch.registered[fd] != events)
        watch(fd, events);
    return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *context)
{
    (void)multi;
    (void)context;
    fetch.timer_ns = timeout_ms < 0 ? -1 : now_ns() + timeout_ms * 1000000;
    return 0;
}

static int on_close(void *context, curl_socket_t fd)
{
    (void)context;
    if (fd >= 0 && fd < DESCRIPTORS)
        fetch.wanted[fd] = fetch.registered[fd] = 0;
    return close(fd);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct slot *slot = context;
    if (size * count > sizeof slot->body - slot->body_bytes)
        return 0;
    memcpy(slot->body + slot->body_bytes, bytes, size * count);
    slot->body_bytes += size * count;
    return size * count;
}

static void start_next(struct slot *slot)
{
    char url[512];
    if (fetch.started == fetch.count)
        return;
    snprintf(url, sizeof url, "%s/%ld", fetch.url, fetch.started++);
    slot->body_bytes = 0;
    curl_easy_setopt(slot->easy, CURLOPT_URL, url);
    curl_multi_add_handle(fetch.multi, slot->easy);
    fetch.running++;
}

static void prepare(struct slot *slot)
{
    slot->easy = curl_easy_init();
    curl_easy_setopt(slot->easy, CURLOPT_PRIVATE, slot);
    curl_easy_setopt(slot->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(slot->easy, CURLOPT_WRITEDATA, slot);
    curl_easy_setopt(slot->easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl_easy_setopt(slot->easy, CURLOPT_NOSIGNAL, 1L);
    /* The request that duet sends: libcurl 8.14 takes 4,400 instructions, a
     * sixteenth of a fetch, to print the first of these fields. */
    curl_easy_setopt(slot->easy, CURLOPT_USERAGENT, "duet/0.1.0");
    curl_easy_setopt(slot->easy, CURLOPT_ACCEPT_ENCODING,
                     "gzip, deflate, br, zstd");
    curl_easy_setopt(slot->easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    curl_easy_setopt(slot->easy, CURLOPT_PROXY, ""); /* not the environment's */
    curl_easy_setopt(slot->easy, CURLOPT_NOPROXY, "");
    curl_easy_setopt(slot->easy, CURLOPT_HTTP_VERSION,
                     (long)CURL_HTTP_VERSION_1_1);
}

static void collect(void)
{
    int left;
    for (CURLMsg *message;
         (message = curl_multi_info_read(fetch.multi, &left));) {
        CURL *easy = message->easy_handle;
        struct slot *slot;
        long status = 0;
        bool failed = message->data.result != CURLE_OK;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &slot);
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        curl_multi_remove_handle(fetch.multi, easy);
        fetch.running--;
        fetch.done++;
        fetch.errors += failed || status != 200;
        start_next(slot);
    }
}

static void fire(struct epoll_event *event)
{
    int fd = event->data.fd, running;
    if (!fetch.wanted[fd]) {
        watch(fd, 0);
        return;
    }
    int what = (event->events & (EPOLLIN | EPOLLHUP) ? CURL_CSELECT_IN : 0) |
               (event->events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
               (event->events & EPOLLERR ? CURL_CSELECT_ERR : 0);
    curl_multi_socket_action(fetch.multi, fd, what, &running);
}

static void run(void)
{
    struct epoll_event events[BATCH];
    while (fetch.running > 0) {
        int running, timeout_ms = 1000;
        if (fetch.timer_ns >= 0) {
            int64_t left_ns = fetch.timer_ns - now_ns();
            timeout_ms = left_ns <= 0 ? 0 : (int)((left_ns + 999999) / 1000000);
        }
        if (timeout_ms == 0) {
            fetch.timer_ns = -1;
            curl_multi_socket_action(fetch.multi, CURL_SOCKET_TIMEOUT, 0,
                                     &running);
            collect();
            if (fetch.timer_ns >= 0 && fetch.timer_ns <= now_ns())
                continue;
        }
        int count = epoll_wait(fetch.epoll, events, BATCH, timeout_ms);
        for (int i = 0; i < count; i++)
            fire(&events[i]);
        collect();
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: bare_curl_multi URL COUNT AT_ONCE\n");
        return 2;
    }
    fetch.url = argv[1];
    fetch.count = atol(argv[2]);
    fetch.at_once = atol(argv[3]);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    fetch.multi = curl_multi_init();
    fetch.epoll = epoll_create1(EPOLL_CLOEXEC);
    struct slot *slots = calloc((size_t)fetch.at_once, sizeof *slots);
    if (!fetch.multi || fetch.epoll < 0 || !slots)
        return 1;
    curl_multi_setopt(fetch.multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(fetch.multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(fetch.multi, CURLMOPT_MAXCONNECTS, 256L);
    int64_t begin_ns = now_ns();
    for (long i = 0; i < fetch.at_once; i++) {
        prepare(&slots[i]);
        start_next(&slots[i]);
    }
    run();
    printf("{\"requests\": %ld, \"seconds\": %.6f, \"errors\": %ld}\n",
           fetch.done, (double)(now_ns() - begin_ns) / 1e9, fetch.errors);
    return fetch.errors || fetch.done != fetch.count;
}
