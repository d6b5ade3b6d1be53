/* SPDX-License-Identifier: MIT */
/* serve.c - the fork server, and the first steps of a new process.
 *
 * The server has one thread and no descriptors but the control socket, the
 * standard streams, one for the signal that a child has ended, and one for each
 * process. Invariant: `all` has every child that was not reaped. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "parallel/child/watch.h"
#include "parallel/process/process.h"
#include "parallel/process/message.h"
#include "parallel/process/serve.h"
#include "parallel/shared/shared.h"
#include "runtime/core/clock.h"
#include "runtime/context/context.h"
#include "runtime/core/loop.h"
#include "runtime/look/overflow.h"
#include "runtime/run/signal.h"

enum { STACK_BYTES = 8 * 1024 * 1024, CONTROL = 3 };

typedef struct served {
    pid_t id;    /* 0 once it has ended */
    int channel; /* -1: the program has closed it */
} served;

static served *all;
static size_t count;
static size_t room;
static struct pollfd *polls; /* room for one each, after these: */

enum { POLL_CONTROL, POLL_ENDS, POLLS_OF_SERVER };

static int ends; /* a signalfd: SIGCHLD */

/* Too large for the stack of a task, on which the server may have been
 * started. */
static _Alignas(16) char argument[DUET__PROCESS_ARGUMENT_BYTES];
static duet__process_request request;

static duet_shared *shared_of_process[DUET__PROCESS_SHARED];
static int inherited_by_process[DUET__PROCESS_INHERITED];
static size_t inherited_count;

/* The limit of this program; the server itself raises its limit to the maximum,
 * as it needs one descriptor for each process. */
static struct rlimit descriptors_of_program;
static size_t descriptors_of_server;

duet_shared *duet_process_shared(size_t index)
{
    return index < DUET__PROCESS_SHARED ? shared_of_process[index] : NULL;
}

int duet_process_descriptor(size_t index)
{
    return index < inherited_count ? inherited_by_process[index] : -1;
}

/* --- in the new process -------------------------------------------------- */

static duet__context context_of_server;
static duet__context context_of_process;

static void *run_function(void *ignored)
{
    int code;

    (void)ignored;
    duet__context_entered(&context_of_process);
    code = request.function(argument, request.length);
    fflush(NULL);
    _exit(code >= 0 && code <= 255 ? code : 1);
}

static void leave_what_is_the_servers(void)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    close(CONTROL);
    close(ends);
    for (size_t i = 0; i < count; i++)
        if (all[i].channel >= 0)
            close(all[i].channel);
    count = 0; /* the process may start a server, too */
}

/* descriptors: after the channel, what the process is to have. */
_Noreturn static void become_process(const int *descriptors,
                                     size_t descriptors_n)
{
    size_t next = 0;
    void *stack;

    prctl(PR_SET_NAME, request.name);
    setrlimit(RLIMIT_NOFILE, &descriptors_of_program);
    signal(SIGPIPE, SIG_DFL);
    leave_what_is_the_servers();
    close(descriptors[next++]);
    inherited_count = request.inherited;
    for (size_t i = 0; i < inherited_count; i++)
        inherited_by_process[i] = descriptors[next++];
    for (size_t i = 0; next < descriptors_n; i++)
        if (duet__shared_open(descriptors[next++], &shared_of_process[i]) != 0)
            _exit(1);
    stack =
        mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED)
        _exit(1);
    mprotect(stack, (size_t)sysconf(_SC_PAGESIZE), PROT_NONE);
    duet__context_adopt_thread(&context_of_server);
    duet__context_make(&context_of_process, stack, STACK_BYTES, run_function,
                       NULL);
    duet__context_switch(&context_of_server, &context_of_process);
    abort(); /* it never comes back */
}

/* --- serving ------------------------------------------------------------- */

static int reserve(void)
{
    size_t more = room == 0 ? 16 : room * 2;
    served *larger;
    struct pollfd *larger_polls;

    if (count < room)
        return 0;
    larger = realloc(all, more * sizeof *all);
    if (larger == NULL)
        return DUET_ENOMEM;
    all = larger;
    larger_polls = realloc(polls, (POLLS_OF_SERVER + more) * sizeof *polls);
    if (larger_polls == NULL)
        return DUET_ENOMEM;
    polls = larger_polls;
    room = more;
    return 0;
}

static int start_process(const int *descriptors, size_t descriptors_n,
                         pid_t *out_id)
{
    pid_t self = getpid();
    int status = reserve();

    if (status != 0)
        return status;
    /* Otherwise a later request could arrive without its descriptors. */
    if ((size_t)ends + count + 1 + DUET__PROCESS_DESCRIPTORS >=
        descriptors_of_server)
        return DUET_EMFILE;
    *out_id = fork();
    if (*out_id < 0)
        return duet__error_from_errno(errno);
    if (*out_id == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != self) /* it ended before it could report a status */
            _exit(1);
        become_process(descriptors, descriptors_n);
    }
    return 0;
}

static void tell(int channel, const void *message, size_t size)
{
    send(channel, message, size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* One request. False if the program is gone. */
static bool serve_request(void)
{
    struct iovec parts[] = {{&request, sizeof request},
                            {argument, sizeof argument}};
    int descriptors[DUET__PROCESS_DESCRIPTORS];
    size_t descriptors_n;
    ssize_t length = duet__receive_descriptors(CONTROL, parts, 2, 0,
                                               descriptors, &descriptors_n);
    duet__process_reply answer = {0};
    pid_t id = 0;

    if (length < 0)
        return errno == EINTR || errno == EAGAIN;
    if (length == 0 || descriptors_n == 0)
        return false;
    answer.status = start_process(descriptors, descriptors_n, &id);
    answer.id = id;
    tell(descriptors[0], &answer, sizeof answer);
    for (size_t i = answer.status == 0; i < descriptors_n; i++)
        close(descriptors[i]);
    if (answer.status == 0)
        all[count++] = (served){id, descriptors[0]};
    return true;
}

/* Receives a signal that the program sent. False if there is none; *out_signal
 * is -1 if no more can come. */
static bool hear(const served *one, int *out_signal)
{
    ssize_t length;

    do
        length =
            recv(one->channel, out_signal, sizeof *out_signal, MSG_DONTWAIT);
    while (length < 0 && errno == EINTR);
    if (length <= 0)
        *out_signal = length < 0 && errno == EAGAIN ? 0 : -1;
    return length > 0;
}

/* Handles input on the channel of a process. */
static void serve_channel(served *one)
{
    int signal;

    while (hear(one, &signal))
        kill(one->id, signal);
    if (signal >= 0)
        return;
    kill(one->id, SIGKILL);
    close(one->channel);
    one->channel = -1;
}

/* Reads pending signals first: closing a channel with unread input would lose
 * the status. */
static void tell_end(served *ended, duet_exit_status status)
{
    const duet__process_end end = {status.code, status.signal,
                                   status.dumped_core};
    int ignored;

    if (ended->channel >= 0) {
        shutdown(ended->channel, SHUT_RD);
        while (hear(ended, &ignored))
            continue;
        tell(ended->channel, &end, sizeof end);
        close(ended->channel);
    }
    *ended = (served){.channel = -1};
}

static void serve_ends(void)
{
    struct signalfd_siginfo ignored;
    siginfo_t end = {0};

    while (read(ends, &ignored, sizeof ignored) > 0)
        continue;
    while (waitid(P_ALL, 0, &end, WEXITED | WNOHANG) == 0 && end.si_pid != 0) {
        for (size_t i = 0; i < count; i++)
            if (all[i].id == end.si_pid)
                tell_end(&all[i], duet__exit_status(&end));
        end.si_pid = 0;
    }
}

static void drop_ended(void)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (all[i].id != 0)
            all[kept++] = all[i];
    count = kept;
}

/* One iteration. False if the program is gone. */
static bool serve(void)
{
    struct pollfd *channels = polls + POLLS_OF_SERVER;

    polls[POLL_CONTROL] = (struct pollfd){.fd = CONTROL, .events = POLLIN};
    polls[POLL_ENDS] = (struct pollfd){.fd = ends, .events = POLLIN};
    for (size_t i = 0; i < count; i++)
        channels[i] = (struct pollfd){.fd = all[i].channel, .events = POLLIN};
    if (poll(polls, POLLS_OF_SERVER + count, -1) < 0)
        return errno == EINTR;
    for (size_t i = 0; i < count; i++)
        if (channels[i].revents != 0)
            serve_channel(&all[i]);
    if (polls[POLL_ENDS].revents != 0)
        serve_ends();
    drop_ended();
    return polls[POLL_CONTROL].revents == 0 || serve_request();
}

/* --- beginning ----------------------------------------------------------- */

/* Returns whether the end of children can be noticed. */
static bool reset_signals(void)
{
    sigset_t child;

    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    signal(SIGINT, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_SETMASK, &child, NULL);
    duet__signal_forget_watches();
    duet__overflow_forget();
    ends = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
    return ends >= 0;
}

static void raise_limit(void)
{
    struct rlimit most;

    getrlimit(RLIMIT_NOFILE, &descriptors_of_program);
    most = descriptors_of_program;
    most.rlim_cur = most.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &most) != 0)
        most = descriptors_of_program;
    descriptors_of_server = most.rlim_cur;
}

static void keep_only(int control)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    if (null >= 0)
        dup2(null, STDIN_FILENO);
    dup3(control, CONTROL, O_CLOEXEC);
    close_range(CONTROL + 1, ~0U, 0);
}

void duet__process_serve(int control)
{
    duet__loop_current = NULL;
    duet__detail_current = NULL;
    if (control != CONTROL)
        keep_only(control);
    else
        close_range(CONTROL + 1, ~0U, 0);
    raise_limit();
    prctl(PR_SET_NAME, "duet-fork");
    if (!reset_signals() || reserve() != 0)
        _exit(1);
    while (serve())
        continue;
    _exit(0);
}
