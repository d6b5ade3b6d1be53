/* SPDX-License-Identifier: MIT */
/* request.c - a request as options of an easy handle.
 *
 * Invariant: a handle with is_set_up has all the options that every request
 * shares; one with is_plain has none that only some requests have. So a plain
 * GET sets only the few that differ. curl_easy_reset() would do that too, but
 * does not report it if there is no memory to set everything again. */
#include "client/curl/request.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "client/curl/fold.h"
#include "client/curl/list.h"
#include "client/curl/names.h"
#include "client/curl/reuse.h"
#include "client/curl/socket.h"
#include "client/curl/tls.h"
#include "http/head/method.h"
#include "runtime/core/wait.h"

/* Those that duet__decoder_new() knows. */
#define CODINGS "gzip, deflate, br, zstd"

/* --- what libcurl delivers ----------------------------------------------- */

/* Wakes the task if the response has all that it needs while libcurl has more
 * to do: receive a redirect's body, or send the rest of the request's; or if
 * the task takes the body as it comes. The task runs after libcurl has handled
 * what is ready; mostly that was the rest. */
static void note_progress(duet__transfer *transfer)
{
    const duet__hop *hop = transfer->hop;

    if (hop->incoming.is_discarded || hop->incoming.ring != NULL ||
        (duet__hop_has_body(hop) && duet__incoming_is_whole(&hop->incoming)))
        duet__wake_first(&transfer->waiters, 0);
}

static size_t on_line(char *bytes, size_t size, size_t count, void *context)
{
    duet__transfer *transfer = context;
    duet__text line = duet__text_of(bytes, size * count);
    duet__incoming *incoming;
    bool was_in_head;
    bool was_whole;

    if (transfer->hop == NULL)
        return transfer->drops > 0 ? line.length : 0;
    if (transfer->must_prove && !duet__curl_proves_itself(transfer, line))
        return 0;
    incoming = &transfer->hop->incoming;
    was_whole = incoming->head_is_whole;
    was_in_head = incoming->is_in_head;
    if (transfer->guards_fold)
        duet__curl_fold_end(transfer);
    if (!was_in_head && duet__text_starts_with(line, DUET__TEXT("HTTP/2")))
        transfer->is_http2 = true;
    if (duet__incoming_line(incoming, line) != 0)
        return 0;
    if (incoming->is_in_head && !was_in_head)
        duet__curl_fold_begin(transfer);
    if (incoming->head_is_whole) {
        transfer->heard_ns = duet_clock_ns();
        transfer->hop->slot.heard_ns = transfer->heard_ns;
        if (!was_whole)
            duet__curl_head_ended(transfer, transfer->is_http2);
        note_progress(transfer);
    }
    return size * count;
}

/* A piece of a body that nobody wants any more. */
static size_t drop(duet__transfer *transfer, size_t count)
{
    if (count == 0 || count > transfer->drops)
        return count == 0 ? 1 : 0;
    transfer->drops -= count;
    return count;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    duet__transfer *transfer = context;
    int status;

    transfer->heard_ns = duet_clock_ns();
    if (transfer->hop == NULL)
        return drop(transfer, size * count);
    status = duet__incoming_body(&transfer->hop->incoming, bytes, size * count);
    transfer->is_full = status == DUET_EFULL;
    if (status != 0 && !transfer->is_full)
        return size * count == 0 ? 1 : 0;
    transfer->hop->slot.heard_ns = transfer->heard_ns;
    note_progress(transfer);
    return transfer->is_full ? CURL_WRITEFUNC_PAUSE : size * count;
}

/* --- what it asks for ------------------------------------------------------
 */

static size_t on_read(char *buffer, size_t size, size_t count, void *context)
{
    duet__transfer *transfer = context;
    duet__hop_body *outgoing =
        transfer->hop != NULL ? transfer->hop->outgoing : NULL;
    size_t taken;

    if (outgoing == NULL || outgoing->error != 0)
        return CURL_READFUNC_ABORT;
    taken = duet__hop_body_take(outgoing, buffer, size * count);
    if (taken > 0 || outgoing->is_taken)
        return taken;
    if (outgoing->error != 0)
        return CURL_READFUNC_ABORT;
    transfer->is_starved = true;
    return CURL_READFUNC_PAUSE;
}

/* libcurl is about to send the request once more. duet__curl_may_repeat() ends
 * that before anything is sent, if anything of the body was taken; a failure
 * here would stay with the handle (8.14). */
static int on_seek(void *context, curl_off_t offset, int origin)
{
    (void)context;
    (void)offset;
    (void)origin;
    return CURL_SEEKFUNC_OK;
}

/* --- options that all requests share ------------------------------------- */

static void set_callbacks(duet__transfer *transfer)
{
    CURL *easy = transfer->easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error_text);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_line);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    duet__curl_socket_install_easy(transfer);
    duet__curl_reuse_install(transfer);
}

/* Returns false if there is no memory: then the default authorities would be
 * trusted instead of the given ones. */
static bool set_tls(duet__curl_driver *driver, CURL *easy)
{
    bool is_set = true;

    curl_easy_setopt(easy, CURLOPT_SHARE, driver->share);
    if (driver->ca_file != NULL) {
        /* With a directory as well libcurl reads all certificates again for
         * each connection: 69 ms instead of 2 (7.88 with OpenSSL 3.0). */
        is_set =
            curl_easy_setopt(easy, CURLOPT_CAINFO, driver->ca_file) == CURLE_OK;
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
    if (driver->options->insecure_no_verify) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    return is_set;
}

/* Sets the texts that libcurl copies. Returns false if there is no memory. */
static bool set_texts(CURL *easy)
{
    return curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
           /* Otherwise libcurl reads the environment for each request. */
           curl_easy_setopt(easy, CURLOPT_NOPROXY, "") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, CODINGS) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") ==
               CURLE_OK;
}

static int set_common(duet__transfer *transfer)
{
    const duet__curl_options *options = transfer->driver->options;
    CURL *easy = transfer->easy;

    if (!set_tls(transfer->driver, easy) || !set_texts(easy))
        return DUET_ENOMEM;
    set_callbacks(transfer);
    transfer->watches_tls = duet__curl_tls_install(easy);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    /* It takes a gzip body that was cut off for a whole one. */
    curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    curl_easy_setopt(easy, CURLOPT_CURLU, transfer->origin);
    curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, -1L);
    /* The driver measures the time-outs of the phases. */
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)INT32_MAX);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)options->keep_idle_s);
    curl_easy_setopt(easy, CURLOPT_MAXLIFETIME_CONN, (long)options->keep_age_s);
    /* HTTP/2 of older versions stalls and buffers without bound. */
    if (curl_version_info(CURLVERSION_NOW)->version_num < 0x080200) {
        curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                         (long)CURL_HTTP_VERSION_1_1);
    } else {
        curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                         (long)CURL_HTTP_VERSION_2TLS);
    }
    transfer->is_set_up = transfer->is_plain = true;
    transfer->keeps_coding = false;
    transfer->has_own_fields = true; /* the session's are not set yet */
    return 0;
}

/* Takes back what set_method() has set. */
static void set_plain(duet__transfer *transfer)
{
    CURL *easy = transfer->easy;

    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, NULL);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)-1);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, NULL);
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    transfer->is_plain = true;
}

/* --- options of one request ---------------------------------------------- */

static bool add_fields(struct curl_slist **list, const duet_fields *from)
{
    size_t position = 0;
    const char *name;
    const char *value;

    while (from != NULL && duet_fields_next(from, &position, &name, &value))
        if (!duet__curl_list_add_field(list, name, value))
            return false;
    return true;
}

/* Replaces the fields that libcurl adds to a request with a body. */
static bool add_body_fields(struct curl_slist **list, const duet_fields *fields,
                            const duet__hop *hop)
{
    if (!duet__curl_list_add(list, hop->expect_ns > 0 ? "Expect: 100-continue"
                                                      : "Expect:"))
        return false;
    if (fields != NULL && duet_fields_get(fields, "Content-Type") != NULL)
        return true;
    if (!duet__hop_has_body(hop))
        return duet__curl_list_add(list, "Content-Type:");
    return duet__curl_list_add_field(list, "Content-Type", hop->content_type);
}

/* Sets the list, if the handle does not have it: the session's stays the same
 * as long as the handle exists. */
static void tell_fields(duet__transfer *transfer, struct curl_slist *list)
{
    bool is_own = list != transfer->driver->fields;

    if (is_own || transfer->has_own_fields)
        curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, list);
    transfer->has_own_fields = is_own;
}

static int set_fields(duet__transfer *transfer, bool sends_body)
{
    const duet__hop *hop = transfer->hop;
    struct curl_slist **list = &transfer->fields;
    const duet_fields *fields = hop->fields;

    if (fields == NULL)
        fields = transfer->driver->options->fields;
    if ((hop->fields != NULL || sends_body) && !add_fields(list, fields))
        return DUET_ENOMEM;
    if (sends_body && !add_body_fields(list, fields, hop))
        return DUET_ENOMEM;
    tell_fields(transfer, *list != NULL || hop->fields != NULL
                              ? *list
                              : transfer->driver->fields);
    return 0;
}

static void set_body(duet__transfer *transfer)
{
    const duet__hop *hop = transfer->hop;
    CURL *easy = transfer->easy;

    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    if (hop->outgoing != NULL) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, NULL);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)hop->outgoing->length);
        curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
        curl_easy_setopt(easy, CURLOPT_READDATA, transfer);
        curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
        hop->outgoing->transfer = transfer;
    } else {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)hop->body_bytes);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                         hop->body_bytes > 0 ? hop->body : "");
    }
    if (hop->expect_ns > 0)
        curl_easy_setopt(easy, CURLOPT_EXPECT_100_TIMEOUT_MS,
                         (long)(hop->expect_ns / 1000000));
}

/* Sets the method. Tells whether a body is sent, which may be empty. */
static int set_method(duet__transfer *transfer, bool *out_sends_body)
{
    const duet__hop *hop = transfer->hop;
    duet__method method = duet__method_of(duet__text_from(hop->method));
    CURL *easy = transfer->easy;
    bool sends_body = duet__hop_has_body(hop) || method == DUET__METHOD_POST ||
                      method == DUET__METHOD_PUT ||
                      method == DUET__METHOD_PATCH;

    *out_sends_body = sends_body;
    transfer->sends_once = !duet__method_is_idempotent(method);
    if (hop->keeps_coding != transfer->keeps_coding &&
        curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING,
                         hop->keeps_coding ? NULL : CODINGS) != CURLE_OK)
        return DUET_ENOMEM;
    transfer->keeps_coding = hop->keeps_coding;
    if (method == DUET__METHOD_GET && !sends_body)
        return 0;
    transfer->is_plain = false;
    if (method == DUET__METHOD_HEAD) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return 0;
    }
    if (sends_body)
        set_body(transfer);
    if (method != DUET__METHOD_POST &&
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, hop->method) != CURLE_OK)
        return DUET_ENOMEM;
    return 0;
}

/* Sets where to connect. Given a URL as text, libcurl parses it for each
 * request; a parsed origin is used again if it is that of the handle's last
 * request. A URL with user info is not, because that changes what is sent. */
static int set_origin(duet__transfer *transfer, const duet_url *url)
{
    const char *origin = duet_url_origin(url);
    bool has_user = duet_url_user_info(url) != NULL;
    CURLUcode code;

    if (!has_user && transfer->origin_text != NULL &&
        strcmp(transfer->origin_text, origin) == 0)
        return 0;
    free(transfer->origin_text);
    transfer->origin_text = NULL;
    /* Otherwise older versions keep the text of the previous URL. */
    curl_easy_setopt(transfer->easy, CURLOPT_URL, NULL);
    code = curl_url_set(transfer->origin, CURLUPART_URL,
                        has_user ? duet_url_text(url) : origin, 0);
    if (code != CURLUE_OK)
        return code == CURLUE_OUT_OF_MEMORY ? DUET_ENOMEM : DUET_EURL;
    if (!has_user)
        transfer->origin_text = strdup(origin); /* NULL: not reused */
    return 0;
}

/* The target is sent byte for byte; if it were set as parts of the URL, libcurl
 * would change its escapes to lower case. */
static int set_url(duet__transfer *transfer, const duet_url *url)
{
    int status = set_origin(transfer, url);

    if (status == 0 && curl_easy_setopt(transfer->easy, CURLOPT_REQUEST_TARGET,
                                        duet_url_target(url)) != CURLE_OK)
        status = DUET_ENOMEM;
    return status;
}

int duet__transfer_prepare(duet__transfer *transfer)
{
    duet__hop *hop = transfer->hop;
    bool sends_body;
    int status = 0;

    if (!transfer->is_set_up)
        status = set_common(transfer);
    else if (!transfer->is_plain)
        set_plain(transfer);
    if (status != 0)
        return status;
    duet__curl_reuse_prepare(transfer);
    transfer->is_full = transfer->is_starved = false;
    transfer->is_http2 = false;
    transfer->connected_ns = 0;
    transfer->error_text[0] = '\0';
    transfer->sent_bytes = 0;
    status = set_method(transfer, &sends_body);
    if (status == 0)
        status = set_fields(transfer, sends_body);
    if (status == 0)
        status = duet__curl_tell_addresses(transfer->driver, hop,
                                           &transfer->resolve);
    if (status != 0)
        return status;
    if (transfer->resolve != NULL || transfer->has_resolve)
        curl_easy_setopt(transfer->easy, CURLOPT_RESOLVE, transfer->resolve);
    transfer->has_resolve = transfer->resolve != NULL;
    return set_url(transfer, hop->url);
}
