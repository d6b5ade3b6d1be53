/* SPDX-License-Identifier: MIT */
/* child.h - running other programs.
 *
 * duet_child_run() starts a program, gives it input, collects what it writes
 * and waits for its end:
 *
 * Example:
 *
 *     const char *const arguments[] = {"uname", "-s", NULL};
 *     duet_child_output output;
 *
 *     status = duet_child_run(arguments, NULL, NULL, 0, &output,
 *                             duet_in_ms(5000));
 *     if (status == 0)
 *         printf("%s", output.output);
 *     duet_child_output_clear(&output);
 *
 * To interact with a program, start it with pipes, then write, and read for
 * example line by line; a full pipe makes the writer wait, and no more than a
 * line is kept in memory.
 *
 * The program gets its three standard streams and no other descriptor, no
 * blocked signals, and default signal dispositions. Freeing the handle kills it
 * if it still runs; it never remains a zombie.
 *
 * On systems without pidfds (Linux before 5.3, some sandboxes) each program
 * costs a thread until it ends.
 *
 * Threads: for tasks, on the loop that started the child.
 */
#ifndef DUET_CHILD_H
#define DUET_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/exit_status.h>
#include <duet/export.h>
#include <duet/reader.h>
#include <duet/time.h>
#include <duet/writer.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_child duet_child;

/* The standard streams, by their descriptor in the program. */
typedef enum duet_child_stream {
    DUET_CHILD_INPUT = 0,
    DUET_CHILD_OUTPUT = 1,
    DUET_CHILD_ERROR = 2,
} duet_child_stream;

/* Where a standard stream leads. */
typedef enum duet_child_end {
    DUET_CHILD_INHERIT = 0, /* where this program's own leads */
    DUET_CHILD_PIPE,        /* to this program */
    DUET_CHILD_NULL,        /* to /dev/null */
    DUET_CHILD_DESCRIPTOR,  /* to a given descriptor */
    DUET_CHILD_TO_OUTPUT,   /* standard error: where standard output leads */
} duet_child_end;

typedef struct duet_child_options {
    /* "NAME=value" texts, then NULL. Default: this program's environment. The
     * program is searched in this program's own PATH. */
    const char *const *environment;
    /* The working directory of the program. Default: this program's. */
    const char *folder;
    /* Where the streams lead, by duet_child_stream; the default is
     * DUET_CHILD_INHERIT. In duet_child_run() the default is
     * DUET_CHILD_PIPE. */
    duet_child_end ends[3];
    /* For DUET_CHILD_DESCRIPTOR; borrowed until return. */
    int descriptors[3];
    /* Put the program into a process group of its own; then all signals,
     * including those that end it, go to the group. Once the program itself has
     * ended, the other processes of its group get no more signals. Default
     * false. */
    bool new_group;
    /* duet_child_run(): how long the program may take to end after SIGTERM,
     * before SIGKILL, in milliseconds. Default 5,000; DUET_NO_LIMIT for no
     * limit. */
    int64_t stop_ms;
    /* duet_child_run(), duet_child_communicate(): most bytes of standard
     * output, and of standard error. Default 16 MiB; DUET_NO_LIMIT for any
     * number. */
    int64_t output_limit_bytes;
    /* duet_child_read_line(), duet_child_read_until(): most bytes before the
     * end of the line. Default 64 KiB; DUET_NO_LIMIT for any number. */
    int64_t line_limit_bytes;
} duet_child_options;

/* Starts a program.
 *
 *   arguments  the program, a path or a name to look for along PATH, its
 *              arguments, then NULL; borrowed until return
 *   options    borrowed until return; NULL for all defaults
 *   out_child  returned-owned (duet_child_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_ENOENT             no such program or folder; see the detail
 *   DUET_EACCES             it may not be executed; see the detail
 *   DUET_EINVAL             no program is named, or an option is out of range
 *   DUET_EBADF              a given descriptor is not open
 *   DUET_EAGAIN             the system allows no further process
 *   DUET_EMFILE, DUET_ENFILE  no descriptor left
 *   DUET_ENOMEM             no memory
 *   and what else execve() reports, with detail
 * Source: asyncio.create_subprocess_exec(). */
DUET_API DUET_MUST_USE int duet_child_start(const char *const *arguments,
                                            const duet_child_options *options,
                                            duet_child **out_child);

/* The program's process id; for display, as it may be reused once the program
 * has ended. */
DUET_API int duet_child_id(const duet_child *child);

/* Our end of a pipe, non-blocking, for duet_wait_readable() and the like;
 * borrowed. -1 if the stream is not a pipe or closed. Bytes that
 * duet_child_read_line() has read ahead do not make it readable. */
DUET_API int duet_child_descriptor(const duet_child *child,
                                   duet_child_stream stream);

/* Writes all bytes to the program's standard input.
 *
 *   bytes     borrowed until return
 *   length    how many
 *   deadline  for the whole
 *
 * Returns 0, or
 *   DUET_EPIPE      the program closed its standard input, or ended
 *   DUET_ETIMEDOUT  the deadline passed; a part may be written
 *   DUET_ECANCELED  the task was cancelled; a part may be written
 *   DUET_ESTATE     it is no pipe, or closed
 *   and the codes of duet_wait_writable() */
DUET_API DUET_MUST_USE int duet_child_write(duet_child *child,
                                            const void *bytes, size_t length,
                                            duet_deadline deadline);

/* Closes the program's standard input, which the program sees as end of file.
 * Does nothing if it is not a pipe, or closed. */
DUET_API void duet_child_close_input(duet_child *child);

/* Reads what is available, at least one byte. The four ways to read may be
 * mixed.
 *
 *   stream      DUET_CHILD_OUTPUT or DUET_CHILD_ERROR
 *   buffer      borrowed until return
 *   size        bytes in `buffer`, at least 1
 *   out_length  how many were read; 0 at the end
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed; nothing was read
 *   DUET_ECANCELED  the task was cancelled; nothing was read
 *   DUET_EBUSY      another task reads this stream
 *   DUET_ESTATE     it is no pipe
 *   and the codes of duet_wait_readable()
 * Source: asyncio.StreamReader.read(). */
DUET_API DUET_MUST_USE int
duet_child_read(duet_child *child, duet_child_stream stream, void *buffer,
                size_t size, size_t *out_length, duet_deadline deadline);

/* Reads the next line. The last one needs no newline at its end.
 *
 *   stream      DUET_CHILD_OUTPUT or DUET_CHILD_ERROR
 *   out_line    without its newline; borrowed until the stream is read again or
 *               the child is freed; may be changed; followed by a NUL that is
 *               not counted. NULL on failure
 *   out_length  how many bytes; a line may contain NUL. 0 on failure
 *
 * Returns 0, or
 *   DUET_EEMPTY     the end
 *   DUET_ETOOLARGE  the line is longer than line_limit_bytes; it can be read in
 *                   other ways
 *   DUET_ETIMEDOUT, DUET_ECANCELED, DUET_ENOMEM  nothing is lost: the next call
 *                   goes on
 *   and the codes of duet_child_read()
 * Source: asyncio.StreamReader.readline(). */
DUET_API DUET_MUST_USE int duet_child_read_line(duet_child *child,
                                                duet_child_stream stream,
                                                char **out_line,
                                                size_t *out_length,
                                                duet_deadline deadline);

/* Reads up to a separator, including the separator.
 *
 *   separator   borrowed until return
 *   separator_length  how many bytes, at least 1
 *   out_bytes   as duet_child_read_line()'s line
 *   out_length  how many bytes, with the separator
 *
 * Returns the codes of duet_child_read_line(), or
 *   DUET_ETRUNCATED  the stream ended without a separator; out_bytes is what
 *                    was left
 *   DUET_EINVAL      a separator of no length
 * Source: asyncio.StreamReader.readuntil(). */
DUET_API DUET_MUST_USE int
duet_child_read_until(duet_child *child, duet_child_stream stream,
                      const void *separator, size_t separator_length,
                      char **out_bytes, size_t *out_length,
                      duet_deadline deadline);

/* Reads exactly `size` bytes.
 *
 *   buffer      borrowed until return
 *   size        how many
 *   out_length  `size`, or on failure how many were read before it: they are in
 *               `buffer` and are not read again
 *
 * Returns the codes of duet_child_read(), or
 *   DUET_EEMPTY      the end, and not one byte
 *   DUET_ETRUNCATED  the stream ended before
 * Source: asyncio.StreamReader.readexactly(). */
DUET_API DUET_MUST_USE int duet_child_read_exactly(duet_child *child,
                                                   duet_child_stream stream,
                                                   void *buffer, size_t size,
                                                   size_t *out_length,
                                                   duet_deadline deadline);

/* True once the end of the stream was reached and everything before it was
 * read. Source: asyncio.StreamReader.at_eof(). */
DUET_API bool duet_child_is_at_end(const duet_child *child,
                                   duet_child_stream stream);

/* Hands a stream of the program's output over to a reader. From then on the
 * calls of this header find it closed; the program still ends with the child.
 *
 *   stream      DUET_CHILD_OUTPUT or DUET_CHILD_ERROR
 *   out_reader  returned-owned (duet_reader_close()), before or after the child
 *               is freed; NULL on failure
 *
 * Returns 0, or
 *   DUET_ESTATE  it is no pipe, closed or handed over, or it has been read from
 *   DUET_EINVAL  not a stream of output
 *   DUET_ENOMEM  no memory
 * Source: asyncio.subprocess.Process.stdout. */
DUET_API DUET_MUST_USE int duet_child_reader(duet_child *child,
                                             duet_child_stream stream,
                                             duet_reader **out_reader);

/* Hands the program's standard input over to a writer, likewise. Ending or
 * closing the writer closes it, which the program sees as end of file.
 *
 *   out_writer  returned-owned (duet_writer_close()), before or after the child
 *               is freed; NULL on failure
 *
 * Returns 0, or
 *   DUET_ESTATE  it is no pipe, closed or handed over
 *   DUET_ENOMEM  no memory
 * Source: asyncio.subprocess.Process.stdin. */
DUET_API DUET_MUST_USE int duet_child_writer(duet_child *child,
                                             duet_writer **out_writer);

/* Waits for the end of the program. May be called any number of times, by any
 * number of tasks.
 *
 *   out_status  untouched on failure; may be NULL
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed; the program goes on
 *   DUET_ECANCELED  the task was cancelled; the program goes on
 *   DUET_ECHILD     other code of this program has reaped it, or SIGCHLD is
 *                   ignored
 *   and the codes of duet_wait_readable()
 * Source: asyncio.subprocess.Process.wait(). */
DUET_API DUET_MUST_USE int duet_child_wait(duet_child *child,
                                           duet_exit_status *out_status,
                                           duet_deadline deadline);

/* Sends a signal.
 *
 *   signal  SIGTERM, SIGKILL, SIGHUP, ...
 *
 * Returns 0, or
 *   DUET_ESRCH   the program has ended
 *   DUET_EPERM   it runs as another user now
 *   DUET_EINVAL  no such signal */
DUET_API int duet_child_signal(duet_child *child, int signal);

/* Ends the program: SIGTERM, and SIGKILL if it still runs at the deadline or
 * when the calling task is cancelled. Returns when it has ended, which may be
 * shortly after the deadline.
 *
 *   out_status  may be NULL
 *
 * Returns 0, or
 *   DUET_ECANCELED  the task was cancelled; the program has ended
 *   DUET_ECHILD     as for duet_child_wait() */
DUET_API int duet_child_stop(duet_child *child, duet_exit_status *out_status,
                             duet_deadline deadline);

typedef struct duet_child_output {
    char *output; /* a NUL follows; never NULL on success */
    size_t output_length;
    char *error;
    size_t error_length;
    duet_exit_status status;
} duet_child_output;

/* Frees the output of duet_child_run() or duet_child_communicate(), and empties
 * the struct. Does nothing after a failed call. */
DUET_API void duet_child_output_clear(duet_child_output *output);

/* Writes `input`, closes standard input, reads standard output and error to
 * their end, all at once, and waits for the program's end. Streams that are not
 * pipes are ignored. It is not a failure if the program does not read its
 * input.
 *
 *   input       borrowed until return; NULL for nothing
 *   out_output  owned by the caller, duet_child_output_clear(); emptied on
 *               failure
 *
 * Returns 0 whatever the exit status, or
 *   DUET_ETOOLARGE  it wrote more than output_limit_bytes; it still runs
 *   DUET_ETIMEDOUT  the deadline passed; it still runs
 *   DUET_ECANCELED  the task was cancelled; it still runs
 *   DUET_ENOMEM     no memory
 *   and the codes of duet_child_wait(), duet_spawn()
 * Source: asyncio.subprocess.Process.communicate(). */
DUET_API DUET_MUST_USE int duet_child_communicate(duet_child *child,
                                                  const void *input,
                                                  size_t input_length,
                                                  duet_child_output *out_output,
                                                  duet_deadline deadline);

/* duet_child_start(), duet_child_communicate(), duet_child_free(). If one of
 * them fails, also by deadline or cancellation, the program is ended as by
 * duet_child_stop() with `stop_ms`, so the call may take that much longer.
 *
 *   arguments, options  as for duet_child_start()
 *   others              as for duet_child_communicate()
 *
 * Returns 0 whatever the exit status, or the codes of both; the program does
 * not run any more. Source: subprocess.run(). */
DUET_API DUET_MUST_USE int
duet_child_run(const char *const *arguments, const duet_child_options *options,
               const void *input, size_t input_length,
               duet_child_output *out_output, duet_deadline deadline);

/* Frees a child: closes its pipes, and kills the program if it still runs.
 *
 *   child  taken; NULL does nothing */
DUET_API void duet_child_free(duet_child *child);

DUET_END_DECLARATIONS

#endif
