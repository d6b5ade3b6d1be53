/* SPDX-License-Identifier: MIT */
/* session.c - opening and closing a session.
 *
 * Owns the parts. Invariant: the memory of a closed session lives until the
 * last exchange in it has ended; its connections do not. */
#include "client/session/session.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limit.h"
#include "http/head/fields.h"
#include "http/url/host.h"
#include "runtime/core/loop.h"

DUET__LIVES("session")

enum {
    CONNECTIONS = 100,
    PER_HOST = 6,
    KEPT = 256,
    KEPT_MAX = 10000,
    KEEP_IDLE_MS = 30000,
    KEEP_AGE_MS = 3600000,
    DNS_TTL_MIN_MS = 1000,
    DNS_TTL_MAX_MS = 300000,
    DNS_NEGATIVE_TTL_MS = 5000,
    DNS_ENTRIES = 4096,
    DNS_ENTRIES_MAX = 1000000,
};

/* Checks Host, which proxies and caches use to identify the server. */
static int check_host(const duet_fields *fields)
{
    duet__text value;
    size_t count = duet__fields_only(fields, "Host", &value);

    if (count > 1)
        return duet__fail(DUET_EFIELD, "the field Host occurs twice");
    if (count == 1 && !duet__host_field_is_valid(value))
        return duet__fail(DUET_EFIELD,
                          "the field Host is \"%.200s\", not host or host:port",
                          value.bytes);
    return 0;
}

/* libcurl sends these fields itself; duplicates could be used for request
 * smuggling. */
int duet__check_own_fields(const duet_fields *fields)
{
    static const char *const own[] = {"Content-Length", "Transfer-Encoding",
                                      "Connection"};

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (duet_fields_get(fields, own[i]) != NULL)
            return duet__fail(DUET_EINVAL, "the field %s is duet's own",
                              own[i]);
    return check_host(fields);
}

/* --- options ------------------------------------------------------------- */

static int read_seconds(const char *option, int64_t value_ms,
                        size_t standard_ms, int64_t *seconds)
{
    size_t ms;
    int status = duet__limit_read(option, value_ms, standard_ms, &ms);

    if (status != 0)
        return status;
    *seconds =
        ms >= (size_t)INT32_MAX ? INT32_MAX : (int64_t)((ms + 999) / 1000);
    return 0;
}

static int read_limits(duet_session *session,
                       const duet_session_options *options)
{
    duet__curl_options *curl = &session->curl;
    size_t total;
    size_t per_host;
    int status = duet__limit_read("connections_max", options->connections_max,
                                  CONNECTIONS, &total);

    if (status == 0)
        status = duet__limit_read("per_host_max", options->per_host_max,
                                  PER_HOST, &per_host);
    if (status == 0)
        status = duet__limit_read("kept_max", options->kept_max, KEPT,
                                  &curl->kept_max);
    if (status == 0 && curl->kept_max > KEPT_MAX)
        status =
            duet__fail(DUET_EINVAL, "option kept_max is above %d", KEPT_MAX);
    if (status == 0)
        status = read_seconds("keep_idle_ms", options->keep_idle_ms,
                              KEEP_IDLE_MS, &curl->keep_idle_s);
    if (status == 0)
        status = read_seconds("keep_age_ms", options->keep_age_ms, KEEP_AGE_MS,
                              &curl->keep_age_s);
    if (status == 0)
        duet__admission_init(&session->admission, total, per_host);
    return status;
}

static int read_ns(const char *option, int64_t value_ms, size_t standard_ms,
                   int64_t *ns)
{
    int64_t seconds;
    int status = read_seconds(option, value_ms, standard_ms, &seconds);

    *ns = status != 0 || seconds == INT32_MAX || value_ms == DUET_NO_LIMIT
              ? INT64_MAX / 2
              : duet__ns_of_ms(value_ms == 0 ? (int64_t)standard_ms : value_ms);
    return status;
}

static int open_resolver(duet_session *session,
                         const duet_session_options *options)
{
    duet__resolver_options dns = {.servers = session->dns_servers,
                                  .overrides = options->resolve};
    int status = read_ns("dns_ttl_min_ms", options->dns_ttl_min_ms,
                         DNS_TTL_MIN_MS, &dns.ttl_min_ns);

    if (status == 0)
        status = read_ns("dns_ttl_max_ms", options->dns_ttl_max_ms,
                         DNS_TTL_MAX_MS, &dns.ttl_max_ns);
    if (status == 0 && dns.ttl_min_ns > dns.ttl_max_ns)
        status = duet__fail(DUET_EINVAL,
                            "option dns_ttl_min_ms is above dns_ttl_max_ms");
    if (status == 0)
        status = read_ns("dns_negative_ttl_ms", options->dns_negative_ttl_ms,
                         DNS_NEGATIVE_TTL_MS, &dns.negative_ttl_ns);
    if (status == 0)
        status = duet__limit_read("dns_entries_max", options->dns_entries_max,
                                  DNS_ENTRIES, &dns.entries_max);
    if (status == 0 && dns.entries_max > DNS_ENTRIES_MAX)
        status = duet__fail(DUET_EINVAL, "option dns_entries_max is above %d",
                            DNS_ENTRIES_MAX);
    return status != 0 ? status : duet__resolver_open(&dns, &session->resolver);
}

/* The fields of every request. User-Agent is one of them, as CURLOPT_USERAGENT
 * costs twice the time of any other field. */
static int copy_fields(duet_session *session,
                       const duet_session_options *options)
{
    const char *agent = options->user_agent != NULL ? options->user_agent
                                                    : "duet/" DUET_VERSION;
    int status = duet_fields_new(&duet__fields_unlimited, &session->fields);

    if (status == 0 && agent[0] != '\0')
        status = duet_fields_add(session->fields, "User-Agent", agent);
    if (status == 0 && options->fields != NULL)
        status = duet__check_own_fields(options->fields);
    if (status == 0 && options->fields != NULL)
        status = duet__fields_merge(session->fields, options->fields);
    return status;
}

static int copy_texts(duet_session *session,
                      const duet_session_options *options)
{
    if (options->ca_file != NULL) {
        if (access(options->ca_file, R_OK) != 0)
            return duet__fail(DUET_ENOENT, "ca_file %.300s cannot be read: %s",
                              options->ca_file, strerrordesc_np(errno));
        session->ca_file = strdup(options->ca_file);
        if (session->ca_file == NULL)
            return DUET_ENOMEM;
    }
    if (options->dns_servers != NULL) {
        session->dns_servers = strdup(options->dns_servers);
        if (session->dns_servers == NULL)
            return DUET_ENOMEM;
    }
    session->curl.ca_file = session->ca_file;
    session->curl.fields = session->fields;
    session->curl.insecure_no_verify = options->insecure_no_verify;
    return 0;
}

int duet__check_expect(duet_expect expect)
{
    if (expect >= DUET_EXPECT_DEFAULT && expect <= DUET_SUCCESS)
        return 0;
    return duet__fail(DUET_EINVAL, "%d is no value of expect", (int)expect);
}

/* --- life ---------------------------------------------------------------- */

/* A peer that closes the connection while we write must not end the program. */
static void ignore_sigpipe(void)
{
    struct sigaction action;

    if (sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL)
        signal(SIGPIPE, SIG_IGN);
}

int duet_session_open(const duet_session_options *options,
                      duet_session **out_session)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    static const duet_session_options standard;
    const duet_session_options *from = options != NULL ? options : &standard;
    duet_session *session;
    int status;

    *out_session = NULL;
    if (duet_current_loop() == NULL)
        return DUET_ENOLOOP;
    session = calloc(1, sizeof *session);
    if (session == NULL)
        return DUET_ENOMEM;
    DUET__LIFE_BEGINS(session);
    duet__admission_init(&session->admission, 1, 1);
    session->expect = from->expect;
    status = duet__check_expect(from->expect);
    if (status == 0)
        status = read_limits(session, from);
    if (status == 0)
        status = copy_fields(session, from);
    if (status == 0)
        status = copy_texts(session, from);
    if (status == 0)
        status = open_resolver(session, from);
    if (status == 0)
        status = duet__curl_driver_open(&session->curl, &session->driver);
    if (status != 0) {
        duet_session_close(session);
        return status;
    }
    pthread_once(&once, ignore_sigpipe);
    *out_session = session;
    return 0;
}

void duet__session_free(duet_session *session)
{
    if (!session->is_closed || session->exchanges > 0)
        return;
    duet__admission_free(&session->admission);
    duet_fields_free(session->fields);
    free(session->ca_file);
    free(session->dns_servers);
    free(session);
}

void duet_session_close(duet_session *session)
{
    if (session == NULL)
        return;
    DUET__LIFE_ENDS(session);
    session->is_closed = true;
    duet__admission_close(&session->admission);
    duet__resolver_close(session->resolver);
    duet__curl_driver_close(session->driver);
    session->resolver = NULL;
    session->driver = NULL;
    duet__session_free(session);
}
