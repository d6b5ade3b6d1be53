/* SPDX-License-Identifier: MIT */
/* connection_settings.c - checks, completes and copies options. */
#include "database/link/connection_settings.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <mysql.h>

#include <duet/error.h>

enum { STOP_MS = 2000, STOP_MS_MAX = 600000, DEFAULT_PORT = 3306 };

static const int64_t PACKET_BYTES = 64 * 1024 * 1024;
static const int64_t PACKET_BYTES_LEAST = 64 * 1024;
static const int64_t PACKET_BYTES_MOST = 1024 * 1024 * 1024;

static void set_default(const char **text, const char *value)
{
    if (*text == NULL)
        *text = value;
}

int duet__database_option(const char *name, int64_t *value, int64_t standard,
                          int64_t least, int64_t most)
{
    if (*value == 0)
        *value = standard;
    if (*value >= least && *value <= most)
        return 0;
    return duet_fail(DUET_EINVAL,
                     "option %s is %" PRId64 ", allowed are %" PRId64
                     " to %" PRId64,
                     name, *value, least, most);
}

int duet__database_settings_read(const duet_database_options *options,
                                 duet__database_settings *out_settings)
{
    duet__database_settings settings = {0};
    int status;

    if (options != NULL)
        settings = *options;
    set_default(&settings.host, "127.0.0.1");
    set_default(&settings.user, "root");
    if (settings.port == 0)
        settings.port = DEFAULT_PORT;
    status = duet__database_option("packet_bytes_max",
                                   &settings.packet_bytes_max, PACKET_BYTES,
                                   PACKET_BYTES_LEAST, PACKET_BYTES_MOST);
    if (status == 0)
        status = duet__database_option("stop_ms", &settings.stop_ms, STOP_MS, 1,
                                       STOP_MS_MAX);
    if (status != 0)
        return status;
    if ((settings.tls_cert_file == NULL) != (settings.tls_key_file == NULL))
        return duet_fail(DUET_EINVAL,
                         "tls_cert_file and tls_key_file go together");
    *out_settings = settings;
    return 0;
}

enum { TEXTS = 9 };

static void list_texts(duet__database_settings *settings,
                       const char **places[TEXTS])
{
    places[0] = &settings->host;
    places[1] = &settings->unix_socket;
    places[2] = &settings->user;
    places[3] = &settings->password;
    places[4] = &settings->database;
    places[5] = &settings->init_sql;
    places[6] = &settings->tls_ca_file;
    places[7] = &settings->tls_cert_file;
    places[8] = &settings->tls_key_file;
}

int duet__database_settings_copy(const duet__database_settings *from,
                                 duet__database_settings *out_settings)
{
    duet__database_settings settings = *from;
    const char **places[TEXTS];
    bool failed = false;

    list_texts(&settings, places);
    for (int i = 0; i < TEXTS; i++) {
        if (*places[i] == NULL)
            continue;
        *places[i] = failed ? NULL : strdup(*places[i]);
        failed = failed || *places[i] == NULL;
    }
    if (failed) {
        duet__database_settings_free(&settings);
        return DUET_ENOMEM;
    }
    *out_settings = settings;
    return 0;
}

void duet__database_settings_free(duet__database_settings *settings)
{
    const char **places[TEXTS];

    list_texts(settings, places);
    for (int i = 0; i < TEXTS; i++) {
        free((void *)(uintptr_t)*places[i]);
        *places[i] = NULL;
    }
}

unsigned long duet__database_flags(const duet__database_settings *settings)
{
    unsigned long flags = CLIENT_MULTI_RESULTS;

    if (settings->multi_statements)
        flags |= CLIENT_MULTI_STATEMENTS;
    return flags;
}
