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

void duet__transfer_take_out(duet__transfer *transfer)
{
    duet__curl_stop_connecting(transfer);
    duet__curl_unuse(transfer);
    curl_multi_remove_handle(transfer->driver->multi, transfer->easy);
}

void duet__transfer_finish(duet__transfer *transfer, CURLcode result)
{
    transfer->result = result;
    transfer->state = DUET__TRANSFER_DONE;
    duet__list_remove(&transfer->link);
    duet__list_push_back(&transfer->driver->done, &transfer->link);
    duet__wake_first(&transfer->waiters, 0);
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

void duet__curl_take_leaving(duet__curl_driver *driver)
{
    duet__link *link;

    while ((link = duet__list_pop_front(&driver->leaving)) != NULL) {
        duet__transfer *transfer = DUET__MEMBER(link, duet__transfer, link);

        duet__transfer_take_out(transfer);
        duet__transfer_recycle(transfer);
    }
}
