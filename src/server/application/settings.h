/* SPDX-License-Identifier: MIT */
/* settings.h - duet_server_options, read: every default filled in, every value
 * in its range. */
#ifndef DUET_SERVER_APPLICATION_SETTINGS_H
#define DUET_SERVER_APPLICATION_SETTINGS_H

#include <duet/server.h>

typedef struct duet__settings {
    size_t connections_max; /* SIZE_MAX: no limit, in all size_t here */
    size_t per_address_max;
    size_t connection_memory_bytes;
    size_t request_line_bytes_max;
    size_t field_bytes_max;
    size_t body_bytes_max;
    size_t json_depth_max;
    /* Durations in nanoseconds; DUET_NEVER: no limit. */
    int64_t header_timeout_ns;
    int64_t body_timeout_ns;
    int64_t handler_timeout_ns;
    int64_t send_timeout_ns;
    int64_t keep_alive_timeout_ns;
    int64_t shutdown_ns;
    duet_half_close half_close; /* never the default */
    bool compresses;            /* on routes that do not choose themselves */
    size_t stack_bytes;
    FILE *access_log; /* NULL: none */
    FILE *error_log;
} duet__settings;

/* Returns 0, or DUET_EINVAL with detail. */
int duet__settings_read(const duet_server_options *options,
                        duet__settings *settings);

#endif
