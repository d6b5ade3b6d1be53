/* SPDX-License-Identifier: MIT */
/* curl_error.c - the one place where CURLcode becomes a code of ours. */
#include "client/curl_error.h"

#include <errno.h>

#include <duet/error.h>

static int connect_error(long os_error)
{
    switch (os_error) {
    case ECONNREFUSED:
        return DUET_ECONNREFUSED;
    case EHOSTUNREACH:
        return DUET_EHOSTUNREACH;
    case ENETUNREACH:
        return DUET_ENETUNREACH;
    case EMFILE:
        return DUET_EMFILE;
    case ENFILE:
        return DUET_ENFILE;
    case ENOMEM:
    case ENOBUFS:
        return DUET_ENOMEM;
    case ETIMEDOUT:
        return DUET_ETIMEDOUT;
    default:
        return DUET_ECONNECT;
    }
}

/* The connection was lost. */
static int lost(long os_error, duet_phase phase)
{
    if (phase == DUET_PHASE_BODY)
        return DUET_ETRUNCATED;
    return os_error == ECONNRESET ? DUET_ECONNRESET : DUET_EDISCONNECTED;
}

int duet__curl_error(CURLcode result, long os_error, duet_phase *phase)
{
    switch (result) {
    case CURLE_OK:
        return 0;
    case CURLE_COULDNT_RESOLVE_HOST:
        *phase = DUET_PHASE_RESOLVE;
        return DUET_ERESOLVE;
    case CURLE_COULDNT_CONNECT:
        *phase = DUET_PHASE_CONNECT;
        return connect_error(os_error);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ENGINE_INITFAILED:
        *phase = DUET_PHASE_TLS;
        return DUET_ETLS;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        *phase = DUET_PHASE_TLS;
        return DUET_ECERTIFICATE;
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
        *phase = DUET_PHASE_TLS;
        return DUET_ENOENT;
    case CURLE_OPERATION_TIMEDOUT:
        return DUET_ETIMEDOUT;
    case CURLE_GOT_NOTHING:
    case CURLE_ABORTED_BY_CALLBACK: /* no second try, see curl_request.c */
        *phase = DUET_PHASE_FIRST_BYTE;
        return lost(os_error, *phase);
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_HTTP3:
        return lost(os_error, *phase);
    case CURLE_PARTIAL_FILE:
        return DUET_ETRUNCATED;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9 */
    case CURLE_BAD_CONTENT_ENCODING:
        return DUET_EPROTOCOL;
    case CURLE_URL_MALFORMAT:
        return DUET_EURL;
    case CURLE_OUT_OF_MEMORY:
        return DUET_ENOMEM;
    default:
        return DUET_EUNKNOWN;
    }
}
