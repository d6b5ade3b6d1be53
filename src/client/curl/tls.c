/* SPDX-License-Identifier: MIT */
/* tls.c - does a TLS connection end as it should?
 *
 * A body without a length ends with its connection. Anyone on the path can
 * close that; only the peer can send close_notify. libcurl before 8.14 with
 * OpenSSL accepts either (7.88 answers "no" when OpenSSL asks whether the
 * transport has ended), and has closed the connection before it reports the
 * end. So this file takes the alerts from OpenSSL's info callback. Owns one
 * flag for each thread: close_notify has come.
 *
 * OpenSSL's function is looked up by name at run time: it must be of the
 * OpenSSL that libcurl uses. If there is none, because libcurl was built with
 * another library, no alert is seen and no body is refused. */
#include "client/curl/tls.h"

#include <dlfcn.h>
#include <string.h>

/* From this version on libcurl reports a missing close_notify itself. */
enum { SEES_IT_ITSELF = 0x080e00 };

/* From <openssl/ssl.h>: SSL_CB_READ_ALERT, and SSL3_AL_WARNING << 8 with
 * SSL_AD_CLOSE_NOTIFY. */
enum { READ_ALERT = 0x4004, CLOSE_NOTIFY = 0x100 };

typedef void on_info(const void *connection, int where, int value);
typedef void set_on_info(void *context, on_info *call);

static _Thread_local bool has_seen;

static void note_alert(const void *connection, int where, int value)
{
    (void)connection;
    if (where == READ_ALERT && value == CLOSE_NOTIFY)
        has_seen = true;
}

static CURLcode on_context(CURL *easy, void *context, void *set)
{
    set_on_info *call;

    (void)easy;
    memcpy(&call, &set, sizeof call); /* ISO C has no such conversion */
    call(context, note_alert);
    return CURLE_OK;
}

bool duet__curl_tls_install(CURL *easy)
{
    void *set = NULL;

    if (curl_version_info(CURLVERSION_NOW)->version_num < SEES_IT_ITSELF)
        set = dlsym(RTLD_DEFAULT, "SSL_CTX_set_info_callback");
    return set != NULL &&
           curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_context) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, set) == CURLE_OK;
}

bool duet__curl_tls_was_closed(void)
{
    bool seen = has_seen;

    has_seen = false;
    return seen;
}

bool duet__curl_tls_needs_close(const duet__transfer *transfer)
{
    const duet__incoming *incoming = &transfer->hop->incoming;

    return transfer->watches_tls && !transfer->is_http2 &&
           incoming->head_is_whole && !incoming->has_length &&
           duet_url_scheme(transfer->hop->url)[4] == 's' &&
           duet_fields_get(incoming->fields, "Transfer-Encoding") == NULL;
}
