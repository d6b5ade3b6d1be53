/* SPDX-License-Identifier: MIT */
/* socket.c - libcurl's descriptors in the loop's epoll set.
 *
 * A connection stays in the set when libcurl no longer waits for it, and is
 * removed only if an event comes that libcurl does not want. So a request on a
 * kept connection needs no epoll_ctl. This holds for descriptors that the
 * driver opened, because it sees them closed; any other is removed when libcurl
 * says so. */
#include "client/curl/socket.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/error.h>

#include "client/curl/connect.h"
#include "client/curl/finish.h"
#include "client/curl/reuse.h"
#include "client/curl/transfer.h"
#include "client/curl/upload.h"

enum { FIRST_DESCRIPTORS = 64 };

static bool make_room(duet__curl_driver *driver, int descriptor)
{
    size_t room = driver->descriptors;
    duet__curl_socket *sockets;

    if (descriptor >= 0 && (size_t)descriptor < room)
        return true;
    if (!duet__descriptor_is_open(descriptor))
        return false;
    room = room == 0 ? FIRST_DESCRIPTORS : room;
    while (room <= (size_t)descriptor)
        room *= 2;
    sockets = realloc(driver->sockets, room * sizeof *sockets);
    if (sockets == NULL)
        return false;
    driver->sockets = sockets;
    for (size_t i = driver->descriptors; i < room; i++)
        sockets[i] = (duet__curl_socket){.next = -1};
    driver->descriptors = room;
    return true;
}

/* --- what the loop tells ------------------------------------------------- */

/* Returns true if libcurl must not be told of the event: another attempt has
 * replaced the one that failed. */
static bool has_another_attempt(duet__transfer *transfer, uint32_t events)
{
    if ((events & (EPOLLERR | EPOLLHUP)) != 0)
        return transfer->race.descriptor >= 0 &&
               duet__curl_attempt_failed(transfer);
    duet__curl_connected(transfer);
    return false;
}

static void ready(void *context, int descriptor, uint32_t events)
{
    duet__curl_driver *driver = context;
    duet__transfer *connects = driver->sockets[descriptor].connects;
    int what = 0;

    if (connects != NULL && has_another_attempt(connects, events))
        return;

    if (driver->sockets[descriptor].wanted == 0) {
        duet__curl_silence_broken(driver, descriptor);
        duet__source_remove(&driver->loop->descriptors, descriptor);
        return;
    }
    if (events & (EPOLLIN | EPOLLHUP))
        what |= CURL_CSELECT_IN;
    if (events & EPOLLOUT)
        what |= CURL_CSELECT_OUT;
    if (events & EPOLLERR)
        what |= CURL_CSELECT_ERR;
    duet__curl_act(driver, descriptor, what);
    duet__curl_drain(driver);
    duet__curl_upload_acted(driver, descriptor, events);
}

/* libcurl had no memory to record which transfers use a descriptor: they would
 * never go on. 7.88 divides by zero when it reads that record, and keeps it for
 * the next file with the number, unless the connection was established. */
static void break_unwatched(duet__curl_driver *driver)
{
    duet__link *link = driver->running.next;

    for (; link != &driver->running; link = link->next) {
        duet__transfer *transfer = DUET__MEMBER(link, duet__transfer, link);
        int descriptor =
            transfer->uses >= 0 ? transfer->uses : transfer->opened;

        if (descriptor < 0 || transfer->is_full ||
            driver->sockets[descriptor].wanted != 0)
            continue;
        duet__transfer_break(transfer, DUET_ENOMEM);
        driver->sockets[descriptor].is_lost = true;
    }
}

void duet__curl_act(duet__curl_driver *driver, curl_socket_t descriptor,
                    int what)
{
    int running;

    if (curl_multi_socket_action(driver->multi, descriptor, what, &running) ==
        CURLM_OK)
        return;
    duet__curl_drain(driver); /* those that have ended are not to be broken */
    break_unwatched(driver);
    driver->timer = DUET_NOW; /* others were not looked at */
}

/* --- what libcurl tells -------------------------------------------------- */

static void remove_source(duet__curl_driver *driver, int descriptor)
{
    if ((size_t)descriptor >= driver->descriptors)
        return;
    duet__curl_upload_wanted(&driver->sockets[descriptor], 0);
    if (!driver->sockets[descriptor].is_ours)
        duet__source_remove(&driver->loop->descriptors, descriptor);
}

/* While it connects, libcurl waits for OUT. If it waits for IN, TCP has
 * connected, maybe at once, without an event (libcurl reports its own time of
 * that only after the TLS handshake). */
static void note_connected(duet__curl_driver *driver, int descriptor)
{
    duet__transfer *transfer = (size_t)descriptor < driver->descriptors
                                   ? driver->sockets[descriptor].connects
                                   : NULL;

    if (transfer != NULL && transfer->hop != NULL)
        duet__curl_connected(transfer);
}

/* What libcurl wants to wait for cannot be waited for: all that goes over this
 * descriptor ends in the driver's next run. (-1 from the callback would end all
 * transfers there are.) */
static void give_up(duet__curl_driver *driver, CURL *easy, int descriptor,
                    int code)
{
    duet__transfer *transfer = NULL;
    duet__link *link = driver->running.next;

    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
    for (; link != &driver->running; link = link->next) {
        duet__transfer *one = DUET__MEMBER(link, duet__transfer, link);

        if (one == transfer || one->uses == descriptor)
            duet__transfer_break(one, code);
    }
}

static int on_socket(CURL *easy, curl_socket_t descriptor, int what,
                     void *context, void *unused)
{
    duet__curl_driver *driver = context;
    uint32_t events = 0;
    int status;

    (void)unused;
    if (what == CURL_POLL_REMOVE) {
        remove_source(driver, descriptor);
        return 0;
    }
    if (what & CURL_POLL_IN) {
        events |= EPOLLIN;
        note_connected(driver, descriptor);
    }
    if (what & CURL_POLL_OUT)
        events |= EPOLLOUT;
    status = make_room(driver, descriptor)
                 ? duet__source_watch(&driver->loop->descriptors, descriptor,
                                      events, ready, driver)
                 : DUET_ENOMEM;
    if (status == 0)
        duet__curl_upload_wanted(&driver->sockets[descriptor], events);
    else
        give_up(driver, easy, descriptor, status);
    return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *context)
{
    duet__curl_driver *driver = context;

    (void)multi;
    if (timeout_ms < 0)
        driver->timer = DUET_NEVER;
    else
        driver->timer = timeout_ms == 0 ? DUET_NOW : duet_in_ms(timeout_ms);
    return 0;
}

static curl_socket_t on_open(void *context, curlsocktype purpose,
                             struct curl_sockaddr *address)
{
    duet__transfer *transfer = context;
    duet__curl_driver *driver = transfer->driver;
    int descriptor;

    (void)purpose;
    if (!duet__curl_may_repeat(transfer))
        return CURL_SOCKET_BAD;
    descriptor = duet__curl_begin_race(transfer, address);
    if (descriptor >= 0 && !make_room(driver, descriptor)) {
        close(descriptor);
        descriptor = -1;
        errno = ENOMEM;
    }
    if (descriptor < 0) {
        if (errno != EAFNOSUPPORT) /* another address may do */
            transfer->open_error = errno;
        return CURL_SOCKET_BAD;
    }
    driver->sockets[descriptor].is_ours = true;
    driver->sockets[descriptor].connects = transfer;
    transfer->opened = descriptor;
    return descriptor;
}

static int on_close(void *context, curl_socket_t descriptor)
{
    duet__curl_driver *driver = context;

    if ((size_t)descriptor < driver->descriptors) {
        duet__curl_socket *one = &driver->sockets[descriptor];

        duet__curl_unplace(driver, descriptor);
        duet__curl_upload_closed(driver, one);
        if (one->connects != NULL)
            duet__curl_end_race(one->connects);
        *one = (duet__curl_socket){.serial = one->serial + 1, .next = -1};
        duet__source_forget(&driver->loop->descriptors, descriptor);
    }
    return close(descriptor);
}

void duet__curl_socket_install(duet__curl_driver *driver)
{
    CURLM *multi = driver->multi;

    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, driver);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, driver);
}

void duet__curl_socket_install_easy(duet__transfer *transfer)
{
    duet__curl_driver *driver = transfer->driver;
    CURL *easy = transfer->easy;

    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
    /* The connection keeps these two beyond the handle. */
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, driver);
}
