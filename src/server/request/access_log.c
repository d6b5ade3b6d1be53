/* SPDX-License-Identifier: MIT */
/* access_log.c - the line. What the client wrote is quoted: no byte of it can
 * start a line of its own. */
#include "server/request/access_log.h"

#include <stdio.h>
#include <time.h>

#include "server/request/request.h"
#include "server/request/server_state.h"

static void write_quoted(FILE *file, duet__text text)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];

        if (byte < 0x20 || byte >= 0x7f || byte == '"' || byte == '\\')
            fprintf(file, "\\x%02x", byte);
        else
            putc(byte, file);
    }
}

/* What is not known, since the head was never complete, is "-". */
static void write_line(FILE *file, const duet_request *request)
{
    const duet__text none = DUET__TEXT("");
    const duet__text parts[] = {
        request != NULL ? request->head.method : none,
        request != NULL ? request->head.target : none,
        request != NULL ? request->head.version : none,
    };

    for (int i = 0; i < 3; i++) {
        if (i > 0)
            putc(' ', file);
        write_quoted(file, parts[i].length > 0 ? parts[i] : DUET__TEXT("-"));
    }
}

void duet__access_log_write(const duet__connection *connection, int status,
                            size_t body_bytes)
{
    FILE *file = connection->server->settings.access_log;
    const duet_request *request = connection->request;
    int64_t now_ns = duet_clock_ns();
    int64_t begun_ns = request != NULL ? request->begun_ns : now_ns;
    char peer[DUET__PEER_BYTES];
    time_t now = time(NULL);
    struct tm moment;
    char text[32] = "";

    if (gmtime_r(&now, &moment) != NULL)
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &moment);
    duet__connection_peer(connection, peer);
    fprintf(file, "%s %s \"", peer, text);
    write_line(file, request);
    fprintf(file, "\" %d %zu %.3f\n", status, body_bytes,
            (double)(now_ns - begun_ns) / 1e6);
}
