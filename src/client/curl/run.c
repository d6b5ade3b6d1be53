/* SPDX-License-Identifier: MIT */
/* run.c - one hop from its start to its end, or to its head if its body is read
 * as it comes: the task's side of a transfer. */
#include "client/curl/run.h"

#include "base/error.h"
#include "client/curl/finish.h"
#include "client/curl/result.h"
#include "client/curl/transfer.h"
#include "runtime/core/wait.h"

/* Decides whether to wait on after a wait that ended with `status`. If not,
 * sets `*result` to the code of a transfer that was given up, or to 0 for one
 * that has ended by itself. */
static bool goes_on(duet__transfer *transfer, int status,
                    duet_deadline deadline, duet_deadline *check, int *result)
{
    const duet__hop *hop = transfer->hop;
    bool has_ended = transfer->state >= DUET__TRANSFER_DONE;
    int64_t now_ns = duet_clock_ns();
    int64_t begin_ns;
    duet_deadline own;
    duet_phase phase;

    *result = 0;
    if (has_ended && status != DUET_ECANCELED)
        return false;
    if (status != DUET_ETIMEDOUT) {
        *result =
            duet__transfer_give_up(transfer, status, duet_error_text(status));
        return false;
    }
    phase = duet__transfer_phase(transfer, &begin_ns);
    own = duet__phase_deadline(hop->limits, phase, begin_ns);
    if (now_ns >= duet_deadline_earlier(own, deadline).at_ns) {
        *result = duet__transfer_give_up(transfer, status,
                                         duet__transfer_silence(phase));
        return false;
    }
    *check = duet__phase_next_check(hop->limits, phase, begin_ns, now_ns);
    return true;
}

/* Waits until the transfer has ended, or gives it up. */
static int wait_for(duet__transfer *transfer, duet_deadline deadline)
{
    int64_t begin_ns = transfer->begin_ns;
    duet_deadline check = duet__phase_next_check(
        transfer->hop->limits, DUET_PHASE_CONNECT, begin_ns, begin_ns);
    int status;
    int result;

    do {
        duet__wait wait = {.what = "transfer", .object = transfer};

        duet__list_push_back(&transfer->waiters, &wait.link);
        status = duet__park(&wait, duet_deadline_earlier(check, deadline));
    } while (status != 0 &&
             goes_on(transfer, status, deadline, &check, &result));
    return status != 0 ? result : 0;
}

/* Did a head come whose body is to be read from a ring? If there is a flaw in
 * the head, the transfer has ended without a body. */
static bool goes_into_ring(const duet__transfer *transfer)
{
    const duet__incoming *incoming = &transfer->hop->incoming;

    return incoming->ring != NULL && incoming->head_is_whole &&
           !incoming->is_discarded &&
           (transfer->state == DUET__TRANSFER_RUNNING || incoming->error == 0 ||
            incoming->body_bytes > 0);
}

int duet__curl_run(duet__curl_driver *driver, duet__hop *hop,
                   duet_deadline deadline)
{
    duet__transfer *transfer = duet__transfer_take(driver);
    int status;

    if (transfer == NULL)
        return duet__phase_fail(DUET_ENOMEM, DUET_PHASE_CONNECT, hop->where,
                                duet_clock_ns(), "out of memory");
    transfer->hop = hop;
    transfer->sends = 0;
    transfer->is_again = hop->wants_fresh;
    transfer->race.addresses = hop->addresses != NULL
                                   ? duet__text_from(hop->addresses)
                                   : duet__text_of(NULL, 0);
    transfer->begin_ns = hop->begin_ns;
    duet__transfer_enter(transfer);
    status = wait_for(transfer, deadline);
    if (status != 0)
        return status;
    if (goes_into_ring(transfer)) {
        hop->transfer = transfer;
        if (transfer->state == DUET__TRANSFER_RUNNING)
            duet__transfer_read_times(transfer);
        return 0;
    }
    if (transfer->state == DUET__TRANSFER_RUNNING) { /* see note_progress() */
        duet__transfer_read_times(transfer);
        duet__transfer_abandon(transfer);
        return 0;
    }
    return duet__curl_result(transfer);
}
