/* SPDX-License-Identifier: MIT */
/* settings.c - the server's defaults. */
#include "server/application/settings.h"

#include <sys/resource.h>

#include "base/error.h"
#include "base/limit.h"
#include "http/body/json.h"
#include "runtime/context/stack.h"
#include "server/application/compression.h"
#include "server/application/half_close.h"

enum {
    CONNECTIONS_CEILING = 100000,
    MEMORY_DEFAULT = 32768,
    LINE_DEFAULT = 8192,
    MEMORY_MIN = 1024,
    MEMORY_MAX = 1 << 20,
    BODY_DEFAULT = 1 << 20,
};

/* Three quarters of the descriptors: the rest is for what the handlers open. */
static size_t default_connections_max(void)
{
    struct rlimit limit;
    rlim_t count;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return CONNECTIONS_CEILING;
    count = limit.rlim_cur - limit.rlim_cur / 4;
    return count < CONNECTIONS_CEILING ? (size_t)count : CONNECTIONS_CEILING;
}

static int read_sizes(const duet_server_options *options,
                      duet__settings *settings)
{
    int status =
        duet__limit_read("connections_max", options->connections_max,
                         default_connections_max(), &settings->connections_max);

    if (status == 0)
        status = duet__limit_read("per_address_max", options->per_address_max,
                                  SIZE_MAX, &settings->per_address_max);
    if (status == 0)
        status = duet__limit_read("body_bytes_max", options->body_bytes_max,
                                  BODY_DEFAULT, &settings->body_bytes_max);
    if (status == 0)
        status = duet__limit_read(
            "connection_memory_bytes", options->connection_memory_bytes,
            MEMORY_DEFAULT, &settings->connection_memory_bytes);
    if (status == 0)
        status = duet__limit_read("request_line_bytes_max",
                                  options->request_line_bytes_max, LINE_DEFAULT,
                                  &settings->request_line_bytes_max);
    if (status == 0)
        status = duet__limit_read("field_bytes_max", options->field_bytes_max,
                                  LINE_DEFAULT, &settings->field_bytes_max);
    if (status == 0 && (settings->connection_memory_bytes < MEMORY_MIN ||
                        settings->connection_memory_bytes > MEMORY_MAX))
        status = duet__fail(DUET_EINVAL,
                            "connection_memory_bytes is not from %d to %d",
                            MEMORY_MIN, MEMORY_MAX);
    return status;
}

static int read_duration(const char *option, int64_t value_ms,
                         int64_t standard_ms, int64_t *out_ns)
{
    size_t ms;
    int status = duet__limit_read(option, value_ms, (size_t)standard_ms, &ms);

    if (status != 0)
        return status;
    *out_ns = ms > INT64_MAX ? INT64_MAX : duet__ns_of_ms((int64_t)ms);
    return 0;
}

int duet__settings_read(const duet_server_options *options,
                        duet__settings *settings)
{
    const struct {
        const char *name;
        int64_t value_ms;
        int64_t standard_ms;
        int64_t *ns;
    } durations[] = {
        {"header_timeout_ms", options->header_timeout_ms, 10000,
         &settings->header_timeout_ns},
        {"body_timeout_ms", options->body_timeout_ms, 30000,
         &settings->body_timeout_ns},
        {"handler_timeout_ms", options->handler_timeout_ms, 60000,
         &settings->handler_timeout_ns},
        {"send_timeout_ms", options->send_timeout_ms, 30000,
         &settings->send_timeout_ns},
        {"keep_alive_timeout_ms", options->keep_alive_timeout_ms, 75000,
         &settings->keep_alive_timeout_ns},
        {"shutdown_ms", options->shutdown_ms, 30000, &settings->shutdown_ns},
    };
    int status = read_sizes(options, settings);

    if (status == 0)
        status = duet__json_depth_read(options->json_depth_max,
                                       &settings->json_depth_max);
    for (size_t i = 0; i < sizeof durations / sizeof *durations && status == 0;
         i++)
        status = read_duration(durations[i].name, durations[i].value_ms,
                               durations[i].standard_ms, durations[i].ns);
    if (status == 0 && options->stack_bytes != 0)
        status = duet__stack_check(options->stack_bytes);
    if (status == 0)
        status = duet__half_close_check(options->half_close);
    if (status == 0)
        status = duet__compression_check(options->compression);
    settings->half_close = options->half_close != DUET_HALF_CLOSE_DEFAULT
                               ? options->half_close
                               : DUET_HALF_CLOSE_CANCELS;
    settings->compresses = options->compression == DUET_COMPRESSION_ON;
    settings->stack_bytes = options->stack_bytes;
    settings->access_log = options->access_log;
    settings->error_log =
        options->error_log != NULL ? options->error_log : stderr;
    return status;
}
