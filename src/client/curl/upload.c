/* SPDX-License-Identifier: MIT */
/* upload.c - no upload stands still when there is room for it at the peer.
 *
 * Several requests share a connection of HTTP/2, and whichever libcurl runs
 * reads what has come for all of them. If that gives an upload a window again,
 * which was full, libcurl (8.14, as others) only has the running one send what
 * the upload has put into its buffer, and does not run the upload: what that
 * waits for was decided when the window was full, and is input. None comes, as
 * the peer has nothing to say before it has the rest. The same if the running
 * one ends while it sends, and the system takes no more: nobody waits for
 * output.
 *
 * So the uploads of a connection run once more after somebody has read from it
 * or has left it, unless libcurl waits for output there, and runs them then.
 * The last to run has read all there was: if no more was read in its run, none
 * can have been forgotten. */
#include "client/curl/upload.h"

#include "client/curl/transfer.h"

#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <linux/sockios.h>
#include <linux/tcp.h>

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

void duet__curl_upload_begins(duet__transfer *transfer, duet__curl_socket *one)
{
    duet__curl_driver *driver = transfer->driver;

    if (one->users > 1 && !one->is_crowded) {
        one->is_crowded = true;
        driver->crowded++;
    }
    if (transfer->hop->body_bytes > 0)
        duet__list_push_back(&driver->uploads, &transfer->upload);
}

void duet__curl_upload_ends(duet__transfer *transfer, duet__curl_socket *one)
{
    duet__list_remove(&transfer->upload);
    if (one != NULL)
        one->was_left = true;
}

void duet__curl_upload_closed(duet__curl_driver *driver, duet__curl_socket *one)
{
    if (one->is_crowded)
        driver->crowded--;
    one->is_crowded = false;
}

static bool has_rest(const duet__transfer *transfer)
{
    curl_off_t sent = 0;

    curl_easy_getinfo(transfer->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    return (size_t)sent < transfer->hop->body_bytes;
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
        bytes += transfer->hop->body_bytes;
        if (has_rest(transfer)) {
            wake(transfer);
            is_awake = true;
        }
    }
    if (was_left && !is_awake && bytes >= BUFFERED_BYTES)
        wake(buffered);
}

static void look_at(duet__curl_driver *driver, int descriptor)
{
    duet__curl_socket *one = &driver->sockets[descriptor];
    bool was_left = one->was_left;
    int64_t bytes;

    if (!one->is_crowded || (one->wanted & EPOLLOUT) != 0)
        return;
    bytes = read_bytes(descriptor);
    if (bytes == one->read_bytes && !was_left) {
        if (one->users == 1) /* it is alone: nobody reads for it */
            duet__curl_upload_closed(driver, one);
        return;
    }
    one->read_bytes = bytes;
    one->was_left = false;
    wake_all_on(driver, descriptor, was_left);
}

void duet__curl_upload_wake(duet__curl_driver *driver, int descriptor)
{
    int last = -1;

    if (driver->crowded == 0 || duet__list_is_empty(&driver->uploads))
        return;
    if (descriptor >= 0) {
        look_at(driver, descriptor);
        return;
    }
    for (duet__link *link = driver->uploads.next; link != &driver->uploads;
         link = link->next) {
        int uses = DUET__MEMBER(link, duet__transfer, upload)->uses;

        if (uses != last)
            look_at(driver, uses);
        last = uses;
    }
}
