/* SPDX-License-Identifier: MIT */
/* stream.c - a hop whose body is read as it comes.
 *
 * libcurl fills the hop's ring and is paused when that is full. Invariant: a
 * paused transfer is in driver->resuming from when its ring is half empty; it
 * goes on in the driver's turn, on the loop's stack. */
#include "client/curl/stream.h"

#include "base/error.h"
#include "client/curl/finish.h"
#include "client/curl/result.h"
#include "client/curl/socket.h"
#include "client/curl/transfer.h"
#include "client/curl/upload.h"
#include "runtime/core/wait.h"

/* How often the rest of a response that was given up is read at most: 64 KiB
 * come in so many pieces. */
enum { DROP_READS = 6 };

/* --- reading ------------------------------------------------------------- */

/* Nothing is left to be read: how did it end? */
static int end(duet__hop *hop)
{
    int status = duet__curl_result(hop->transfer);

    hop->transfer = NULL;
    return status != 0 ? status : DUET_EEMPTY;
}

/* Waits for what the peer sends. Its silence counts from when it is waited
 * for. */
static int wait_for_peer(duet__hop *hop, int64_t since_ns,
                         duet_deadline deadline)
{
    duet__transfer *transfer = hop->transfer;
    duet__wait wait = {.what = "body", .object = transfer};
    int64_t heard_ns =
        transfer->heard_ns > since_ns ? transfer->heard_ns : since_ns;
    duet_deadline own =
        duet__phase_deadline(hop->limits, DUET_PHASE_BODY, heard_ns);
    int status;

    duet__list_push_back(&transfer->waiters, &wait.link);
    status = duet__park(&wait, duet_deadline_earlier(own, deadline));
    if (status != DUET_ETIMEDOUT || duet_clock_ns() < own.at_ns)
        return status;
    return duet__transfer_give_up(transfer, status,
                                  duet__transfer_silence(DUET_PHASE_BODY));
}

int duet__curl_read(duet__hop *hop, duet_deadline deadline)
{
    int64_t since_ns = 0;
    int status = 0;

    while (status == 0 && hop->incoming.ring->length == 0) {
        if (hop->transfer->state >= DUET__TRANSFER_DONE)
            return end(hop);
        if (duet__hop_has_body(hop) &&
            duet__incoming_is_whole(&hop->incoming)) {
            duet__transfer_abandon(hop->transfer); /* still sending */
            return DUET_EEMPTY;
        }
        if (since_ns == 0)
            since_ns = duet_clock_ns();
        status = wait_for_peer(hop, since_ns, deadline);
    }
    return status;
}

/* --- giving up ----------------------------------------------------------- */

void duet__curl_leave(duet__hop *hop)
{
    if (hop->transfer != NULL)
        duet__transfer_abandon(hop->transfer);
}

/* Has libcurl read what came of the rest already. If that was all, it is done
 * with the transfer, and keeps the connection. */
static void drop_rest(duet__curl_driver *driver, duet__transfer *transfer)
{
    int descriptor = transfer->uses;

    transfer->is_full = false;
    duet__transfer_go_on(transfer);
    for (int i = 0; i < DROP_READS && descriptor >= 0; i++)
        duet__curl_act(driver, descriptor, CURL_CSELECT_IN);
}

void duet__curl_take_leaving(duet__curl_driver *driver)
{
    duet__link *link = driver->leaving.next;
    bool drops = false;

    for (; link != &driver->leaving; link = link->next) {
        duet__transfer *transfer = DUET__MEMBER(link, duet__transfer, link);

        if (transfer->drops > 0) {
            drop_rest(driver, transfer);
            drops = true;
        }
    }
    if (drops)
        duet__curl_drain(driver);
    while ((link = duet__list_pop_front(&driver->leaving)) != NULL) {
        duet__transfer *transfer = DUET__MEMBER(link, duet__transfer, link);

        duet__transfer_take_out(transfer);
        duet__transfer_recycle(transfer);
    }
}

/* --- pausing ------------------------------------------------------------- */

static bool has_room(const duet__ring *ring)
{
    return ring->length <= ring->capacity / 2;
}

static void resume(duet__transfer *transfer)
{
    if (transfer->state == DUET__TRANSFER_RUNNING &&
        duet__list_is_empty(&transfer->resume))
        duet__list_push_back(&transfer->driver->resuming, &transfer->resume);
}

void duet__curl_read_on(duet__hop *hop)
{
    duet__transfer *transfer = hop->transfer;

    if (transfer != NULL && transfer->is_full && has_room(hop->incoming.ring))
        resume(transfer);
}

void duet__curl_send_on(duet__hop_body *outgoing)
{
    if (outgoing->transfer != NULL && outgoing->transfer->is_starved)
        resume(outgoing->transfer);
}

void duet__curl_take_resuming(duet__curl_driver *driver)
{
    duet__link *link;

    while ((link = duet__list_pop_front(&driver->resuming)) != NULL) {
        duet__transfer *transfer = DUET__MEMBER(link, duet__transfer, resume);

        if (transfer->is_full && has_room(transfer->hop->incoming.ring))
            transfer->is_full = false;
        if (transfer->is_starved &&
            duet__hop_body_has_news(transfer->hop->outgoing)) {
            transfer->is_starved = false;
            duet__curl_upload_has_more(transfer);
            transfer->heard_ns =
                duet_clock_ns(); /* now it is the peer's turn */
        }
        duet__transfer_go_on(transfer);
    }
}
