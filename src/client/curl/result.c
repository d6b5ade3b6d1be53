/* SPDX-License-Identifier: MIT */
/* result.c - how a transfer ended: its code, and its detail in words. */
#include "client/curl/result.h"

#include "base/error.h"
#include "client/curl/error.h"
#include "client/curl/transfer.h"

const char *duet__transfer_silence(duet_phase phase)
{
    switch (phase) {
    case DUET_PHASE_SEND:
        return "the server takes no more";
    case DUET_PHASE_HEAD:
    case DUET_PHASE_BODY:
        return "nothing more came";
    default:
        return "no answer";
    }
}

/* Returns the code of what went wrong, with detail and phase; 0 if nothing
 * did. */
static int name_failure(duet__transfer *transfer)
{
    const duet__hop *hop = transfer->hop;
    const duet__incoming *incoming = &hop->incoming;
    const char *text = transfer->error_text;
    CURLcode result = transfer->result;
    int64_t begin_ns = transfer->begin_ns;
    duet_phase phase = duet__transfer_phase(transfer, &begin_ns);
    long os_error = 0;
    int code;

    if (incoming->error != 0) {
        code = incoming->error;
        text = incoming->flaw != NULL ? incoming->flaw : duet_error_text(code);
    } else if (hop->outgoing != NULL && hop->outgoing->error != 0) {
        code = hop->outgoing->error;
        text = hop->outgoing->flaw;
    } else if (transfer->broken != 0) {
        code = transfer->broken;
        text = duet_error_text(code);
    } else if (transfer->spoke_first) {
        code = DUET_EPROTOCOL;
        phase = DUET_PHASE_FIRST_BYTE;
        text = "the server spoke before it was asked";
    } else if (result == CURLE_OK && !incoming->head_is_whole) {
        code = DUET_ETRUNCATED;
        text = "the response ended in its head";
    } else {
        curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &os_error);
        if (transfer->open_error != 0) /* libcurl does not know it */
            os_error = transfer->open_error;
        if (transfer->has_strayed ||
            hop->is_repeatable) /* the driver ended it for that */
            result = CURLE_ABORTED_BY_CALLBACK;
        code = duet__curl_error(result, os_error, text, &phase);
        if (result == CURLE_ABORTED_BY_CALLBACK)
            text =
                "the connection was closed, and the request may have arrived";
        else if (code == DUET_ETOOLARGE)
            text = "a line or the fields are longer than libcurl takes";
        else if (code == DUET_ETIMEDOUT)
            text =
                duet__transfer_silence(phase); /* libcurl's clock was first */
        else if (text[0] == '\0' || phase <= DUET_PHASE_CONNECT)
            text = duet_error_text(code); /* libcurl's says the host again */
    }
    if (code == 0)
        return 0;
    return duet__phase_fail(code, phase, hop->where, transfer->begin_ns, "%s",
                            text);
}

/* Is the response complete, however the connection ended? */
static bool is_well(const duet__transfer *transfer)
{
    const duet__incoming *incoming = &transfer->hop->incoming;

    return incoming->error == 0 && transfer->broken == 0 &&
           !transfer->spoke_first &&
           (incoming->is_discarded || duet__incoming_is_whole(incoming));
}

int duet__transfer_judge(duet__transfer *transfer)
{
    return is_well(transfer) ? 0 : name_failure(transfer);
}

int duet__curl_result(duet__transfer *transfer)
{
    const duet__hop *hop = transfer->hop;
    int status;

    if (transfer->state == DUET__TRANSFER_CLOSED)
        status = duet__phase_fail(DUET_ECLOSED, transfer->closed_in, hop->where,
                                  transfer->begin_ns, "the session was closed");
    else
        status = duet__transfer_judge(transfer);
    duet__transfer_recycle(transfer);
    return status;
}
