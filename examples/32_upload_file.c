/* SPDX-License-Identifier: MIT */
/* 32_upload_file.c - an upload of any size, into a file while it comes.
 * Shows:  a route that streams bodies; duet_copy() from the request's reader
 *         to a file's writer; the memory is that of two buffers.
 * Run:    ./32_upload_file 8080; curl -T FILE http://127.0.0.1:8080/
 * Prints: listening on http://127.0.0.1:8080 */
#include <duet/duet.h>
#include <stdio.h>
#include <stdlib.h>

/* The file has no name, and is gone when it is closed. */
static int store_in(duet_file *file, duet_reader *body, uint64_t *count)
{
    duet_writer *writer;
    int status = duet_file_writer(file, NULL, &writer);
    if (status != 0)
        return status;
    status = duet_copy(body, writer, count, DUET_NEVER);
    if (status == 0)
        status = duet_writer_end(writer, DUET_NEVER);
    duet_writer_close(writer);
    return status;
}

static int store(duet_request *request, void *context)
{
    duet_file *file;
    uint64_t count = 0;
    int status = duet_temporary_file_open(NULL, &file, DUET_NEVER);

    (void)context;
    if (status == 0) {
        status = store_in(file, duet_request_reader(request), &count);
        int closed = duet_file_close(file, DUET_NEVER);
        status = status != 0 ? status : closed;
    }
    if (status != 0)
        return status; /* 413 if the body was too large, else 500 */
    return duet_reply_textf(request, 201, "%llu bytes\n",
                            (unsigned long long)count);
}

int main(int count, char **arguments)
{
    const duet_route_options streams = {.streams_body = true,
                                        .body_bytes_max = INT64_C(10) << 30};
    const duet_server_options options = {
        .port = (uint16_t)(count > 1 ? strtol(arguments[1], NULL, 10) : 8080)};
    duet_application *app;
    int status = duet_application_new(NULL, &app);
    if (status == 0)
        status =
            duet_route_with_options(app, "PUT", "/", store, NULL, &streams);
    if (status == 0)
        status = duet_serve(app, &options);
    duet_application_free(app);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
