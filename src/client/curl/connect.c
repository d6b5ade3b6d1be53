/* SPDX-License-Identifier: MIT */
/* connect.c - connecting to whichever address of a host answers first
 * (RFC 8305).
 *
 * libcurl knows one address and opens one descriptor. The driver makes the
 * other attempts; the first that connects replaces libcurl's, under the same
 * number. Invariant: during a race libcurl's descriptor is an attempt that is
 * in progress or has succeeded. One that fails is replaced at once, so libcurl
 * sees only the failure of the last. */
#include "client/curl/connect.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/curl/transfer.h"
#include "stream/socket/address.h"

/* RFC 8305 5, Connection Attempt Delay. */
enum { NEXT_ATTEMPT_MS = 250 };

/* --- addresses ----------------------------------------------------------- */

static bool next_address(duet__transfer *transfer, duet__address *out_address)
{
    duet__race *race = &transfer->race;
    uint16_t port = duet_url_port(transfer->hop->url);

    while (duet__curl_has_addresses(transfer))
        if (duet__address_read(duet__text_cut(&race->addresses, ','), port,
                               out_address))
            return true;
    return false;
}

static bool is_lost(const duet__curl_driver *driver, int descriptor)
{
    return descriptor >= 0 && (size_t)descriptor < driver->descriptors &&
           driver->sockets[descriptor].is_lost;
}

static int open_socket(const duet__curl_driver *driver, int family)
{
    int descriptor =
        socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    while (is_lost(driver, descriptor)) {
        int other = fcntl(descriptor, F_DUPFD_CLOEXEC, descriptor + 1);

        close(descriptor);
        descriptor = other;
    }
    return descriptor;
}

/* --- attempts ------------------------------------------------------------ */

static duet__poll_set *descriptors_of(const duet__transfer *transfer)
{
    return &transfer->driver->loop->descriptors;
}

/* Takes an attempt out of the race; returns its descriptor. */
static int take(duet__transfer *transfer, size_t index)
{
    duet__race *race = &transfer->race;
    int descriptor = race->attempts[index];

    duet__source_remove(descriptors_of(transfer), descriptor);
    race->attempts[index] = race->attempts[--race->count];
    return descriptor;
}

/* Replaces libcurl's attempt with another. */
static void put_in_place(duet__transfer *transfer, size_t index)
{
    int attempt = take(transfer, index);
    int status = duet__source_replace(descriptors_of(transfer),
                                      transfer->race.descriptor, attempt);

    close(attempt);
    duet__transfer_break(transfer, status);
}

static void attempt_ready(void *context, int descriptor, uint32_t events);

/* Starts the next attempt. Returns false if there is none. */
static bool begin_next(duet__transfer *transfer)
{
    const int on = 1;
    duet__race *race = &transfer->race;
    duet__address address;

    while (race->count < DUET__ATTEMPTS && next_address(transfer, &address)) {
        int descriptor = open_socket(transfer->driver, address.any.sa_family);

        if (descriptor < 0)
            continue;
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if ((connect(descriptor, &address.any, address.length) == 0 ||
             errno == EINPROGRESS) &&
            duet__source_watch(descriptors_of(transfer), descriptor, EPOLLOUT,
                               attempt_ready, transfer) == 0) {
            race->attempts[race->count++] = descriptor;
            return true;
        }
        close(descriptor);
    }
    return false;
}

static void await_next(duet__transfer *transfer)
{
    duet__race *race = &transfer->race;

    /* If there is no memory for the timer, the next one starts at once. */
    while (duet__curl_has_addresses(transfer) && race->count < DUET__ATTEMPTS &&
           duet__loop_arm(transfer->driver->loop, &race->timer,
                          duet_in_ms(NEXT_ATTEMPT_MS)) != 0)
        begin_next(transfer);
}

static void waited_enough(duet__timer *timer)
{
    duet__transfer *transfer = DUET__MEMBER(timer, duet__transfer, race.timer);

    begin_next(transfer);
    await_next(transfer);
}

static void attempt_ready(void *context, int descriptor, uint32_t events)
{
    duet__transfer *transfer = context;
    duet__race *race = &transfer->race;
    size_t index = 0;

    while (race->attempts[index] != descriptor)
        index++;
    if ((events & (EPOLLERR | EPOLLHUP)) == 0) {
        put_in_place(transfer, index);
        duet__curl_end_race(transfer);
        return;
    }
    close(take(transfer, index));
    begin_next(transfer);
    await_next(transfer);
}

/* --- libcurl's descriptor ------------------------------------------------ */

int duet__curl_begin_race(duet__transfer *transfer,
                          struct curl_sockaddr *address)
{
    duet__race *race = &transfer->race;
    int descriptor = -1;
    duet__address chosen;

    duet__curl_end_race(transfer);
    if (!duet__curl_has_addresses(transfer))
        return open_socket(transfer->driver, address->family);
    errno = EAFNOSUPPORT;
    while (descriptor < 0 && next_address(transfer, &chosen))
        descriptor = open_socket(transfer->driver, chosen.any.sa_family);
    if (descriptor < 0)
        return -1;
    address->family = chosen.any.sa_family;
    address->addrlen = chosen.length;
    memcpy((char *)address + offsetof(struct curl_sockaddr, addr), &chosen.any,
           chosen.length);
    race->timer.fired = waited_enough;
    race->descriptor = descriptor;
    await_next(transfer);
    return descriptor;
}

bool duet__curl_attempt_failed(duet__transfer *transfer)
{
    duet__race *race = &transfer->race;

    if (race->count == 0 && !begin_next(transfer))
        return false;
    put_in_place(transfer, 0);
    await_next(transfer);
    return true;
}

void duet__curl_stop_connecting(duet__transfer *transfer)
{
    duet__curl_socket *sockets = transfer->driver->sockets;

    if (transfer->opened >= 0 && sockets[transfer->opened].connects == transfer)
        sockets[transfer->opened].connects = NULL;
    duet__curl_end_race(transfer);
}

void duet__curl_connected(duet__transfer *transfer)
{
    if (transfer->connected_ns == 0)
        transfer->connected_ns = duet_clock_ns();
    duet__curl_stop_connecting(transfer);
}

void duet__curl_end_race(duet__transfer *transfer)
{
    duet__race *race = &transfer->race;

    if (race->descriptor < 0)
        return;
    race->descriptor = -1;
    duet__loop_disarm(transfer->driver->loop, &race->timer);
    while (race->count > 0)
        close(take(transfer, race->count - 1));
}
