/* SPDX-License-Identifier: MIT */
/* 33_generated_csv.c - a reply of a million lines, made while it is sent.
 * Shows:  duet_reply_stream(): the handler writes, waits for a client that is
 *         slow, and ends with one that leaves; lines are sent together.
 * Run:    ./33_generated_csv 8080; curl http://127.0.0.1:8080/squares.csv
 * Prints: listening on http://127.0.0.1:8080 */
#include <duet/duet.h>
#include <stdio.h>
#include <stdlib.h>

static int squares(duet_request *request, void *context)
{
    const duet_reply_stream_options csv = {.content_type = "text/csv"};
    const char *text = duet_request_query(request, "rows");
    long long rows = text != NULL ? strtoll(text, NULL, 10) : 1000000;
    duet_writer *writer;
    int status = duet_reply_stream(request, 200, &csv, &writer, DUET_NEVER);

    (void)context;
    if (status == 0)
        status = duet_write_text(writer, "number,square\n", DUET_NEVER);
    for (long long i = 1; i <= rows && status == 0; i++)
        status = duet_writef(writer, DUET_NEVER, "%lld,%lld\n", i, i * i);
    return status; /* 0 ends the body, all else breaks it off */
}

int main(int count, char **arguments)
{
    const duet_server_options options = {
        .port = (uint16_t)(count > 1 ? strtol(arguments[1], NULL, 10) : 8080),
    };
    duet_application *application;
    int status = duet_application_new(NULL, &application);

    if (status == 0)
        status = duet_route(application, "GET", "/squares.csv", squares, NULL);
    if (status == 0)
        status = duet_serve(application, &options);
    duet_application_free(application);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
