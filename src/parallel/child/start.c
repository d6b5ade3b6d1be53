/* SPDX-License-Identifier: MIT */
/* start.c - starts a program.
 *
 * posix_spawn() shares our memory until the program is executed, so nothing is
 * copied, no lock of another thread is inherited, and a failed execve() is
 * reported here. Invariant: the descriptors for the program are numbered above
 * its standard streams until they are put in place, so none overwrites
 * another. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limit.h"
#include "parallel/child/child.h"

enum {
    FIRST_FREE = 3, /* above the standard streams */
    OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024,
    LINE_LIMIT_BYTES = 64 * 1024,
    STOP_DEFAULT_MS = 5000,
};

extern char **environ;

/* Moves a descriptor to a number above the standard streams. Takes it. */
static int lift(int descriptor)
{
    int lifted;
    int error;

    if (descriptor < 0 || descriptor >= FIRST_FREE)
        return descriptor;
    lifted = fcntl(descriptor, F_DUPFD_CLOEXEC, FIRST_FREE);
    error = errno;
    close(descriptor);
    errno = error;
    return lifted;
}

/* Makes a pipe for `stream`: sets *out_ours to our end and returns the
 * program's; -1 with errno on failure. */
static int open_pipe(int stream, int *out_ours)
{
    int ends[2];
    int ours = stream == DUET_CHILD_INPUT ? 1 : 0;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    ends[0] = lift(ends[0]);
    ends[1] = lift(ends[1]);
    if (ends[0] < 0 || ends[1] < 0 ||
        fcntl(ends[ours], F_SETFL, O_NONBLOCK) != 0) {
        int error = errno;

        for (int i = 0; i < 2; i++)
            if (ends[i] >= 0)
                close(ends[i]);
        errno = error;
        return -1;
    }
    *out_ours = ends[ours];
    return ends[1 - ours];
}

/* Opens the descriptor that the program gets as `stream`; -1 if it inherits
 * ours. */
static int open_end(const duet_child_options *options, int stream,
                    duet_child *child, int *out_descriptor)
{
    int descriptor;

    *out_descriptor = -1;
    switch (options->ends[stream]) {
    case DUET_CHILD_INHERIT:
        return 0;
    case DUET_CHILD_TO_OUTPUT:
        return stream == DUET_CHILD_ERROR ? 0 : DUET_EINVAL;
    case DUET_CHILD_PIPE:
        descriptor = open_pipe(stream, &child->pipes[stream]);
        break;
    case DUET_CHILD_NULL:
        descriptor = lift(open("/dev/null", O_RDWR | O_CLOEXEC));
        break;
    case DUET_CHILD_DESCRIPTOR:
        descriptor =
            fcntl(options->descriptors[stream], F_DUPFD_CLOEXEC, FIRST_FREE);
        break;
    default:
        return duet__fail_plainly(DUET_EINVAL);
    }
    *out_descriptor = descriptor;
    return descriptor < 0 ? duet__error_from_errno(errno) : 0;
}

static int add_actions(posix_spawn_file_actions_t *actions,
                       const duet_child_options *options,
                       const int descriptors[3])
{
    int error = 0;

    for (int i = 0; i < 3 && error == 0; i++)
        if (descriptors[i] >= 0)
            error =
                posix_spawn_file_actions_adddup2(actions, descriptors[i], i);
    if (error == 0 && options->ends[DUET_CHILD_ERROR] == DUET_CHILD_TO_OUTPUT)
        error = posix_spawn_file_actions_adddup2(actions, STDOUT_FILENO,
                                                 STDERR_FILENO);
    if (error == 0 && options->folder != NULL)
        error = posix_spawn_file_actions_addchdir_np(actions, options->folder);
    if (error == 0)
        error = posix_spawn_file_actions_addclosefrom_np(actions, FIRST_FREE);
    return error;
}

static int set_attributes(posix_spawnattr_t *attributes, bool new_group)
{
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    sigset_t none;
    sigset_t all;

    sigemptyset(&none);
    sigfillset(&all);
    if (new_group)
        flags |= POSIX_SPAWN_SETPGROUP;
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &all);
    posix_spawnattr_setpgroup(attributes, 0);
    return posix_spawnattr_setflags(attributes, flags);
}

/* posix_spawnp() does not change the texts, although its parameter is not
 * const. */
static char *const *as_texts(const char *const *texts)
{
    return (char *const *)(uintptr_t)texts;
}

static int spawn(const char *const *arguments,
                 const duet_child_options *options, const int descriptors[3],
                 int *out_id)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t id = -1;
    int error = posix_spawn_file_actions_init(&actions);

    if (error != 0)
        return duet__error_from_errno(error);
    posix_spawnattr_init(&attributes);
    error = add_actions(&actions, options, descriptors);
    if (error == 0)
        error = set_attributes(&attributes, options->new_group);
    if (error == 0)
        error = posix_spawnp(
            &id, arguments[0], &actions, &attributes, as_texts(arguments),
            options->environment != NULL ? as_texts(options->environment)
                                         : environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    *out_id = id;
    if (error == 0)
        return 0;
    return duet__fail(duet__error_from_errno(error), "start '%s'%s%s%s: %s",
                      arguments[0], options->folder != NULL ? " in '" : "",
                      options->folder != NULL ? options->folder : "",
                      options->folder != NULL ? "'" : "", strerror(error));
}

/* Nothing else waits for the process, so the id is still its own. */
static int watch(duet_child *child)
{
    int status = duet__child_watch_open(child->id, &child->watch);

    if (status != 0) {
        kill(child->id, SIGKILL);
        waitid(P_PID, (id_t)child->id, NULL, WEXITED);
    }
    return status;
}

static int start(duet_child *child, const char *const *arguments,
                 const duet_child_options *options)
{
    int descriptors[3] = {-1, -1, -1};
    int status = 0;

    for (int i = 0; i < 3 && status == 0; i++)
        status = open_end(options, i, child, &descriptors[i]);
    if (status != 0)
        duet__fail(status, "open the standard streams of '%s': %s",
                   arguments[0], duet_error_text(status));
    if (status == 0)
        status = spawn(arguments, options, descriptors, &child->id);
    if (status == 0)
        status = watch(child);
    for (int i = 0; i < 3; i++)
        if (descriptors[i] >= 0)
            close(descriptors[i]);
    return status;
}

int duet_child_start(const char *const *arguments,
                     const duet_child_options *options, duet_child **out_child)
{
    static const duet_child_options defaults;
    duet_child *child;
    int status;

    *out_child = NULL;
    if (options == NULL)
        options = &defaults;
    if (arguments == NULL || arguments[0] == NULL)
        return duet__fail(DUET_EINVAL, "no program is named");
    if (options->stop_ms < DUET_NO_LIMIT)
        return duet__fail(DUET_EINVAL, "stop_ms is negative");
    child = malloc(sizeof *child);
    if (child == NULL)
        return DUET_ENOMEM;
    *child = (duet_child){
        .watch = {.descriptor = -1},
        .pipes = {-1, -1, -1},
        .new_group = options->new_group,
        .ended = true, /* until it has begun */
        .stop_ms = options->stop_ms != 0 ? options->stop_ms : STOP_DEFAULT_MS,
    };
    duet__child_begins(child);
    status = duet__limit_read("output_limit_bytes", options->output_limit_bytes,
                              OUTPUT_LIMIT_BYTES, &child->output_limit);
    if (status == 0)
        status = duet__limit_read("line_limit_bytes", options->line_limit_bytes,
                                  LINE_LIMIT_BYTES, &child->line_limit);
    if (status == 0)
        status = start(child, arguments, options);
    if (status != 0) {
        duet_child_free(child);
        return status;
    }
    child->ended = false;
    *out_child = child;
    return 0;
}
