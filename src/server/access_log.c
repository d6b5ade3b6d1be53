/* SPDX-License-Identifier: MIT */
/* access_log.c - the line. What the client wrote is quoted: no byte of it can
 * start a line of its own. */
#include "server/access_log.h"

#include <stdio.h>
#include <time.h>

#include "server/server.h"

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

void duet__access_log_write(duet_request *request, bool is_complete)
{
    FILE *file = request->server->settings.access_log;
    double ms = (double)(duet_clock_ns() - request->begun_ns) / 1e6;
    time_t now = time(NULL);
    struct tm moment;
    char text[32] = "";

    if (gmtime_r(&now, &moment) != NULL)
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &moment);
    fprintf(file, "%s %s \"", duet_request_peer(request), text);
    write_quoted(file, request->method);
    putc(' ', file);
    write_quoted(file, request->target);
    putc(' ', file);
    write_quoted(file, request->version);
    fprintf(file, "\" %d %zu %.3f\n", is_complete ? request->reply.status : 499,
            request->reply.body.length, ms);
}
