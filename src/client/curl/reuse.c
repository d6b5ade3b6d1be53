/* SPDX-License-Identifier: MIT */
/* reuse.c - which connection may carry a request, and how often one is
 * sent.
 *
 * Owns the table of connections by their local port. Invariants: a request is
 * sent at most twice, the second time on a new connection and only if its
 * method is idempotent; no byte that arrived before a request was sent is taken
 * for its answer. libcurl ensures neither: it sends a request up to five times
 * if the connection was closed, and before 8.0 it takes unread bytes on a kept
 * connection for the next answer. */
#include "client/curl/reuse.h"

#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <linux/sockios.h>

#include "client/curl/connect.h"
#include "client/curl/fold.h"
#include "client/curl/transfer.h"
#include "client/curl/upload.h"

/* From this version on libcurl uses no kept connection with unread bytes. */
enum { LIBCURL_LOOKS = 0x080000 };

/* --- where connections are ----------------------------------------------- */

static int *first_of(duet__curl_driver *driver, uint16_t port)
{
    return &driver->by_port[port % DUET__PORT_LISTS];
}

static void place(duet__curl_driver *driver, int descriptor, uint16_t port)
{
    duet__curl_socket *one = &driver->sockets[descriptor];
    int *first = first_of(driver, port);

    if (one->port != 0)
        return;
    one->port = port;
    one->next = *first;
    *first = descriptor;
}

void duet__curl_unplace(duet__curl_driver *driver, int descriptor)
{
    duet__curl_socket *one = &driver->sockets[descriptor];
    int *link = first_of(driver, one->port);

    if (one->port == 0)
        return;
    while (*link != descriptor)
        link = &driver->sockets[*link].next;
    *link = one->next;
    one->port = 0;
}

/* What can be read from a connection that should be silent. */
typedef enum unread {
    UNREAD_NOTHING,
    UNREAD_BYTES,
    UNREAD_END,
} unread;

static unread look(int descriptor)
{
    char byte;
    ssize_t count = recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

    if (count > 0)
        return UNREAD_BYTES;
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? UNREAD_NOTHING
                                                            : UNREAD_END;
}

/* The connection that libcurl has chosen, by its local port; -1 if unknown.
 * Connections to different peers may have the same port: then this is one that
 * no request uses, and `*is_clean` is true only if all of those are clean. */
static int find(duet__curl_driver *driver, uint16_t port, bool *is_clean)
{
    bool looks = driver->libcurl_version < LIBCURL_LOOKS;
    int found = -1;
    int one = *first_of(driver, port);

    *is_clean = true;
    for (; one >= 0; one = driver->sockets[one].next) {
        const duet__curl_socket *at = &driver->sockets[one];

        if (at->port != port || (found >= 0 && at->users > 0))
            continue;
        found = one;
        if (looks && !at->is_shared && look(one) != UNREAD_NOTHING)
            *is_clean = false;
    }
    return found;
}

/* --- who uses them ------------------------------------------------------- */

static int64_t acknowledged_bytes(int descriptor)
{
    struct tcp_info info = {.tcpi_bytes_acked = 0};
    socklen_t size = sizeof info;

    getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size);
    return (int64_t)info.tcpi_bytes_acked;
}

static void use(duet__transfer *transfer, int descriptor)
{
    duet__curl_socket *one;

    duet__curl_unuse(transfer);
    if (descriptor < 0)
        return;
    one = &transfer->driver->sockets[descriptor];
    one->users++;
    transfer->uses = descriptor;
    transfer->uses_serial = one->serial;
    duet__curl_upload_begins(transfer, one);
    transfer->must_prove = !transfer->is_fresh && !one->is_shared;
    if (transfer->must_prove && duet__hop_has_body(transfer->hop))
        transfer->acknowledged_bytes = acknowledged_bytes(descriptor);
}

/* The descriptor that the transfer uses; NULL if it is another connection by
 * now. */
static duet__curl_socket *used(const duet__transfer *transfer)
{
    duet__curl_socket *one;

    if (transfer->uses < 0)
        return NULL;
    one = &transfer->driver->sockets[transfer->uses];
    return one->serial == transfer->uses_serial ? one : NULL;
}

void duet__curl_unuse(duet__transfer *transfer)
{
    duet__curl_socket *one = used(transfer);

    if (one != NULL)
        one->users--;
    duet__curl_upload_ends(transfer, one);
    transfer->uses = -1;
}

void duet__curl_silence_broken(duet__curl_driver *driver, int descriptor)
{
    const duet__curl_socket *one = &driver->sockets[descriptor];
    char junk[4096];
    int reads = 0;

    if (!one->is_ours || one->port == 0 || one->users > 0 || one->is_shared ||
        look(descriptor) != UNREAD_BYTES)
        return;
    /* When libcurl looks next it closes a connection that has ended, if nothing
     * is left to read. */
    shutdown(descriptor, SHUT_RDWR);
    while (recv(descriptor, junk, sizeof junk, MSG_DONTWAIT) > 0 && reads < 64)
        reads++;
}

/* --- before a request ---------------------------------------------------- */

/* Refuses a kept connection before anything is sent on it: the request goes out
 * on a new one. */
static int choose_again(duet__transfer *transfer)
{
    transfer->is_again = true;
    return CURL_PREREQFUNC_ABORT;
}

bool duet__curl_may_repeat(duet__transfer *transfer)
{
    const duet__hop_body *outgoing =
        transfer->hop != NULL ? transfer->hop->outgoing : NULL;

    if (transfer->sends > 0 && (transfer->sends_once || transfer->sends > 1))
        transfer->has_strayed = true;
    else if (transfer->sends > 0 && outgoing != NULL && outgoing->taken > 0)
        transfer->is_again = true; /* see leaves_to_exchange() */
    return !transfer->has_strayed && !transfer->is_again;
}

/* Did the server refuse to be asked before the body? libcurl sends the request
 * once more then, but what its answer says has been taken for this one's. */
static bool refuses_expectation(const duet__transfer *transfer, CURLcode result)
{
    const duet__hop *hop = transfer->hop;

    return hop->expect_ns > 0 && hop->incoming.status == 417 &&
           result == CURLE_ABORTED_BY_CALLBACK &&
           (transfer->has_strayed || transfer->is_again);
}

/* What may be sent again, but only by the exchange. */
static bool leaves_to_exchange(duet__transfer *transfer, CURLcode result)
{
    duet__hop *hop = transfer->hop;

    if (!refuses_expectation(transfer, result) &&
        (!transfer->is_again || hop->outgoing == NULL ||
         hop->outgoing->taken == 0))
        return false;
    transfer->is_again = false;
    hop->is_repeatable = true;
    return true;
}

/* libcurl repeats what it could not send or got no byte of, but not if the
 * connection was lost while it was sent, nor ever on HTTP/2. */
bool duet__curl_is_to_repeat(duet__transfer *transfer, CURLcode result)
{
    const duet__hop *hop = transfer->hop;
    bool was_lost = result == CURLE_HTTP2 || result == CURLE_SEND_ERROR ||
                    result == CURLE_RECV_ERROR;

    if (was_lost && hop->incoming.head_bytes == 0 && hop->incoming.error == 0 &&
        transfer->broken == 0 && !transfer->has_strayed &&
        !transfer->sends_once && !transfer->is_fresh && transfer->sends == 1)
        transfer->is_again = true;
    return !leaves_to_exchange(transfer, result) && transfer->is_again;
}

/* Called by libcurl each time before it sends the request. */
static int on_send(void *context, char *remote, char *local, int remote_port,
                   int local_port)
{
    duet__transfer *transfer = context;
    duet__curl_driver *driver = transfer->driver;
    int descriptor = transfer->opened;
    bool is_clean = true;

    (void)remote;
    (void)local;
    (void)remote_port;
    if (transfer->hop == NULL)
        return CURL_PREREQFUNC_ABORT;
    transfer->is_fresh = descriptor >= 0;
    if (!duet__curl_may_repeat(transfer))
        return CURL_PREREQFUNC_ABORT;
    if (transfer->sends > 0 && !transfer->is_fresh)
        return choose_again(transfer);
    if (transfer->is_fresh) {
        duet__curl_connected(transfer);
        place(driver, descriptor, (uint16_t)local_port);
        /* Over TLS, early bytes may be session tickets. */
        transfer->spoke_first =
            duet_url_scheme(transfer->hop->url)[4] == '\0' &&
            look(descriptor) == UNREAD_BYTES;
        if (transfer->spoke_first)
            return CURL_PREREQFUNC_ABORT;
    } else {
        descriptor = find(driver, (uint16_t)local_port, &is_clean);
        if (!is_clean)
            return choose_again(transfer);
    }
    use(transfer, descriptor);
    transfer->opened = -1;
    transfer->sends++;
    return CURL_PREREQFUNC_OK;
}

/* --- what comes then ----------------------------------------------------- */

/* Has any part of the request reached the peer's system? A server acknowledges
 * it before, or when, it answers. */
static bool has_arrived(const duet__transfer *transfer)
{
    int waiting = 0;
    long sent = 0;

    if (used(transfer) == NULL)
        return true;
    if (duet__hop_has_body(transfer->hop))
        return acknowledged_bytes(transfer->uses) >
               transfer->acknowledged_bytes;
    if (ioctl(transfer->uses, SIOCOUTQ, &waiting) != 0 || waiting == 0)
        return true;
    curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &sent);
    return sent == 0 || waiting < sent;
}

static bool is_late_408(duet__text line)
{
    return duet__text_starts_with(line, DUET__TEXT("HTTP/1.")) &&
           duet__text_starts_with(duet__text_skip(line, 8), DUET__TEXT(" 408"));
}

bool duet__curl_proves_itself(duet__transfer *transfer, duet__text line)
{
    transfer->must_prove = false;
    /* In HTTP/2 the number of the stream tells which request is answered, and
     * unsent bytes may belong to another stream. That the connection is HTTP/2
     * is known from its first head; streams may begin before it. */
    if (duet__text_starts_with(line, DUET__TEXT("HTTP/2")))
        return true;
    if (has_arrived(transfer) && (transfer->sends_once || !is_late_408(line)))
        return true;
    transfer->has_strayed = true;
    transfer->is_again = !transfer->sends_once;
    return false;
}

static bool is_watched_kind(const duet__incoming *incoming)
{
    return incoming->has_length ? incoming->length == 0 : incoming->has_coding;
}

void duet__curl_head_ended(duet__transfer *transfer, bool is_http2)
{
    duet__curl_socket *one = used(transfer);

    if (is_http2) {
        if (one != NULL)
            one->is_shared = true;
        return;
    }
    if (!is_watched_kind(&transfer->hop->incoming))
        return;
    curl_easy_setopt(transfer->easy, CURLOPT_VERBOSE, 1L);
    transfer->is_watched = true;
}

/* libcurl skips chunk extensions of any length without a call of on_body(). */
static void count_raw(duet__transfer *transfer, size_t count)
{
    if (transfer->hop == NULL || transfer->broken != 0)
        return;
    duet__transfer_break(transfer,
                         duet__incoming_raw(&transfer->hop->incoming, count));
}

/* libcurl drops what it has read beyond the end of a response and keeps the
 * connection (unless the body's length was known). Only this callback tells. */
static int on_debug(CURL *easy, curl_infotype type, char *bytes, size_t count,
                    void *context)
{
    duet__text text = duet__text_of(bytes, count);
    duet__transfer *transfer = context;

    if (type == CURLINFO_TEXT &&
        (duet__text_starts_with(text, DUET__TEXT("Excess found")) ||
         duet__text_starts_with(text, DUET__TEXT("Leftovers after")))) {
        curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
        transfer->is_forbidden = true;
    } else if (type == CURLINFO_HEADER_IN) {
        duet__curl_fold_guard(transfer, bytes, count);
    } else if (type == CURLINFO_DATA_IN) {
        count_raw(transfer, count);
    }
    return 0;
}

/* --- options ------------------------------------------------------------- */

void duet__curl_reuse_install(duet__transfer *transfer)
{
    CURL *easy = transfer->easy;

    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_send);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, transfer);
    transfer->wants_fresh = transfer->is_watched = transfer->is_forbidden =
        transfer->guards_fold = false;
}

void duet__curl_reuse_prepare(duet__transfer *transfer)
{
    CURL *easy = transfer->easy;

    if (transfer->is_again) /* the same options, on a new connection */
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    else if (transfer->wants_fresh)
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 0L);
    if (transfer->is_watched || transfer->guards_fold)
        duet__curl_fold_end(transfer);
    if (transfer->is_forbidden)
        curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 0L);
    transfer->wants_fresh = transfer->is_again;
    transfer->is_watched = transfer->is_forbidden = false;
    transfer->is_again = transfer->has_strayed = transfer->spoke_first = false;
    transfer->must_prove = false;
    transfer->opened = -1;
}
