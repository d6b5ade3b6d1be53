/* SPDX-License-Identifier: MIT */
/* tls.c - does a TLS connection end as it should?
 *
 * A body without a length ends with its connection. Anybody on the way can end
 * that; only the peer can say close_notify. libcurl with OpenSSL below 8.14
 * takes either for the end (7.88 answers "no" where OpenSSL asks whether the
 * transport is at its end), and the connection is gone when it tells us. So
 * OpenSSL's own report of alerts is listened to. Owns the note of each thread.
 *
 * OpenSSL is asked for by name at run time: it must be the one that libcurl
 * uses. Where there is none, because libcurl was built with another library,
 * nothing is seen and nothing is refused. */
#include "client/curl/tls.h"

#include <dlfcn.h>
#include <string.h>

/* The versions of libcurl that tell by themselves. */
enum { SEES_IT_ITSELF = 0x080e00 };

/* Of <openssl/ssl.h>: SSL_CB_READ_ALERT, and SSL3_AL_WARNING << 8 with
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
    memcpy(&call, &set, sizeof call); /* ISO C knows no such conversion */
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
