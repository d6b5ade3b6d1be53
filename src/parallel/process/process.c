/* SPDX-License-Identifier: MIT */
/* process.c - requests processes from the fork server, and their handles. */
#include "parallel/process/process.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <duet/loop.h>
#include <duet/task.h>

#include "base/error.h"
#include "base/life.h"
#include "parallel/gate/await.h"
#include "parallel/process/message.h"
#include "parallel/process/server.h"
#include "parallel/shared/shared.h"

DUET__LIVES("process")

struct duet_process {
    DUET__LIFE
    int id;
    int channel; /* to the server; closing it kills the process */
    bool ended;
    duet_exit_status status; /* once ended */
};

static const duet_process_options defaults;

static int server_died(void)
{
    return duet__fail(DUET_EBROKEN, "the fork server died");
}

/* --- asking -------------------------------------------------------------- */

static int check(size_t length, const duet_process_options *options)
{
    if (length > DUET__PROCESS_ARGUMENT_BYTES)
        return duet__fail(DUET_ETOOLARGE,
                          "the argument of a process has %zu bytes, %d are "
                          "allowed",
                          length, DUET__PROCESS_ARGUMENT_BYTES);
    if (options->descriptor_count > DUET__PROCESS_INHERITED)
        return duet__fail(DUET_EINVAL, "%zu descriptors, %d are allowed",
                          options->descriptor_count, DUET__PROCESS_INHERITED);
    if (options->shared_count > DUET__PROCESS_SHARED)
        return duet__fail(DUET_EINVAL, "%zu shared memories, %d are allowed",
                          options->shared_count, DUET__PROCESS_SHARED);
    return 0;
}

static void set_name(duet__process_request *request,
                     const duet_process_options *options)
{
    const char *name = options->name != NULL ? options->name : "duet-process";

    memcpy(request->name, name, strnlen(name, sizeof request->name - 1));
}

static int ask(int control, struct iovec *parts, const int *descriptors,
               size_t count, duet_deadline deadline)
{
    int status = 0;

    while (status == 0) {
        if (duet__send_descriptors(control, parts, 2, descriptors, count) >= 0)
            return 0;
        if (errno == EPIPE || errno == ECONNRESET)
            return server_died();
        if (errno == EAGAIN)
            status = duet__await_descriptor(control, true, deadline);
        else if (errno != EINTR)
            status = duet__error_from_errno(errno);
    }
    return status;
}

/* Receives a message of `size` bytes from the channel. */
static int receive(duet_process *process, void *message, size_t size,
                   duet_deadline deadline)
{
    int status = 0;

    while (status == 0) {
        ssize_t length = recv(process->channel, message, size, MSG_DONTWAIT);

        if (length == (ssize_t)size)
            return 0;
        if (length >= 0 || errno == ECONNRESET)
            return server_died();
        if (errno == EAGAIN)
            status = duet__await_descriptor(process->channel, false, deadline);
        else if (errno != EINTR)
            status = duet__error_from_errno(errno);
    }
    return status;
}

static int start(duet_process *process, duet__process_request *request,
                 const void *argument, const duet_process_options *options,
                 duet_deadline deadline)
{
    union {
        const void *constant;
        void *plain; /* iovec needs a non-const pointer; the bytes are only
                      * read */
    } bytes = {argument};
    struct iovec parts[] = {{request, sizeof *request},
                            {bytes.plain, request->length}};
    int descriptors[DUET__PROCESS_DESCRIPTORS];
    duet__process_reply reply;
    size_t count = 1;
    int ends[2];
    int control;
    int status = duet__process_server(&control);

    if (status != 0)
        return status;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return duet__error_from_errno(errno);
    process->channel = ends[0];
    descriptors[0] = ends[1];
    for (size_t i = 0; i < options->descriptor_count; i++)
        descriptors[count++] = options->descriptors[i];
    for (size_t i = 0; i < options->shared_count; i++)
        descriptors[count++] = duet__shared_descriptor(options->shared[i]);
    status = ask(control, parts, descriptors, count, deadline);
    close(ends[1]);
    if (status == 0)
        status = receive(process, &reply, sizeof reply, deadline);
    if (status == DUET_EBROKEN)
        duet__process_server_died(control);
    if (status != 0)
        return status;
    process->id = reply.id;
    return reply.status != 0 ? duet__fail(reply.status, "the fork server: %s",
                                          duet_error_text(reply.status))
                             : 0;
}

/* Whether the server answers before anybody waits for it decides nothing: who
 * may not wait, or no longer, starts nothing. */
static int may_wait(duet_deadline deadline)
{
    int status = duet_current_loop() != NULL ? duet_yield() : 0;

    if (status == 0 && duet_deadline_left_ns(deadline) == 0)
        status = duet__fail_plainly(DUET_ETIMEDOUT);
    return status;
}

int duet_process_start(duet_process_function *function, const void *argument,
                       size_t length, const duet_process_options *options,
                       duet_process **out_process, duet_deadline deadline)
{
    duet__process_request request = {.function = function,
                                     .length = (uint32_t)length};
    duet_process *process;
    int status;

    *out_process = NULL;
    if (options == NULL)
        options = &defaults;
    status = check(length, options);
    if (status == 0)
        status = may_wait(deadline);
    if (status != 0)
        return status;
    process = malloc(sizeof *process);
    if (process == NULL)
        return DUET_ENOMEM;
    *process = (duet_process){.channel = -1};
    DUET__LIFE_BEGINS(process);
    request.inherited = (uint32_t)options->descriptor_count;
    set_name(&request, options);
    status = start(process, &request, argument, options, deadline);
    if (status != 0) {
        duet_process_free(process);
        return status;
    }
    *out_process = process;
    return 0;
}

/* --- the handle ---------------------------------------------------------- */

int duet_process_id(const duet_process *process)
{
    return process->id;
}

int duet_process_end_descriptor(const duet_process *process)
{
    return process->channel; /* it carries the status, then ends */
}

int duet_process_wait(duet_process *process, duet_exit_status *out_status,
                      duet_deadline deadline)
{
    duet__process_end end;
    int status = 0;

    if (!process->ended)
        status = receive(process, &end, sizeof end, deadline);
    if (status != 0 && !process->ended) /* which another task may have
                                         * received */
        return status;
    if (!process->ended)
        process->status =
            (duet_exit_status){end.code, end.signal, end.dumped_core != 0};
    process->ended = true;
    if (out_status != NULL)
        *out_status = process->status;
    return 0;
}

/* The server sends the signal: only the process that reaps it knows that the id
 * is still its own. */
int duet_process_signal(duet_process *process, int signal)
{
    if (signal < 0 || signal > SIGRTMAX)
        return duet__fail_plainly(DUET_EINVAL);
    if (process->ended)
        return duet__fail_plainly(DUET_ESRCH);
    if (send(process->channel, &signal, sizeof signal,
             MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
        return 0;
    return errno == EPIPE || errno == ECONNRESET
               ? DUET_ESRCH
               : duet__error_from_errno(errno);
}

void duet_process_free(duet_process *process)
{
    if (process == NULL)
        return;
    DUET__LIFE_ENDS(process);
    if (process->channel >= 0)
        close(process->channel);
    free(process);
}
