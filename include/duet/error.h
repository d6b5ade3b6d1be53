/* SPDX-License-Identifier: MIT */
/* error.h - every error that duet returns.
 *
 * A duet function that can fail returns an int: 0, or one negative code from
 * the table below. Codes that are system errors have the value -errno; duet's
 * own codes are below -1000. After a failed call nothing was started, nothing
 * must be freed, and every output is NULL or untouched as its contract says.
 *
 * A code is for programs. For people there is duet_error_message(): a sentence
 * that says what was being done, with which object, and for how long.
 *
 *     status = duet_get(session, url, NULL, &response, duet_in_ms(5000));
 *     if (status != 0)
 *         fprintf(stderr, "%s\n", duet_error_message(status));
 */
#ifndef DUET_ERROR_H
#define DUET_ERROR_H

#include <errno.h>

#include <duet/export.h>

DUET_BEGIN_DECLARATIONS

/* X(name, value, sentence) */
#define DUET_ERROR_TABLE(X)                                                    \
    X(DUET_EPERM, -EPERM, "operation not permitted")                           \
    X(DUET_ENOENT, -ENOENT, "no such file or directory")                       \
    X(DUET_ESRCH, -ESRCH, "no such process")                                   \
    X(DUET_EINTR, -EINTR, "interrupted by a signal")                           \
    X(DUET_EIO, -EIO, "input or output error")                                 \
    X(DUET_EBADF, -EBADF, "bad descriptor")                                    \
    X(DUET_ECHILD, -ECHILD, "no child process")                                \
    X(DUET_EAGAIN, -EAGAIN, "would have to wait")                              \
    X(DUET_ENOMEM, -ENOMEM, "out of memory")                                   \
    X(DUET_EACCES, -EACCES, "permission denied")                               \
    X(DUET_EBUSY, -EBUSY, "in use")                                            \
    X(DUET_EEXIST, -EEXIST, "exists already")                                  \
    X(DUET_EXDEV, -EXDEV, "on another file system")                            \
    X(DUET_ENOTDIR, -ENOTDIR, "not a directory")                               \
    X(DUET_EISDIR, -EISDIR, "is a directory")                                  \
    X(DUET_EINVAL, -EINVAL, "invalid argument")                                \
    X(DUET_EMFILE, -EMFILE, "too many open descriptors in this process")       \
    X(DUET_ENFILE, -ENFILE, "too many open descriptors in the system")         \
    X(DUET_EFBIG, -EFBIG, "file too large")                                    \
    X(DUET_ENOSPC, -ENOSPC, "no space left on device")                         \
    X(DUET_ESPIPE, -ESPIPE, "has no positions")                                \
    X(DUET_EROFS, -EROFS, "read-only file system")                             \
    X(DUET_EPIPE, -EPIPE, "the reading end is closed")                         \
    X(DUET_ERANGE, -ERANGE, "out of range")                                    \
    X(DUET_EDEADLK, -EDEADLK, "would wait for itself")                         \
    X(DUET_ENAMETOOLONG, -ENAMETOOLONG, "name too long")                       \
    X(DUET_ENOTEMPTY, -ENOTEMPTY, "folder is not empty")                       \
    X(DUET_ELOOP, -ELOOP, "symbolic links go round")                           \
    X(DUET_ENOTSUP, -EOPNOTSUPP, "not supported here")                         \
    X(DUET_EADDRINUSE, -EADDRINUSE, "address in use")                          \
    X(DUET_EADDRNOTAVAIL, -EADDRNOTAVAIL, "address not available")             \
    X(DUET_ENETUNREACH, -ENETUNREACH, "network unreachable")                   \
    X(DUET_ECONNABORTED, -ECONNABORTED, "connection aborted")                  \
    X(DUET_ECONNRESET, -ECONNRESET, "connection reset by peer")                \
    X(DUET_ETIMEDOUT, -ETIMEDOUT, "deadline passed")                           \
    X(DUET_ECONNREFUSED, -ECONNREFUSED, "connection refused")                  \
    X(DUET_EHOSTUNREACH, -EHOSTUNREACH, "host unreachable")                    \
    X(DUET_EALREADY, -EALREADY, "done already")                                \
    X(DUET_EDQUOT, -EDQUOT, "disk quota exceeded")                             \
    X(DUET_ECANCELED, -ECANCELED, "cancelled")                                 \
    X(DUET_EOWNERDEAD, -EOWNERDEAD, "the holder of the lock died")             \
    /* duet's own */                                                           \
    X(DUET_EUNKNOWN, -1001, "unknown error")                                   \
    X(DUET_ESTATE, -1002, "not possible in this state")                        \
    X(DUET_ENOLOOP, -1003, "no loop runs in this thread")                      \
    X(DUET_ECLOSED, -1004, "closed")                                           \
    X(DUET_EFULL, -1005, "full")                                               \
    X(DUET_EEMPTY, -1006, "empty")                                             \
    X(DUET_EBROKEN, -1007, "broken by another participant")                    \
    X(DUET_ELIMIT, -1008, "a limit of this process is reached")                \
    X(DUET_EDIED, -1009, "the process died")                                   \
    X(DUET_EURL, -1101, "malformed URL")                                       \
    X(DUET_ESCHEME, -1102, "URL scheme is not http or https")                  \
    X(DUET_ERESOLVE, -1103, "host name could not be resolved")                 \
    X(DUET_ECONNECT, -1104, "no address accepted a connection")                \
    X(DUET_ETLS, -1105, "TLS handshake failed")                                \
    X(DUET_ECERTIFICATE, -1106, "peer certificate was not accepted")           \
    X(DUET_EDISCONNECTED, -1107, "peer closed the connection")                 \
    X(DUET_EPROTOCOL, -1108, "peer broke the protocol")                        \
    X(DUET_ETRUNCATED, -1109, "body ended before its announced end")           \
    X(DUET_ETOOLARGE, -1110, "larger than the limit allows")                   \
    X(DUET_EREDIRECTS, -1111, "too many redirects")                            \
    X(DUET_EREDIRECT, -1112, "redirect cannot be followed")                    \
    X(DUET_EHTTP, -1113, "peer answered with an error status")                 \
    X(DUET_EJSON, -1114, "malformed JSON")                                     \
    X(DUET_ECODING, -1115, "malformed or unknown content coding")              \
    X(DUET_EFIELD, -1116, "malformed header field")                            \
    X(DUET_EROUTE, -1117, "malformed or conflicting route")                    \
    X(DUET_EADDRESS, -1118, "address refused by policy")                       \
    X(DUET_EDATABASE, -1201, "the database reported an error")

enum duet_error {
#define DUET_ERROR_ENUM(name, value, sentence) name = (value),
    DUET_ERROR_TABLE(DUET_ERROR_ENUM)
#undef DUET_ERROR_ENUM
};

/* The name of a code, "DUET_ETIMEDOUT".
 *
 *   code  0 or a negative code
 *
 * Returns a borrowed constant text, never NULL: "0" for 0, "DUET_EUNKNOWN" for
 * a code outside the table. Any thread. */
DUET_API const char *duet_error_name(int code);

/* What a code means, in a few words: "deadline passed".
 *
 *   code  0 or a negative code
 *
 * Returns a borrowed text, never NULL: "success" for 0; system errors outside
 * the table get the system's own text. Any thread. */
DUET_API const char *duet_error_text(int code);

/* What went wrong, for people: "connect 10.0.0.1:443: no answer after 3.0 s".
 *
 *   status  what a call of this task (or, outside tasks, of this thread) has
 *           returned: 0 or a negative code
 *
 * Returns the detail of the newest failure that had one, if that failed with
 * `status` and no call has failed with it since; else duet_error_text(status):
 * the detail of another error is never returned. Each task has its own detail;
 * outside tasks each thread has. Borrowed, never NULL; valid until the task's
 * next failing call or its end. */
DUET_API const char *duet_error_message(int status);

/* The detail of the calling task's newest failure that had one, whatever has
 * failed since; to get the detail of a known error use duet_error_message().
 *
 * Returns a borrowed text, never NULL, "" if there is none; valid until the
 * task's next failing call or its end. */
DUET_API const char *duet_error_detail(void);

/* Reports an error as duet's own functions do: sets the calling task's
 * duet_error_message() for that code and returns `code`.
 *
 *     return duet_fail(DUET_EINVAL, "age %d is negative", age);
 *
 *   code    0 or a negative code; for DUET_ENOMEM and DUET_ENOLOOP, whose own
 *           text says everything, no detail is kept
 *   format  as for printf(); cut at 511 bytes, control characters become '?'
 *
 * Returns `code`. Any thread. */
DUET_API DUET_PRINTF(2, 3) int duet_fail(int code, const char *format, ...);

DUET_END_DECLARATIONS

#endif
