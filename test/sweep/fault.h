/* SPDX-License-Identifier: MIT */
/* fault.h - makes one call of one thread fail: an allocation or a system call,
 * wherever it is made, also inside the libraries.
 *
 * The program's own definitions of these functions stand before those of the C
 * library (fault.c), so a sweep is a program of its own, and the sanitizers and
 * Valgrind, who need the place themselves, leave it out. */
#ifndef DUET_TEST_SWEEP_FAULT_H
#define DUET_TEST_SWEEP_FAULT_H

#include <stdbool.h>

typedef enum fault_call {
    FAULT_NONE,
    FAULT_MEMORY,     /* malloc, calloc, realloc */
    FAULT_OWN_MEMORY, /* the same, not those of shared libraries */
    FAULT_OPEN,
    FAULT_SOCKET,
    FAULT_PAIR, /* socketpair, pipe2, eventfd */
    FAULT_ACCEPT,
    FAULT_CONNECT,
    FAULT_EPOLL_CTL,
    FAULT_EPOLL_WAIT,
    FAULT_SEND, /* send, sendto, sendmsg, writev, sendmmsg */
    FAULT_RECV, /* recv, recvfrom, recvmsg */
    FAULT_GETSOCKOPT,
    FAULT_SETSOCKOPT,
    FAULT_NAME,   /* getsockname, getpeername */
    FAULT_FCNTL,  /* fcntl */
    FAULT_SYNC,   /* fsync, fdatasync */
    FAULT_RENAME, /* rename, renameat2, link, and what stands for them */
    FAULT_WRITE,  /* write, pwrite */
    FAULT_CLOSE,
    FAULT_MODE,     /* fchmod */
    FAULT_TRUNCATE, /* ftruncate */
    FAULT_THREAD,   /* pthread_create; its error is returned */
} fault_call;

/* One way in which a call can fail. */
typedef struct fault {
    const char *name;
    fault_call call;
    int error;
} fault;

/* The calls of the calling thread are counted from now on. */
void fault_watch_this_thread(void);

/* The calls of all threads are. */
void fault_watch_all_threads(void);

/* From now on the `nth` call of this kind (1 is the next one) that a watched
 * thread makes fails, once. Callable in any thread. */
void fault_arm(const fault *fault, int nth);

/* Lets all succeed again. Returns whether the call has failed. */
bool fault_disarm(void);

/* From now on the file system has no RENAME_NOREPLACE. */
void fault_lack_rename_noreplace(void);

/* How often watched threads have polled since the last fault_arm(). */
int fault_polls(void);

/* Whether calls can be made to fail here; prints why not. */
bool fault_is_possible(void);

#endif
