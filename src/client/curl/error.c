/* SPDX-License-Identifier: MIT */
/* error.c - the one place where a CURLcode becomes one of our codes. */
#include "client/curl/error.h"

#include <errno.h>
#include <string.h>

#include <duet/error.h>

/* CURLE_TOO_LARGE; headers before 8.6 do not have it. */
enum { CURLE_TOO_LARGE_FROM_8_6 = 100 };

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
    if (phase == DUET_PHASE_HEAD || phase == DUET_PHASE_BODY)
        return DUET_ETRUNCATED;
    return os_error == ECONNRESET ? DUET_ECONNRESET : DUET_EDISCONNECTED;
}

/* An error before the body is one of the head, even if only a part of its
 * first line has arrived. */
static int flaw_of_head(int code, duet_phase *phase)
{
    if (*phase == DUET_PHASE_FIRST_BYTE)
        *phase = DUET_PHASE_HEAD;
    return code;
}

/* Why receiving the response failed: libcurl has one code for a lost
 * connection, bad chunks and its own limits, and tells them apart only by text
 * (7.88: "Out of memory in chunked-encoding" for a long trailer). */
static int receive_error(long os_error, const char *text, duet_phase *phase)
{
    if (strstr(text, "Out of memory in chunked-encoding") != NULL ||
        strstr(text, "Too large response headers") != NULL)
        return flaw_of_head(DUET_ETOOLARGE, phase);
    if (strstr(text, "chunk") != NULL)
        return DUET_EPROTOCOL;
    return lost(os_error, *phase);
}

int duet__curl_error(CURLcode result, long os_error, const char *text,
                     duet_phase *phase)
{
    switch ((int)result) {
    case CURLE_OK:
        return 0;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_SETOPT_OPTION_SYNTAX:
        /* It has the addresses, and had no memory to store them. */
        return DUET_ENOMEM;
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
    case CURLE_ABORTED_BY_CALLBACK: /* not sent again, see reuse.c */
        *phase = DUET_PHASE_FIRST_BYTE;
        return lost(os_error, *phase);
    case CURLE_RECV_ERROR:
        return receive_error(os_error, text, phase);
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_HTTP3:
        return lost(os_error, *phase);
    case CURLE_PARTIAL_FILE:
        return DUET_ETRUNCATED;
    case CURLE_UNSUPPORTED_PROTOCOL: /* the first line is no status line */
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_BAD_FUNCTION_ARGUMENT: /* a trailer without a colon */
        return flaw_of_head(DUET_EPROTOCOL, phase);
    case CURLE_TOO_LARGE_FROM_8_6:
        return flaw_of_head(DUET_ETOOLARGE, phase);
    case CURLE_URL_MALFORMAT: /* "No URL set": it was, but not copied */
        return strcmp(text, "No URL set") == 0 ? DUET_ENOMEM : DUET_EURL;
    case CURLE_OUT_OF_MEMORY:
        /* Older versions return this for a line of the head above 100 KiB. */
        return *phase >= DUET_PHASE_FIRST_BYTE && text[0] == '\0'
                   ? flaw_of_head(DUET_ETOOLARGE, phase)
                   : DUET_ENOMEM;
    default:
        return DUET_EUNKNOWN;
    }
}
