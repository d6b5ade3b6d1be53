/* SPDX-License-Identifier: MIT */
/* transfer.c - easy handles: their pool, and how far a transfer is.
 *
 * Invariant: an idle handle has no hop and no lists of its own, and is in
 * driver->idle; there are at most IDLE_MAX of those. */
#include "client/curl/transfer.h"

#include <stdlib.h>

#include "client/curl/names.h"

enum { IDLE_MAX = 256 };

/* --- pool ---------------------------------------------------------------- */

duet__transfer *duet__transfer_take(duet__curl_driver *driver)
{
    duet__link *link = driver->idle.previous; /* the newest: warm memory */
    duet__transfer *transfer;

    if (link != &driver->idle) {
        duet__list_remove(link);
        driver->idle_count--;
        return DUET__MEMBER(link, duet__transfer, link);
    }
    transfer = calloc(1, sizeof *transfer);
    if (transfer == NULL)
        return NULL;
    transfer->driver = driver;
    transfer->opened = transfer->uses = transfer->race.descriptor = -1;
    duet__link_init(&transfer->link);
    duet__link_init(&transfer->resume);
    duet__link_init(&transfer->waiters);
    duet__link_init(&transfer->upload);
    transfer->easy = curl_easy_init();
    transfer->origin = curl_url();
    if (transfer->easy == NULL || transfer->origin == NULL) {
        duet__transfer_free(transfer);
        return NULL;
    }
    return transfer;
}

void duet__transfer_recycle(duet__transfer *transfer)
{
    duet__curl_driver *driver = transfer->driver;

    if (transfer->state == DUET__TRANSFER_CLOSED) {
        free(transfer);
        return;
    }
    duet__list_remove(&transfer->link);
    if (transfer->opened < 0 && transfer->sends == 0)
        duet__curl_told_in_vain(driver, transfer->resolve);
    curl_slist_free_all(transfer->fields);
    curl_slist_free_all(transfer->resolve);
    transfer->fields = transfer->resolve = NULL;
    transfer->hop = NULL;
    transfer->open_error = transfer->broken = 0;
    transfer->is_full = transfer->is_starved = false;
    transfer->drops = 0;
    if (driver->idle_count == IDLE_MAX) {
        duet__transfer_free(transfer);
        return;
    }
    transfer->state = DUET__TRANSFER_IDLE;
    duet__list_push_back(&driver->idle, &transfer->link);
    driver->idle_count++;
}

void duet__transfer_free_handle(duet__transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    curl_url_cleanup(transfer->origin);
    free(transfer->origin_text);
    curl_slist_free_all(transfer->fields);
    curl_slist_free_all(transfer->resolve);
}

void duet__transfer_free(duet__transfer *transfer)
{
    duet__transfer_free_handle(transfer);
    free(transfer);
}

/* --- where it goes -------------------------------------------------------- */

void duet__transfer_enter(duet__transfer *transfer)
{
    duet__list_remove(&transfer->link);
    transfer->state = DUET__TRANSFER_ENTERING;
    duet__list_push_back(&transfer->driver->entering, &transfer->link);
}

void duet__transfer_break(duet__transfer *transfer, int code)
{
    if (code == 0)
        return;
    transfer->broken = code;
    transfer->driver->has_broken = true;
}

/* What the callbacks return to this call does not end the transfer. */
void duet__transfer_go_on(duet__transfer *transfer)
{
    int pauses = (transfer->is_full ? CURLPAUSE_RECV : CURLPAUSE_CONT) |
                 (transfer->is_starved ? CURLPAUSE_SEND : CURLPAUSE_CONT);

    if (curl_easy_pause(transfer->easy, pauses) != CURLE_OK)
        duet__transfer_break(transfer, DUET_ENOMEM);
}

/* --- how far it is ------------------------------------------------------- */

static int64_t time_ns(duet__transfer *transfer, CURLINFO info)
{
    curl_off_t us = 0;

    curl_easy_getinfo(transfer->easy, info, &us);
    return us * 1000;
}

duet_phase duet__transfer_phase(duet__transfer *transfer, int64_t *begin_ns)
{
    const duet__hop *hop = transfer->hop;
    int64_t ready_ns;
    curl_off_t sent = 0;

    *begin_ns = transfer->begin_ns;
    if (transfer->state == DUET__TRANSFER_CLOSED)
        return transfer->closed_in;
    if (transfer->state == DUET__TRANSFER_ENTERING)
        return DUET_PHASE_CONNECT;
    ready_ns = time_ns(transfer, CURLINFO_PRETRANSFER_TIME_T);
    if (ready_ns == 0 && transfer->connected_ns == 0)
        return DUET_PHASE_CONNECT;
    if (ready_ns == 0) {
        *begin_ns = transfer->connected_ns;
        return DUET_PHASE_TLS;
    }
    if (hop->incoming.head_is_whole) {
        *begin_ns = transfer->heard_ns;
        return DUET_PHASE_BODY;
    }
    *begin_ns += ready_ns;
    if (hop->incoming.is_in_head)
        return DUET_PHASE_HEAD;
    if (!duet__hop_has_body(hop))
        return DUET_PHASE_FIRST_BYTE;
    curl_easy_getinfo(transfer->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    if (sent != transfer->sent_bytes || transfer->is_starved)
        transfer->heard_ns =
            duet_clock_ns(); /* progress: the time starts again */
    transfer->sent_bytes = sent;
    *begin_ns = transfer->heard_ns;
    return duet__hop_has_rest(hop, (uint64_t)sent) ? DUET_PHASE_SEND
                                                   : DUET_PHASE_FIRST_BYTE;
}

static void read_connect_times(duet__transfer *transfer)
{
    int64_t connected = time_ns(transfer, CURLINFO_CONNECT_TIME_T);
    int64_t secured = time_ns(transfer, CURLINFO_APPCONNECT_TIME_T);

    transfer->hop->connect_ns = connected;
    transfer->hop->tls_ns = secured > connected ? secured - connected : 0;
}

void duet__transfer_read_times(duet__transfer *transfer)
{
    duet__hop *hop = transfer->hop;
    int64_t ready = time_ns(transfer, CURLINFO_PRETRANSFER_TIME_T);
    int64_t first = time_ns(transfer, CURLINFO_STARTTRANSFER_TIME_T);
    int64_t total = time_ns(transfer, CURLINFO_TOTAL_TIME_T);

    hop->is_reused = ready > 0 && !transfer->is_fresh;
    if (!hop->is_reused)
        read_connect_times(transfer);
    if (ready > 0 && first > ready)
        hop->first_byte_ns = first - ready;
    if (first > 0 && total > first)
        hop->body_ns = total - first;
}
