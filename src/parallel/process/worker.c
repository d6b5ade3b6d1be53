/* SPDX-License-Identifier: MIT */
/* worker.c - the pool's and the worker's end of their socket.
 *
 * The worker reads a whole request before it answers, so neither end waits for
 * the other to read. It blocks; the pool's end does not. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/select.h>

#include "base/buffer.h"
#include "base/error.h"
#include "parallel/gate/await.h"
#include "parallel/process/process.h"
#include "parallel/process/pool.h"
#include "parallel/process/worker.h"

/* --- the pool's end ------------------------------------------------------ */

static bool is_readable(int descriptor)
{
    struct pollfd poll_one = {.fd = descriptor, .events = POLLIN};

    return poll(&poll_one, 1, 0) > 0;
}

/* Both may be ready: there may be an answer of a process that has ended. */
static int await(duet__worker_line line, bool writing, duet_deadline deadline)
{
    const duet_select_case cases[] = {
        {.kind = writing ? DUET_SELECT_WRITABLE : DUET_SELECT_READABLE,
         .descriptor = line.socket},
        {.kind = DUET_SELECT_READABLE, .descriptor = line.life},
    };
    size_t first = 0;
    int status;

    if (line.life < 0)
        return duet__await_descriptor(line.socket, writing, deadline);
    status = duet_select(cases, 2, &first, deadline);
    if (status != 0 || first == 0)
        return status;
    return !writing && is_readable(line.socket) ? 0 : DUET_EDIED;
}

static int send_bytes(duet__worker_line line, const char *bytes, size_t length,
                      duet_deadline deadline)
{
    int status = 0;

    while (length > 0 && status == 0) {
        ssize_t sent =
            send(line.socket, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (sent >= 0) {
            bytes += sent;
            length -= (size_t)sent;
        } else if (errno == EAGAIN) {
            status = await(line, true, deadline);
        } else if (errno == EPIPE || errno == ECONNRESET) {
            status = DUET_EDIED;
        } else if (errno != EINTR) {
            status = duet__error_from_errno(errno);
        }
    }
    return status;
}

int duet__worker_send(duet__worker_line line,
                      const duet__worker_request *request,
                      const duet_process_input *inputs, duet_deadline deadline)
{
    duet__buffer buffer;
    int status;

    duet__buffer_init(&buffer, SIZE_MAX);
    status = duet__buffer_append(&buffer, request, sizeof *request);
    for (size_t i = 0; i < request->count && status == 0; i++) {
        uint64_t length = inputs[i].length;

        status = duet__buffer_append(&buffer, &length, sizeof length);
        if (status == 0 && length > 0)
            status = duet__buffer_append(&buffer, inputs[i].bytes, length);
    }
    if (status == 0)
        status = send_bytes(line, buffer.bytes, buffer.length, deadline);
    duet__buffer_free(&buffer);
    return status;
}

int duet__worker_receive_bytes(duet__worker_line line, void *bytes,
                               size_t length, duet_deadline deadline)
{
    char *next = bytes;
    int status = 0;

    while (length > 0 && status == 0) {
        ssize_t got = recv(line.socket, next, length, MSG_DONTWAIT);

        if (got > 0) {
            next += got;
            length -= (size_t)got;
        } else if (got == 0 || errno == ECONNRESET) {
            status = DUET_EDIED;
        } else if (errno == EAGAIN) {
            status = await(line, false, deadline);
        } else if (errno != EINTR) {
            status = duet__error_from_errno(errno);
        }
    }
    return status;
}

int duet__worker_receive(duet__worker_line line, size_t message_limit,
                         duet_process_output *output, duet_deadline deadline)
{
    duet__worker_reply reply;
    int status =
        duet__worker_receive_bytes(line, &reply, sizeof reply, deadline);

    *output = (duet_process_output){0};
    if (status != 0)
        return status;
    if (reply.length > message_limit) /* it wrote over its own memory */
        return DUET_EDIED;
    if (reply.length > 0)
        output->bytes = malloc(reply.length);
    if (reply.detail_length > 0)
        output->detail = calloc(1, (size_t)reply.detail_length + 1);
    if ((reply.length > 0 && output->bytes == NULL) ||
        (reply.detail_length > 0 && output->detail == NULL))
        status = DUET_ENOMEM;
    if (status == 0)
        status = duet__worker_receive_bytes(line, output->bytes, reply.length,
                                            deadline);
    if (status == 0)
        status = duet__worker_receive_bytes(line, output->detail,
                                            reply.detail_length, deadline);
    output->status = reply.status;
    output->result = reply.result;
    output->length = reply.length;
    if (status != 0)
        duet_process_output_clear(output);
    return status;
}

void duet_process_output_clear(duet_process_output *output)
{
    free(output->bytes);
    free(output->detail);
    *output = (duet_process_output){0};
}

/* --- the worker's end ---------------------------------------------------- */

/* False at the end. */
static bool read_all(int socket, void *bytes, size_t length)
{
    const duet__worker_line line = {socket, -1};

    return duet__worker_receive_bytes(line, bytes, length, DUET_NEVER) == 0;
}

static bool write_all(int socket, const void *bytes, size_t length)
{
    const duet__worker_line line = {socket, -1};

    return send_bytes(line, bytes, length, DUET_NEVER) == 0;
}

typedef struct message {
    void *bytes;
    uint64_t length;
} message;

static bool answer(int socket, const duet__worker_request *request,
                   const message *input, uint64_t limit)
{
    void *output = NULL;
    size_t length = 0;
    int result =
        request->function != NULL
            ? request->function(input->bytes, input->length, &output, &length)
            : request->plain(input->bytes, input->length);
    int status = 0;
    duet__worker_reply reply;
    const char *detail;
    int failure;
    bool sent;

    if (output == NULL)
        length = 0;
    if (length > limit) {
        status = duet__fail(DUET_ETOOLARGE,
                            "the output has %zu bytes, %zu are allowed", length,
                            (size_t)limit);
        length = 0;
        result = 0;
    }
    failure = status < 0 ? status : result;
    detail = failure < 0 ? duet__detail_of(failure) : NULL;
    if (detail == NULL)
        detail = "";
    reply = (duet__worker_reply){.length = length,
                                 .detail_length = (uint32_t)strlen(detail),
                                 .status = status,
                                 .result = result};
    sent = write_all(socket, &reply, sizeof reply) &&
           write_all(socket, output, length) &&
           write_all(socket, detail, reply.detail_length);
    free(output);
    return sent;
}

static bool read_inputs(int socket, message *inputs, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        if (!read_all(socket, &inputs[i].length, sizeof inputs[i].length))
            return false;
        inputs[i].bytes = malloc(inputs[i].length + 1);
        if (inputs[i].bytes == NULL ||
            !read_all(socket, inputs[i].bytes, inputs[i].length))
            return false;
    }
    return true;
}

static bool serve(int socket, uint64_t limit)
{
    duet__worker_request request;
    message *inputs;
    bool fine;

    if (!read_all(socket, &request, sizeof request))
        return false;
    inputs = calloc(request.count, sizeof *inputs);
    fine = inputs != NULL && read_inputs(socket, inputs, request.count);
    for (uint64_t i = 0; inputs != NULL && i < request.count; i++) {
        fine = fine && answer(socket, &request, &inputs[i], limit);
        free(inputs[i].bytes);
    }
    free(inputs);
    return fine;
}

int duet__worker_main(const void *bytes, size_t length)
{
    int socket = duet_process_descriptor(0);
    duet__worker_setup setup;
    int status = 0;

    memcpy(&setup, bytes, sizeof setup);
    if (setup.initializer != NULL)
        status = setup.initializer((const char *)bytes + sizeof setup,
                                   length - sizeof setup);
    if (!write_all(socket, &status, sizeof status) || status < 0)
        return 1;
    while (serve(socket, setup.message_limit))
        continue;
    return 0;
}
