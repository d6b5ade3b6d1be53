/* SPDX-License-Identifier: MIT */
/* Options of the client, the server, and what both carry. */
#include <limits.h>

#include "sheet/sheet.h"
#include "support/folder.h"

/* --- an exchange ---------------------------------------------------------- */

/* The options of the replies' streams; NULL and false: not streamed. */
static const duet_reply_stream_options *stream_options;
static bool streams;
static int stream_status;

static int say_ok(duet_request *request, void *context)
{
    (void)context;
    if (streams) {
        duet_writer *body;

        stream_status = duet_reply_stream(request, 200, stream_options, &body,
                                          sheet_soon());
        return stream_status != 0 ? stream_status : DUET_EIO;
    }
    return duet_reply_text(request, 200, "ok");
}

typedef int ask(duet_session *session, const char *url, const void *options,
                duet_response **out_response);

static int ask_one(duet_session *session, const char *url, const void *options,
                   duet_response **out_response)
{
    return duet_get(session, url, options, out_response, sheet_soon());
}

static int ask_all(duet_session *session, const char *url, const void *options,
                   duet_response **out_response)
{
    duet_get_result result;
    int status = duet_get_all(session, &url, 1, options, &result, sheet_soon());

    *out_response = result.response;
    result.response = NULL;
    if (status == 0)
        status = result.status;
    duet_get_results_clear(&result, 1);
    return status;
}

/* Asks a server of these options by a session of these; 0 for 200, else the
 * status or the code. */
static int exchange(const duet_server_options *of_server,
                    const duet_session_options *of_session, const void *options,
                    ask *ask)
{
    duet_application *application;
    duet_server *server = NULL;
    duet_session *session = NULL;
    duet_response *response = NULL;
    int status = duet_application_new(NULL, &application);

    if (status == 0)
        status = duet_route(application, "GET", "/", say_ok, NULL);
    if (status == 0)
        status = duet_server_start(application, of_server, &server);
    if (status == 0)
        status = duet_session_open(of_session, &session);
    if (status == 0 && ask != NULL)
        status = ask(session, duet_server_url(server), options, &response);
    if (response != NULL && duet_response_status(response) != 200)
        status = duet_response_status(response);
    duet_response_free(response);
    duet_session_close(session);
    if (server != NULL)
        duet_server_stop(server, sheet_soon());
    duet_application_free(application);
    return status;
}

/* A millisecond is too short to ask and be answered within it. */
static bool is_time_to_ask(const duet_server_options *options)
{
    return options == NULL ||
           (options->header_timeout_ms != 1 &&
            options->handler_timeout_ms != 1 && options->send_timeout_ms != 1);
}

static int use_duet_server_options(const void *options)
{
    return exchange(options, NULL, NULL,
                    is_time_to_ask(options) ? ask_one : NULL);
}

static int use_duet_session_options(const void *options)
{
    return exchange(NULL, options, NULL, ask_one);
}

static int use_duet_fetch_options(const void *options)
{
    return exchange(NULL, NULL, options, ask_one);
}

static int use_duet_get_all_options(const void *options)
{
    return exchange(NULL, NULL, options, ask_all);
}

static int use_duet_application_options(const void *options)
{
    duet_application *application;
    int status = duet_application_new(options, &application);

    if (status == 0)
        status = duet_route(application, "GET", "/", say_ok, NULL);
    duet_application_free(application);
    return status;
}

static int use_duet_route_options(const void *options)
{
    duet_application *application;
    int status = duet_application_new(NULL, &application);

    if (status == 0)
        status = duet_route_with_options(application, "GET", "/", say_ok, NULL,
                                         options);
    duet_application_free(application);
    return status;
}

/* The body is given up, whatever length was promised. */
static int use_duet_reply_stream_options(const void *options)
{
    stream_options = options;
    stream_status = 1;
    streams = true;
    (void)exchange(NULL, NULL, NULL, ask_one);
    streams = false;
    return stream_status;
}

/* --- fields and parameters ------------------------------------------------ */

static int use_duet_fields_options(const void *options)
{
    duet_fields *fields;
    int status = duet_fields_new(options, &fields);

    if (status == 0)
        status = duet_fields_add(fields, "a", "b");
    duet_fields_free(fields);
    return status;
}

static int use_duet_query_options(const void *options)
{
    duet_query *query;
    duet_query *parsed;
    int status = duet_query_new(options, &query);
    int other = duet_query_parse("a=b", 3, options, &parsed);

    if (status == 0)
        status = duet_query_add(query, "a", "b", 1);
    duet_query_free(query);
    duet_query_free(parsed);
    return status == other ? status : 1;
}

/* --- the sheet ------------------------------------------------------------ */

static int take_body(void *context, const void *bytes, size_t count)
{
    (void)context, (void)bytes, (void)count;
    return 0;
}

static const char *const addresses[] = {"a.example:80:127.0.0.1", NULL};
static const char *const no_addresses[] = {"nothing", NULL};
static duet_response *failed;

/* Reads two parts, with a line before them. */
static int use_duet_multipart_options(const void *options)
{
    static const char body[] = "ab\r\n--x\r\nA: 1\r\nContent-Disposition: "
                               "form-data; name=ab\r\n\r\nab\r\n--x\r\n\r\n"
                               "\r\n--x--";
    duet_reader *reader;
    duet_multipart *multipart = NULL;
    duet_part *part;
    int status = duet_memory_reader(body, sizeof body - 1, &reader);

    if (status != 0)
        return status;
    status = duet_multipart_new(reader, "multipart/form-data; boundary=x",
                                options, &multipart);
    while (status == 0)
        status = duet_multipart_next(multipart, &part, DUET_NOW);
    duet_multipart_free(multipart);
    duet_reader_close(reader);
    return status == DUET_EEMPTY ? 0 : status;
}

static int read_some_form(const duet_form_read_options *options)
{
    duet_reader *reader;
    duet_form *form;
    int status = duet_memory_reader("ab=cd", 5, &reader);

    if (status != 0)
        return status;
    status = duet_form_read(reader, "application/x-www-form-urlencoded",
                            options, &form, DUET_NOW);
    duet_form_free(form);
    duet_reader_close(reader);
    return status;
}

static int use_duet_form_read_options(const void *options)
{
    return read_some_form(options);
}

static int send_some_form(const duet_form_options *options,
                          const duet_form_part_options *of_part)
{
    duet_form *form;
    int status = duet_form_new(options, &form);

    if (status == 0)
        status = duet_form_add_bytes(form, "a", "b", 1, of_part);
    if (status == 0)
        status =
            duet_read_skip(duet_form_reader(form), SIZE_MAX, NULL, DUET_NOW);
    duet_form_free(form);
    return status;
}

static int use_duet_form_options(const void *options)
{
    return send_some_form(options, NULL);
}

static int use_duet_form_part_options(const void *options)
{
    return send_some_form(NULL, options);
}

static const duet_multipart_options of_two_parts = {.parts_max = 2};

#define LIMIT(type, field)                                                     \
    ROW(type, field, DUET_NO_LIMIT, 0), ROW(type, field, INT64_MAX, 0),        \
        ROW(type, field, -2, DUET_EINVAL),                                     \
        ROW(type, field, INT64_MIN, DUET_EINVAL)

static const sheet_row of_parts[] = {
    DEFAULTS(duet_application_options),
    ROW(duet_application_options, routes_max, 1, 0),
    ROW(duet_application_options, routes_max, DUET_NO_LIMIT, 0),
    ROW(duet_application_options, routes_max, INT64_MAX, 0),
    ROW(duet_application_options, routes_max, -2, DUET_EINVAL),
    ROW(duet_application_options, routes_max, INT64_MIN, DUET_EINVAL),

    DEFAULTS(duet_route_options),
    ROW(duet_route_options, half_close, DUET_HALF_CLOSE_CANCELS, 0),
    ROW(duet_route_options, half_close, (duet_half_close)99, DUET_EINVAL),
    ROW(duet_route_options, half_close, (duet_half_close)-1, DUET_EINVAL),
    ROW(duet_route_options, compression, DUET_COMPRESSION_ON, 0),
    ROW(duet_route_options, compression, (duet_compression)99, DUET_EINVAL),
    ROW(duet_route_options, compression, (duet_compression)-1, DUET_EINVAL),
    ROW(duet_route_options, streams_body, true, 0),
    ROW(duet_route_options, body_bytes_max, INT64_MAX, 0),
    ROW(duet_route_options, body_bytes_max, INT64_MIN, DUET_EINVAL),
    ROW(duet_route_options, body_timeout_ms, INT64_MAX, 0),
    ROW(duet_route_options, body_timeout_ms, INT64_MIN, DUET_EINVAL),
    ROW(duet_route_options, drain_bytes_max, INT64_MAX, 0),
    ROW(duet_route_options, drain_bytes_max, INT64_MIN, DUET_EINVAL),

    DEFAULTS(duet_fields_options),
    ROW(duet_fields_options, count_max, 1, 0),
    ROW(duet_fields_options, count_max, DUET_NO_LIMIT, 0),
    ROW(duet_fields_options, count_max, INT64_MAX, 0),
    ROW(duet_fields_options, count_max, -2, DUET_EINVAL),
    ROW(duet_fields_options, count_max, INT64_MIN, DUET_EINVAL),
    ROW(duet_fields_options, bytes_max, 4, 0),
    ROW(duet_fields_options, bytes_max, 3, DUET_ETOOLARGE),
    ROW(duet_fields_options, bytes_max, DUET_NO_LIMIT, 0),
    ROW(duet_fields_options, bytes_max, INT64_MAX, 0),
    ROW(duet_fields_options, bytes_max, -2, DUET_EINVAL),
    ROW(duet_fields_options, bytes_max, INT64_MIN, DUET_EINVAL),

    DEFAULTS(duet_query_options),
    ROW(duet_query_options, count_max, 1, 0),
    ROW(duet_query_options, count_max, DUET_NO_LIMIT, 0),
    ROW(duet_query_options, count_max, INT64_MAX, 0),
    ROW(duet_query_options, count_max, -2, DUET_EINVAL),
    ROW(duet_query_options, count_max, INT64_MIN, DUET_EINVAL),
    ROW(duet_query_options, bytes_max, 4, 0),
    ROW(duet_query_options, bytes_max, 3, DUET_ETOOLARGE),
    ROW(duet_query_options, bytes_max, DUET_NO_LIMIT, 0),
    ROW(duet_query_options, bytes_max, INT64_MAX, 0),
    ROW(duet_query_options, bytes_max, -2, DUET_EINVAL),
    ROW(duet_query_options, bytes_max, INT64_MIN, DUET_EINVAL),

    DEFAULTS(duet_multipart_options),
    ROW(duet_multipart_options, parts_max, 1, DUET_ETOOLARGE),
    LIMIT(duet_multipart_options, parts_max),
    ROW(duet_multipart_options, fields_max, 1, DUET_ETOOLARGE),
    LIMIT(duet_multipart_options, fields_max),
    ROW(duet_multipart_options, head_bytes_max, 1, DUET_ETOOLARGE),
    LIMIT(duet_multipart_options, head_bytes_max),
    ROW(duet_multipart_options, name_bytes_max, 1, DUET_ETOOLARGE),
    LIMIT(duet_multipart_options, name_bytes_max),
    ROW(duet_multipart_options, part_bytes_max, 1, DUET_ETOOLARGE),
    LIMIT(duet_multipart_options, part_bytes_max),
    ROW(duet_multipart_options, outside_bytes_max, 1, DUET_ETOOLARGE),
    LIMIT(duet_multipart_options, outside_bytes_max),

    DEFAULTS(duet_form_options),
    ROW(duet_form_options, multipart, true, 0),

    DEFAULTS(duet_form_part_options),
    ROW(duet_form_part_options, filename, "b", 0),
    ROW(duet_form_part_options, filename, "\x01", DUET_EFIELD),
    ROW(duet_form_part_options, content_type, "text/plain", 0),
    ROW(duet_form_part_options, content_type, "two\nlines", DUET_EFIELD),

    DEFAULTS(duet_form_read_options),
    ROW(duet_form_read_options, parts, &of_two_parts, 0),
    ROW(duet_form_read_options, body_bytes_max, 5, 0),
    ROW(duet_form_read_options, body_bytes_max, 4, DUET_ETOOLARGE),
    LIMIT(duet_form_read_options, body_bytes_max),
    ROW(duet_form_read_options, memory_bytes_max, 4, DUET_ETOOLARGE),
    LIMIT(duet_form_read_options, memory_bytes_max),
    ROW(duet_form_read_options, folder, "/tmp", 0),
};

static const sheet_row of_server[] = {
    DEFAULTS(duet_server_options),
    ROW(duet_server_options, host, "localhost", 0),
    ROW(duet_server_options, host, "", DUET_EINVAL),
    ROW(duet_server_options, host, "host.example", DUET_EINVAL),
    ROW(duet_server_options, host, "192.0.2.1", DUET_EADDRNOTAVAIL),
    ROW(duet_server_options, port, 65535, 0),
    ROW(duet_server_options, listen_descriptor, -1, DUET_EINVAL),
    ROW(duet_server_options, listen_descriptor, INT_MIN, DUET_EINVAL),
    ROW(duet_server_options, listen_descriptor, INT_MAX, DUET_EBADF),
    ROW(duet_server_options, reuse_port, true, 0),
    ROW(duet_server_options, backlog, 1, 0),
    ROW(duet_server_options, backlog, INT_MAX, 0),
    ROW(duet_server_options, backlog, -1, DUET_EINVAL),
    ROW(duet_server_options, backlog, INT_MIN, DUET_EINVAL),
    ROW(duet_server_options, connections_max, 1, 0),
    LIMIT(duet_server_options, connections_max),
    ROW(duet_server_options, per_address_max, 1, 0),
    LIMIT(duet_server_options, per_address_max),
    ROW(duet_server_options, connection_memory_bytes, 1023, DUET_EINVAL),
    ROW(duet_server_options, connection_memory_bytes, 1024, 0),
    ROW(duet_server_options, connection_memory_bytes, 1024 * 1024, 0),
    ROW(duet_server_options, connection_memory_bytes, 1024 * 1024 + 1,
        DUET_EINVAL),
    ROW(duet_server_options, connection_memory_bytes, INT64_MAX, DUET_EINVAL),
    ROW(duet_server_options, connection_memory_bytes, DUET_NO_LIMIT,
        DUET_EINVAL),
    ROW(duet_server_options, connection_memory_bytes, INT64_MIN, DUET_EINVAL),
    ROW(duet_server_options, request_line_bytes_max, 14, 0),
    ROW(duet_server_options, request_line_bytes_max, 13, 414),
    LIMIT(duet_server_options, request_line_bytes_max),
    ROW(duet_server_options, field_bytes_max, 1, 431),
    LIMIT(duet_server_options, field_bytes_max),
    ROW(duet_server_options, body_bytes_max, 1, 0),
    LIMIT(duet_server_options, body_bytes_max),
    ROW(duet_server_options, json_depth_max, 1, 0),
    ROW(duet_server_options, json_depth_max, 2048, 0),
    ROW(duet_server_options, json_depth_max, 2049, DUET_EINVAL),
    ROW(duet_server_options, json_depth_max, INT64_MAX, DUET_EINVAL),
    ROW(duet_server_options, json_depth_max, DUET_NO_LIMIT, DUET_EINVAL),
    ROW(duet_server_options, json_depth_max, INT64_MIN, DUET_EINVAL),
    ROW(duet_server_options, header_timeout_ms, 1, 0),
    LIMIT(duet_server_options, header_timeout_ms),
    ROW(duet_server_options, body_timeout_ms, 1, 0),
    LIMIT(duet_server_options, body_timeout_ms),
    ROW(duet_server_options, handler_timeout_ms, 1, 0),
    LIMIT(duet_server_options, handler_timeout_ms),
    ROW(duet_server_options, send_timeout_ms, 1, 0),
    LIMIT(duet_server_options, send_timeout_ms),
    ROW(duet_server_options, keep_alive_timeout_ms, 1, 0),
    LIMIT(duet_server_options, keep_alive_timeout_ms),
    ROW(duet_server_options, shutdown_ms, 1, 0),
    LIMIT(duet_server_options, shutdown_ms),
    ROW(duet_server_options, half_close, DUET_HALF_CLOSE_CANCELS, 0),
    ROW(duet_server_options, half_close, (duet_half_close)99, DUET_EINVAL),
    ROW(duet_server_options, half_close, (duet_half_close)-1, DUET_EINVAL),
    ROW(duet_server_options, compression, DUET_COMPRESSION_ON, 0),
    ROW(duet_server_options, compression, (duet_compression)99, DUET_EINVAL),
    ROW(duet_server_options, compression, (duet_compression)-1, DUET_EINVAL),
    ROW(duet_server_options, stack_bytes, 1, DUET_EINVAL),
    ROW(duet_server_options, stack_bytes, 64 * 1024 * 1024, 0),
    ROW(duet_server_options, stack_bytes, 64 * 1024 * 1024 + 1, DUET_EINVAL),
    ROW(duet_server_options, stack_bytes, SIZE_MAX, DUET_EINVAL),
    ROW(duet_server_options, access_log, NULL, 0),
    ROW(duet_server_options, error_log, NULL, 0),
};

static const sheet_row of_session[] = {
    DEFAULTS(duet_session_options),
    ROW(duet_session_options, connections_max, 1, 0),
    LIMIT(duet_session_options, connections_max),
    ROW(duet_session_options, per_host_max, 1, 0),
    LIMIT(duet_session_options, per_host_max),
    ROW(duet_session_options, kept_max, 1, 0),
    ROW(duet_session_options, kept_max, 10000, 0),
    ROW(duet_session_options, kept_max, 10001, DUET_EINVAL),
    ROW(duet_session_options, kept_max, INT64_MAX, DUET_EINVAL),
    ROW(duet_session_options, kept_max, DUET_NO_LIMIT, DUET_EINVAL),
    ROW(duet_session_options, kept_max, INT64_MIN, DUET_EINVAL),
    ROW(duet_session_options, keep_idle_ms, 1, 0),
    LIMIT(duet_session_options, keep_idle_ms),
    ROW(duet_session_options, keep_age_ms, 1, 0),
    LIMIT(duet_session_options, keep_age_ms),
    ROW(duet_session_options, dns_ttl_min_ms, 1, 0),
    ROW(duet_session_options, dns_ttl_min_ms, 300001, DUET_EINVAL),
    ROW_WITH(duet_session_options, dns_ttl_min_ms, INT64_MAX, 0,
             dns_ttl_max_ms = INT64_MAX),
    ROW_WITH(duet_session_options, dns_ttl_min_ms, DUET_NO_LIMIT, 0,
             dns_ttl_max_ms = DUET_NO_LIMIT),
    ROW(duet_session_options, dns_ttl_min_ms, -2, DUET_EINVAL),
    ROW(duet_session_options, dns_ttl_min_ms, INT64_MIN, DUET_EINVAL),
    ROW(duet_session_options, dns_ttl_max_ms, 999, DUET_EINVAL),
    ROW(duet_session_options, dns_ttl_max_ms, 1000, 0),
    LIMIT(duet_session_options, dns_ttl_max_ms),
    ROW(duet_session_options, dns_negative_ttl_ms, 1, 0),
    LIMIT(duet_session_options, dns_negative_ttl_ms),
    ROW(duet_session_options, dns_entries_max, 1, 0),
    ROW(duet_session_options, dns_entries_max, 1000000, 0),
    ROW(duet_session_options, dns_entries_max, 1000001, DUET_EINVAL),
    ROW(duet_session_options, dns_entries_max, INT64_MAX, DUET_EINVAL),
    ROW(duet_session_options, dns_entries_max, DUET_NO_LIMIT, DUET_EINVAL),
    ROW(duet_session_options, dns_entries_max, INT64_MIN, DUET_EINVAL),
    ROW(duet_session_options, dns_servers, "192.0.2.1,192.0.2.2:5353", 0),
    ROW(duet_session_options, dns_servers, "", DUET_EINVAL),
    ROW(duet_session_options, dns_servers, "192.0.2.1,", DUET_EINVAL),
    ROW(duet_session_options, dns_servers, "name.example", DUET_EINVAL),
    ROW(duet_session_options, dns_servers, "192.0.2.1:65536", DUET_EINVAL),
    ROW(duet_session_options, resolve, addresses, 0),
    ROW(duet_session_options, resolve, no_addresses, DUET_EINVAL),
    ROW(duet_session_options, user_agent, "", 0),
    ROW(duet_session_options, user_agent, "two\nlines", DUET_EFIELD),
    ROW(duet_session_options, fields, NULL, 0),
    ROW(duet_session_options, ca_file, "/no/such/file", DUET_ENOENT),
    ROW(duet_session_options, insecure_no_verify, true, 0),
    ROW(duet_session_options, expect, DUET_SUCCESS, 0),
    ROW(duet_session_options, expect, (duet_expect)3, DUET_EINVAL),
    ROW(duet_session_options, expect, (duet_expect)-1, DUET_EINVAL),
};

static const duet_fetch_options plain;

static const sheet_row of_fetch[] = {
    DEFAULTS(duet_fetch_options),
    ROW(duet_fetch_options, fields, NULL, 0),
    ROW(duet_fetch_options, field_lines, NULL, 0),
    ROW(duet_fetch_options, body, "", 0),
    ROW_WITH(duet_fetch_options, body_bytes, 5, 0, body = "bytes"),
    ROW_WITH(duet_fetch_options, body_bytes, SIZE_MAX, DUET_EINVAL,
             body = "bytes"),
    ROW(duet_fetch_options, body_bytes, 5, DUET_EINVAL),
    ROW(duet_fetch_options, body_reader, NULL, 0),
    ROW(duet_fetch_options, expect_continue_ms, 1, 0),
    ROW(duet_fetch_options, expect_continue_ms, 2147483647, 0),
    ROW(duet_fetch_options, expect_continue_ms, 2147483648, DUET_EINVAL),
    ROW(duet_fetch_options, expect_continue_ms, INT64_MAX, DUET_EINVAL),
    ROW(duet_fetch_options, expect_continue_ms, INT64_MIN, DUET_EINVAL),
    ROW_WITH(duet_fetch_options, content_type, "text/plain", 0, body = ""),
    ROW(duet_fetch_options, content_type, "two\nlines", DUET_EFIELD),
    ROW(duet_fetch_options, body_bytes_max, 2, 0),
    ROW(duet_fetch_options, body_bytes_max, 1, DUET_ETOOLARGE),
    LIMIT(duet_fetch_options, body_bytes_max),
    ROW(duet_fetch_options, head_bytes_max, 1, DUET_ETOOLARGE),
    ROW(duet_fetch_options, head_bytes_max, 307200, 0),
    ROW(duet_fetch_options, head_bytes_max, 307201, DUET_EINVAL),
    ROW(duet_fetch_options, head_bytes_max, INT64_MAX, DUET_EINVAL),
    ROW(duet_fetch_options, head_bytes_max, DUET_NO_LIMIT, DUET_EINVAL),
    ROW(duet_fetch_options, head_bytes_max, INT64_MIN, DUET_EINVAL),
    ROW(duet_fetch_options, keeps_coding, true, 0),
    ROW(duet_fetch_options, json_depth_max, 1, 0),
    ROW(duet_fetch_options, json_depth_max, 2048, 0),
    ROW(duet_fetch_options, json_depth_max, 2049, DUET_EINVAL),
    ROW(duet_fetch_options, json_depth_max, INT64_MAX, DUET_EINVAL),
    ROW(duet_fetch_options, json_depth_max, DUET_NO_LIMIT, DUET_EINVAL),
    ROW(duet_fetch_options, json_depth_max, INT64_MIN, DUET_EINVAL),
    ROW(duet_fetch_options, ring_bytes, 1023, DUET_EINVAL),
    ROW(duet_fetch_options, ring_bytes, 1024, 0),
    ROW(duet_fetch_options, ring_bytes, 1073741824, 0),
    ROW(duet_fetch_options, ring_bytes, 1073741825, DUET_EINVAL),
    ROW(duet_fetch_options, ring_bytes, INT64_MAX, DUET_EINVAL),
    ROW(duet_fetch_options, ring_bytes, INT64_MIN, DUET_EINVAL),
    ROW(duet_fetch_options, body_sink, take_body, 0),
    ROW(duet_fetch_options, body_sink_context, NULL, 0),
    ROW(duet_fetch_options, max_redirects, 1, 0),
    ROW(duet_fetch_options, max_redirects, -1, 0),
    ROW(duet_fetch_options, max_redirects, INT_MAX, 0),
    ROW(duet_fetch_options, max_redirects, -2, DUET_EINVAL),
    ROW(duet_fetch_options, max_redirects, INT_MIN, DUET_EINVAL),
    ROW(duet_fetch_options, expect, DUET_SUCCESS, 0),
    ROW(duet_fetch_options, expect, (duet_expect)3, DUET_EINVAL),
    ROW(duet_fetch_options, expect, (duet_expect)-1, DUET_EINVAL),
    ROW(duet_fetch_options, out_failed, &failed, 0),
    LIMIT(duet_fetch_options, resolve_ms),
    LIMIT(duet_fetch_options, queue_ms),
    LIMIT(duet_fetch_options, connect_ms),
    LIMIT(duet_fetch_options, tls_ms),
    LIMIT(duet_fetch_options, first_byte_ms),
    LIMIT(duet_fetch_options, idle_ms),

    DEFAULTS(duet_reply_stream_options),
    ROW(duet_reply_stream_options, content_type, "text/plain", 0),
    ROW(duet_reply_stream_options, content_type, "text\r\n", DUET_EFIELD),
    ROW(duet_reply_stream_options, length_bytes, INT64_MAX, 0),
    ROW(duet_reply_stream_options, length_bytes, INT64_MIN, 0),
    ROW(duet_reply_stream_options, ring_bytes, 4095, DUET_EINVAL),
    ROW(duet_reply_stream_options, ring_bytes, 4096, 0),
    ROW(duet_reply_stream_options, ring_bytes, 16777216, 0),
    ROW(duet_reply_stream_options, ring_bytes, 16777217, DUET_EINVAL),
    ROW(duet_reply_stream_options, ring_bytes, INT64_MAX, DUET_EINVAL),
    ROW(duet_reply_stream_options, ring_bytes, INT64_MIN, DUET_EINVAL),
    ROW(duet_reply_stream_options, compresses, true, 0),

    DEFAULTS(duet_get_all_options),
    ROW(duet_get_all_options, at_once, 1, 0),
    ROW(duet_get_all_options, at_once, 1000000, 0),
    ROW(duet_get_all_options, at_once, 1000001, DUET_EINVAL),
    ROW(duet_get_all_options, at_once, SIZE_MAX, DUET_EINVAL),
    LIMIT(duet_get_all_options, timeout_ms),
    ROW(duet_get_all_options, fetch, &plain, 0),
};

SHEET_CASE(parts_take_their_options_or_refuse_them, sheet_check, of_parts)
SHEET_CASE(server_takes_its_options_or_refuses_them, sheet_check_in_tasks,
           of_server)
SHEET_CASE(session_takes_its_options_or_refuses_them, sheet_check_in_tasks,
           of_session)
SHEET_CASE(fetch_takes_its_options_or_refuses_them, sheet_check_in_tasks,
           of_fetch)

TEST_MAIN(test(parts_take_their_options_or_refuse_them),
          test(server_takes_its_options_or_refuses_them),
          test(session_takes_its_options_or_refuses_them),
          test(fetch_takes_its_options_or_refuses_them))
