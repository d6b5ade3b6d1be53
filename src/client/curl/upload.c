/* SPDX-License-Identifier: MIT */
/* upload.c - uploads that share a connection: libcurl (8.14, as others) forgets
 * some, and would use a processor up for others.
 *
 * In HTTP/2 a server gives each stream, and the connection, a window; none may
 * send when one of its two is full. Both faults are about what libcurl waits
 * for then.
 *
 * If the window of a stream is full, libcurl waits for input. But whichever
 * request it runs reads what has come for all of them. If that opens the window
 * of an upload, libcurl only has the running one send what the upload has put
 * into its buffer, and does not run the upload, which goes on waiting for
 * input. None comes, as the peer has nothing to say before it has the rest. The
 * same if the running one ends while it sends, and the system takes no more:
 * nobody waits for output. So the uploads of a connection run once more after
 * somebody has read from it or has left it, unless libcurl waits for output
 * there, and runs them then. The last to run has read all there was: if no more
 * was read in its run, none can have been forgotten.
 *
 * If the window of the connection is full, libcurl waits for output, which the
 * system is always ready for, and sends nothing: the loop would turn without a
 * rest for as long as the server likes. So if libcurl has not sent a byte in a
 * number of turns in which nothing else happened, the loop waits only for
 * input, until there is some, or a request is added to the connection, or
 * leaves it, or has another piece of its body. Nothing else lets libcurl send
 * again. */
#include "client/curl/upload.h"

#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <linux/sockios.h>
#include <linux/tcp.h>

#include "client/curl/transfer.h"

/* --- output that is of no use --------------------------------------------- */

/* So many turns are few, and looking once in so many costs nothing. */
enum { TURNS = 16 };

/* How much was ever written to a connection; 0 if the system does not tell. */
static int64_t written_bytes(int descriptor)
{
    struct tcp_info info = {.tcpi_bytes_sent = 0};
    socklen_t size = sizeof info;

    getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size);
    if (info.tcpi_bytes_sent == 0)
        return 0;
    return (int64_t)(info.tcpi_bytes_sent - info.tcpi_bytes_retrans +
                     info.tcpi_notsent_bytes);
}

/* It has its place in the set, so there is nothing that can fail. */
static void watch(duet__curl_driver *driver, int descriptor, uint32_t events)
{
    duet__poll_set *set = &driver->loop->descriptors;
    const duet__poll_entry *entry = &set->entries[descriptor];

    (void)duet__source_watch(set, descriptor, events, entry->ready,
                             entry->context);
}

/* Something has changed: libcurl may have bytes to send again. */
static void resume(duet__curl_driver *driver, int descriptor)
{
    duet__curl_socket *one = &driver->sockets[descriptor];

    if (!one->is_mute)
        return;
    one->is_mute = false;
    one->output_turns = TURNS - 1; /* one more, if there is still no need */
    watch(driver, descriptor, one->wanted);
}

static void look_what_was_sent(duet__curl_driver *driver, int descriptor)
{
    duet__curl_socket *one = &driver->sockets[descriptor];
    int64_t bytes = written_bytes(descriptor);

    one->output_turns = 0;
    if (bytes != 0 && bytes == one->written_bytes) {
        one->is_mute = true;
        watch(driver, descriptor, EPOLLIN);
    }
    one->written_bytes = bytes;
}

static void count_turn(duet__curl_driver *driver, int descriptor,
                       uint32_t events)
{
    duet__curl_socket *one = &driver->sockets[descriptor];

    if (one->is_mute)
        resume(driver, descriptor);
    else if (events != EPOLLOUT || one->wanted != (EPOLLIN | EPOLLOUT))
        one->output_turns = 0;
    else if (++one->output_turns >= TURNS)
        look_what_was_sent(driver, descriptor);
}

/* --- uploads that are forgotten ------------------------------------------- */

/* Bodies of less than this all find room in the system's buffer of a socket:
 * they do not wait for output. */
enum { BUFFERED_BYTES = 16384 };

/* How much was ever read from a connection. What comes between the two calls
 * makes it less than it is; it can be read, so there will be another look. */
static int64_t read_bytes(int descriptor)
{
    struct tcp_info info = {.tcpi_bytes_received = 0};
    socklen_t size = sizeof info;
    int unread = 0;

    getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size);
    ioctl(descriptor, SIOCINQ, &unread);
    return (int64_t)info.tcpi_bytes_received - unread;
}

static void disperse(duet__curl_driver *driver, duet__curl_socket *one)
{
    if (one->is_crowded)
        driver->crowded--;
    one->is_crowded = false;
}

static bool has_rest(const duet__transfer *transfer)
{
    curl_off_t sent = 0;

    curl_easy_getinfo(transfer->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    return duet__hop_has_rest(transfer->hop, (uint64_t)sent);
}

/* A call to end a pause has libcurl run the transfer, even if there was none;
 * but then libcurl does not tell that its timer is due. */
static void wake(duet__transfer *transfer)
{
    duet__transfer_go_on(transfer);
    transfer->driver->timer = DUET_NOW;
}

/* Wakes the uploads that have a rest. Any other, if there is no such, sends
 * what is left in buffers. */
static void wake_all_on(duet__curl_driver *driver, int descriptor,
                        bool was_left)
{
    const duet__curl_socket *one = &driver->sockets[descriptor];
    duet__transfer *buffered = NULL;
    size_t bytes = 0;
    bool is_awake = false;

    for (duet__link *link = driver->uploads.next; link != &driver->uploads;
         link = link->next) {
        duet__transfer *transfer = DUET__MEMBER(link, duet__transfer, upload);

        if (transfer->uses != descriptor || transfer->hop == NULL ||
            transfer->uses_serial != one->serial)
            continue;
        buffered = transfer;
        bytes += transfer->hop->outgoing != NULL ? BUFFERED_BYTES
                                                 : transfer->hop->body_bytes;
        if (has_rest(transfer)) {
            wake(transfer);
            is_awake = true;
        }
    }
    if (was_left && !is_awake && bytes >= BUFFERED_BYTES)
        wake(buffered);
}

static void look_what_was_read(duet__curl_driver *driver, int descriptor)
{
    duet__curl_socket *one = &driver->sockets[descriptor];
    bool was_left = one->was_left;
    int64_t bytes;

    if (!one->is_crowded || ((one->wanted & EPOLLOUT) != 0 && !one->is_mute))
        return;
    bytes = read_bytes(descriptor);
    if (bytes == one->read_bytes && !was_left) {
        if (one->users == 1) /* it is alone: nobody reads for it */
            disperse(driver, one);
        return;
    }
    one->read_bytes = bytes;
    one->was_left = false;
    resume(driver, descriptor);
    wake_all_on(driver, descriptor, was_left);
}

static bool has_uploads_in_a_crowd(const duet__curl_driver *driver)
{
    return driver->crowded > 0 && !duet__list_is_empty(&driver->uploads);
}

/* --- the connections ------------------------------------------------------ */

void duet__curl_upload_begins(duet__transfer *transfer, duet__curl_socket *one)
{
    duet__curl_driver *driver = transfer->driver;

    resume(driver, transfer->uses);
    if (one->users > 1 && !one->is_crowded) {
        one->is_crowded = true;
        driver->crowded++;
    }
    if (duet__hop_has_body(transfer->hop))
        duet__list_push_back(&driver->uploads, &transfer->upload);
}

void duet__curl_upload_ends(duet__transfer *transfer, duet__curl_socket *one)
{
    duet__list_remove(&transfer->upload);
    if (one == NULL)
        return;
    one->was_left = true;
    resume(transfer->driver, transfer->uses);
}

void duet__curl_upload_has_more(duet__transfer *transfer)
{
    if (transfer->uses >= 0)
        resume(transfer->driver, transfer->uses);
}

void duet__curl_upload_closed(duet__curl_driver *driver, duet__curl_socket *one)
{
    disperse(driver, one);
}

void duet__curl_upload_wanted(duet__curl_socket *one, uint32_t events)
{
    one->wanted = events;
    one->is_mute = false;
    one->output_turns = 0;
}

void duet__curl_upload_acted(duet__curl_driver *driver, int descriptor,
                             uint32_t events)
{
    count_turn(driver, descriptor, events);
    if (has_uploads_in_a_crowd(driver))
        look_what_was_read(driver, descriptor);
}

void duet__curl_upload_acted_in_time(duet__curl_driver *driver)
{
    int last = -1;

    if (!has_uploads_in_a_crowd(driver))
        return;
    for (duet__link *link = driver->uploads.next; link != &driver->uploads;
         link = link->next) {
        int uses = DUET__MEMBER(link, duet__transfer, upload)->uses;

        if (uses != last)
            look_what_was_read(driver, uses);
        last = uses;
    }
}
