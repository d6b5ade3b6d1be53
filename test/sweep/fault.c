/* SPDX-License-Identifier: MIT */
/* fault.c - stands before the C library. */
#include "fault.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "support/record.h"
#include "support/valgrind.h"

static _Thread_local bool is_watched;
static atomic_int armed, remaining, error, polls;
static atomic_bool has_struck, all_are_watched, lacks_noreplace;

void fault_watch_this_thread(void)
{
    void *frame;

    (void)backtrace(&frame, 1); /* loads what it needs */
    is_watched = true;
}

void fault_watch_all_threads(void)
{
    fault_watch_this_thread();
    atomic_store(&all_are_watched, true);
}

void fault_arm(const fault *fault, int nth)
{
    atomic_store(&armed, FAULT_NONE);
    atomic_store(&has_struck, false);
    atomic_store(&polls, 0);
    atomic_store(&remaining, nth);
    atomic_store(&error, fault->error);
    atomic_store(&armed, (int)fault->call);
}

bool fault_disarm(void)
{
    atomic_store(&armed, FAULT_NONE);
    return atomic_load(&has_struck);
}

void fault_lack_rename_noreplace(void)
{
    atomic_store(&lacks_noreplace, true);
}

int fault_polls(void)
{
    return atomic_load(&polls);
}

#ifdef SWEEP_SANITIZED

bool fault_is_possible(void)
{
    puts("SKIPPED: the sanitizers stand before the C library themselves");
    test_record_skip();
    return false;
}

#else

bool fault_is_possible(void)
{
    if (!test_on_valgrind())
        return true;
    puts("SKIPPED: Valgrind stands before the C library itself");
    test_record_skip();
    return false;
}

static _Thread_local bool is_tracing;

/* Where it struck, on standard error, if DUET_SWEEP_TRACE is set. */
static void trace(void)
{
    void *frames[32];

    if (getenv("DUET_SWEEP_TRACE") == NULL || is_tracing)
        return;
    is_tracing = true;
    backtrace_symbols_fd(frames, backtrace(frames, 32), STDERR_FILENO);
    (void)!write(STDERR_FILENO, "--\n", 3);
    is_tracing = false;
}

static bool is_of_interest(void)
{
    return is_watched || atomic_load(&all_are_watched);
}

static bool strikes(fault_call call)
{
    if (!is_of_interest() || call == FAULT_NONE ||
        atomic_load(&armed) != (int)call ||
        atomic_fetch_sub(&remaining, 1) != 1)
        return false;
    atomic_store(&has_struck, true);
    trace();
    errno = atomic_load(&error);
    return true;
}

/* --- memory --------------------------------------------------------------- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *bytes, size_t size);

/* The ends of the program's own code, which the linker tells. */
extern const char __executable_start[], etext[];

static bool lacks_memory(const char *caller)
{
    bool is_own = caller >= __executable_start && caller < etext;

    return strikes(FAULT_MEMORY) || (is_own && strikes(FAULT_OWN_MEMORY));
}

#define LACKS_MEMORY lacks_memory(__builtin_return_address(0))

void *malloc(size_t size)
{
    return LACKS_MEMORY ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return LACKS_MEMORY ? NULL : __libc_calloc(count, size);
}

void *realloc(void *bytes, size_t size)
{
    return LACKS_MEMORY ? NULL : __libc_realloc(bytes, size);
}

/* --- system calls --------------------------------------------------------- */

#define CALL(kind, ...) (strikes(kind) ? -1 : (int)syscall(__VA_ARGS__))
#define CALL_LONG(kind, ...) (strikes(kind) ? -1 : syscall(__VA_ARGS__))

int open(const char *path, int flags, ...)
{
    va_list arguments;
    mode_t mode;

    va_start(arguments, flags);
    mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return CALL(FAULT_OPEN, SYS_openat, AT_FDCWD, path, flags, mode);
}

int socket(int domain, int type, int protocol)
{
    return CALL(FAULT_SOCKET, SYS_socket, domain, type, protocol);
}

int socketpair(int domain, int type, int protocol, int pair[2])
{
    return CALL(FAULT_PAIR, SYS_socketpair, domain, type, protocol, pair);
}

int pipe2(int pair[2], int flags)
{
    return CALL(FAULT_PAIR, SYS_pipe2, pair, flags);
}

int eventfd(unsigned value, int flags)
{
    return CALL(FAULT_PAIR, SYS_eventfd2, value, flags);
}

int accept4(int listener, __SOCKADDR_ARG address, socklen_t *length, int flags)
{
    return CALL(FAULT_ACCEPT, SYS_accept4, listener, address.__sockaddr__,
                length, flags);
}

int connect(int descriptor, __CONST_SOCKADDR_ARG address, socklen_t length)
{
    return CALL(FAULT_CONNECT, SYS_connect, descriptor, address.__sockaddr__,
                length);
}

int epoll_ctl(int epoll, int operation, int descriptor,
              struct epoll_event *event)
{
    return CALL(operation == EPOLL_CTL_DEL ? FAULT_NONE : FAULT_EPOLL_CTL,
                SYS_epoll_ctl, epoll, operation, descriptor, event);
}

int epoll_wait(int epoll, struct epoll_event *events, int room, int timeout)
{
    if (is_of_interest())
        atomic_fetch_add(&polls, 1);
    return CALL(FAULT_EPOLL_WAIT, SYS_epoll_pwait, epoll, events, room, timeout,
                NULL, 8);
}

int epoll_pwait2(int epoll, struct epoll_event *events, int room,
                 const struct timespec *timeout, const sigset_t *mask)
{
    if (is_of_interest())
        atomic_fetch_add(&polls, 1);
    return CALL(FAULT_EPOLL_WAIT, SYS_epoll_pwait2, epoll, events, room,
                timeout, mask, 8);
}

ssize_t send(int descriptor, const void *bytes, size_t count, int flags)
{
    return CALL_LONG(FAULT_SEND, SYS_sendto, descriptor, bytes, count, flags,
                     NULL, 0);
}

ssize_t sendto(int descriptor, const void *bytes, size_t count, int flags,
               __CONST_SOCKADDR_ARG address, socklen_t length)
{
    return CALL_LONG(FAULT_SEND, SYS_sendto, descriptor, bytes, count, flags,
                     address.__sockaddr__, length);
}

ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags)
{
    return CALL_LONG(FAULT_SEND, SYS_sendmsg, descriptor, message, flags);
}

ssize_t writev(int descriptor, const struct iovec *parts, int count)
{
    return CALL_LONG(FAULT_SEND, SYS_writev, descriptor, parts, count);
}

ssize_t recv(int descriptor, void *bytes, size_t room, int flags)
{
    return CALL_LONG(FAULT_RECV, SYS_recvfrom, descriptor, bytes, room, flags,
                     NULL, NULL);
}

ssize_t recvfrom(int descriptor, void *bytes, size_t room, int flags,
                 __SOCKADDR_ARG address, socklen_t *length)
{
    return CALL_LONG(FAULT_RECV, SYS_recvfrom, descriptor, bytes, room, flags,
                     address.__sockaddr__, length);
}

int getsockopt(int descriptor, int level, int name, void *value,
               socklen_t *length)
{
    return CALL(FAULT_GETSOCKOPT, SYS_getsockopt, descriptor, level, name,
                value, length);
}

int setsockopt(int descriptor, int level, int name, const void *value,
               socklen_t length)
{
    return CALL(FAULT_SETSOCKOPT, SYS_setsockopt, descriptor, level, name,
                value, length);
}

int getsockname(int descriptor, __SOCKADDR_ARG address, socklen_t *length)
{
    return CALL(FAULT_NAME, SYS_getsockname, descriptor, address.__sockaddr__,
                length);
}

int getpeername(int descriptor, __SOCKADDR_ARG address, socklen_t *length)
{
    return CALL(FAULT_NAME, SYS_getpeername, descriptor, address.__sockaddr__,
                length);
}

int fcntl(int descriptor, int command, ...)
{
    va_list arguments;
    long value;

    va_start(arguments, command);
    value = va_arg(arguments, long);
    va_end(arguments);
    return CALL(FAULT_FCNTL, SYS_fcntl, descriptor, command, value);
}

/* --- threads -------------------------------------------------------------- */

int pthread_create(pthread_t *out_thread, const pthread_attr_t *attributes,
                   void *(*function)(void *argument), void *argument)
{
    static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *),
                       void *);

    if (strikes(FAULT_THREAD))
        return errno;
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
    return real(out_thread, attributes, function, argument);
}

/* --- files ---------------------------------------------------------------- */

int openat(int folder, const char *path, int flags, ...)
{
    va_list arguments;
    mode_t mode;

    va_start(arguments, flags);
    mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return CALL(FAULT_OPEN, SYS_openat, folder, path, flags, mode);
}

int fsync(int descriptor)
{
    return CALL(FAULT_SYNC, SYS_fsync, descriptor);
}

int fdatasync(int descriptor)
{
    return CALL(FAULT_SYNC, SYS_fdatasync, descriptor);
}

int rename(const char *from, const char *to)
{
    return CALL(FAULT_RENAME, SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    return CALL(FAULT_RENAME, SYS_renameat2, from_folder, from, to_folder, to,
                0);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to,
              unsigned flags)
{
    if ((flags & RENAME_NOREPLACE) != 0 && atomic_load(&lacks_noreplace)) {
        errno = EINVAL;
        return -1;
    }
    return CALL(FAULT_RENAME, SYS_renameat2, from_folder, from, to_folder, to,
                flags);
}

int link(const char *from, const char *to)
{
    return CALL(FAULT_RENAME, SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

/* Those of the runtime wake its threads, and what tests print is no part. */
static bool is_a_file(int descriptor)
{
    struct stat facts;

    return syscall(SYS_fstat, descriptor, &facts) == 0 &&
           S_ISREG(facts.st_mode);
}

ssize_t write(int descriptor, const void *bytes, size_t count)
{
    return CALL_LONG(is_a_file(descriptor) ? FAULT_WRITE : FAULT_NONE,
                     SYS_write, descriptor, bytes, count);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset)
{
    return CALL_LONG(FAULT_WRITE, SYS_pwrite64, descriptor, bytes, count,
                     offset);
}

/* A descriptor is closed whatever its close() says. */
int close(int descriptor)
{
    bool fails = strikes(is_a_file(descriptor) ? FAULT_CLOSE : FAULT_NONE);
    int result = (int)syscall(SYS_close, descriptor);

    if (fails)
        errno = atomic_load(&error);
    return fails ? -1 : result;
}

int ftruncate(int descriptor, off_t length)
{
    return CALL(FAULT_TRUNCATE, SYS_ftruncate, descriptor, length);
}

int fchmod(int descriptor, mode_t mode)
{
    return CALL(FAULT_MODE, SYS_fchmod, descriptor, mode);
}

#endif
