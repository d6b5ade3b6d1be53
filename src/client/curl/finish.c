/* SPDX-License-Identifier: MIT */
/* finish.c - how transfers end.
 *
 * A transfer ends when libcurl is done with it, when it cannot go on, or when
 * its task has given it up. Invariant: libcurl has none that is in
 * driver->done, nor any that is in the pool. */
#include "client/curl/finish.h"

#include "client/curl/connect.h"
#include "client/curl/reuse.h"
#include "client/curl/tls.h"
#include "client/curl/transfer.h"
#include "runtime/core/wait.h"

/* Of a response that is given up, so many bytes at most are read to keep its
 * connection. */
enum { DROP_BYTES = 64 << 10 };

void duet__transfer_take_out(duet__transfer *transfer)
{
    duet__curl_stop_connecting(transfer);
    duet__curl_unuse(transfer);
    duet__list_remove(&transfer->resume);
    if (transfer->hop != NULL && transfer->hop->outgoing != NULL)
        transfer->hop->outgoing->transfer = NULL;
    curl_multi_remove_handle(transfer->driver->multi, transfer->easy);
}

void duet__transfer_tell_end(duet__transfer *transfer)
{
    duet__hop *hop = transfer->hop;

    if (hop != NULL && hop->ended != NULL)
        hop->ended(hop);
    duet__wake_first(&transfer->waiters, 0);
}

void duet__transfer_finish(duet__transfer *transfer, CURLcode result)
{
    transfer->result = result;
    transfer->state = DUET__TRANSFER_DONE;
    duet__list_remove(&transfer->link);
    duet__list_push_back(&transfer->driver->done, &transfer->link);
    duet__transfer_tell_end(transfer);
}

void duet__curl_drain(duet__curl_driver *driver)
{
    bool was_closed = duet__curl_tls_was_closed();
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(driver->multi, &left)) != NULL) {
        CURL *easy = message->easy_handle;
        CURLcode result = message->data.result;
        duet__transfer *transfer;

        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
        duet__transfer_take_out(transfer);
        if (transfer->state == DUET__TRANSFER_LEAVING) {
            duet__transfer_recycle(transfer);
        } else if (duet__curl_is_to_repeat(transfer, result) ||
                   (result == CURLE_COULDNT_CONNECT && transfer->broken == 0 &&
                    !transfer->hop->is_repeatable &&
                    duet__curl_has_addresses(transfer))) {
            duet__transfer_enter(
                transfer); /* libcurl's attempt failed at once */
        } else {
            duet__transfer_read_times(transfer);
            if (result == CURLE_OK && !was_closed &&
                duet__curl_tls_needs_close(transfer))
                result = CURLE_PARTIAL_FILE;
            duet__transfer_finish(transfer, result);
        }
    }
}

void duet__curl_end_broken(duet__curl_driver *driver)
{
    duet__link *link = driver->running.next;

    driver->has_broken = false;
    while (link != &driver->running) {
        duet__transfer *transfer = DUET__MEMBER(link, duet__transfer, link);

        link = link->next;
        if (transfer->broken != 0) {
            duet__transfer_take_out(transfer);
            duet__transfer_finish(transfer, CURLE_OUT_OF_MEMORY);
        }
    }
}

/* --- given up ------------------------------------------------------------ */

/* May so little be left of the response that dropping it costs less than a new
 * connection? Returns how many bytes to drop at most; 0: none. */
static size_t worth_dropping(const duet__transfer *transfer)
{
    const duet__incoming *incoming = &transfer->hop->incoming;

    if (transfer->state != DUET__TRANSFER_RUNNING || transfer->broken != 0 ||
        incoming->error != 0 || incoming->ring == NULL ||
        !incoming->head_is_whole ||
        (incoming->has_length &&
         incoming->length - (uint64_t)incoming->body_bytes > DROP_BYTES))
        return 0;
    return DROP_BYTES + incoming->ahead;
}

void duet__transfer_abandon(duet__transfer *transfer)
{
    duet__hop *hop = transfer->hop;

    duet__curl_end_race(transfer);
    transfer->race.addresses = duet__text_of(NULL, 0);
    transfer->drops = worth_dropping(transfer);
    transfer->hop = NULL;
    if (hop->outgoing != NULL)
        hop->outgoing->transfer = NULL;
    if (transfer->state == DUET__TRANSFER_RUNNING) {
        duet__list_remove(&transfer->resume);
        duet__list_remove(&transfer->link);
        transfer->state = DUET__TRANSFER_LEAVING;
        duet__list_push_back(&transfer->driver->leaving, &transfer->link);
    } else {
        duet__transfer_recycle(transfer);
    }
    hop->transfer = NULL;
    if (hop->ended != NULL)
        hop->ended(hop);
}

int duet__transfer_give_up(duet__transfer *transfer, int code, const char *what)
{
    const duet__hop *hop = transfer->hop;
    int64_t begin_ns;
    duet_phase phase = duet__transfer_phase(transfer, &begin_ns);

    if (transfer->state == DUET__TRANSFER_RUNNING)
        duet__transfer_read_times(transfer);
    duet__transfer_abandon(transfer);
    return duet__phase_fail(code, phase, hop->where, begin_ns, "%s", what);
}
