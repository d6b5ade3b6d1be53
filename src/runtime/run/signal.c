/* SPDX-License-Identifier: MIT */
/* signal.c - delivers signals from the handler to the loops that watch them.
 *
 * Owns the process's table of watches. Invariant: a slot's `signal` is non-zero
 * exactly while a watch holds it, and its other fields do not change then; so
 * the handler, which takes no lock, reads a consistent slot. */
#include "runtime/run/signal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/core/loop.h"

enum { SLOTS = 64, SIGNALS = 65 };

static struct {
    atomic_int signal;
    int event; /* eventfd of the watch */
    bool second_ends;
    atomic_uint times; /* signals that count for second_ends */
} slots[SLOTS];

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int watches_of[SIGNALS];               /* guarded by mutex */
static struct sigaction previous_of[SIGNALS]; /* guarded by mutex */

static bool may_end(int signal)
{
    bool may = true;

    for (int i = 0; i < SLOTS; i++)
        if (atomic_load(&slots[i].signal) == signal)
            may = may && slots[i].second_ends;
    return may;
}

static void handle(int signal)
{
    int error = errno;
    uint64_t one = 1;
    bool ends = may_end(signal);

    for (int i = 0; i < SLOTS; i++) {
        if (atomic_load(&slots[i].signal) != signal)
            continue;
        if (ends && atomic_fetch_add(&slots[i].times, 1) > 0) {
            struct sigaction action = {.sa_handler = SIG_DFL};

            sigaction(signal, &action, NULL);
            raise(signal);
            continue;
        }
        if (write(slots[i].event, &one, sizeof one) < 0)
            continue; /* full: 2^64 signals are pending already */
    }
    errno = error;
}

static int install(int signal)
{
    struct sigaction action = {.sa_handler = handle,
                               .sa_flags = SA_RESTART | SA_ONSTACK};

    if (watches_of[signal] == 0 &&
        sigaction(signal, &action, &previous_of[signal]) != 0)
        return duet__error_from_errno(errno);
    watches_of[signal]++;
    return 0;
}

static void on_event(void *context, int descriptor, uint32_t events)
{
    duet__signal_watch *watch = context;
    int signal = atomic_load(&slots[watch->slot].signal);
    uint64_t times = 0;

    (void)events;
    if (read(descriptor, &times, sizeof times) < 0)
        return;
    while (times-- > 0)
        watch->called(watch->context, signal);
}

static int claim_slot(int event, int signal, bool second_ends)
{
    for (int i = 0; i < SLOTS; i++) {
        if (atomic_load(&slots[i].signal) != 0)
            continue;
        slots[i].event = event;
        slots[i].second_ends = second_ends;
        atomic_store(&slots[i].times, 0);
        atomic_store(&slots[i].signal, signal);
        return i;
    }
    return -1;
}

static void release_slot(int slot, int signal)
{
    if (slot >= 0)
        atomic_store(&slots[slot].signal, 0);
    if (--watches_of[signal] == 0)
        sigaction(signal, &previous_of[signal], NULL);
}

int duet__signal_watch_start(duet_loop *loop, duet__signal_watch *watch,
                             int signal, bool second_ends)
{
    int status;

    if (signal <= 0 || signal >= SIGNALS)
        return duet__fail_plainly(DUET_EINVAL);
    watch->loop = loop;
    watch->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (watch->event < 0)
        return duet__error_from_errno(errno);
    status = duet__source_watch(&loop->descriptors, watch->event, EPOLLIN,
                                on_event, watch);
    pthread_mutex_lock(&mutex);
    if (status == 0)
        status = install(signal);
    if (status == 0) {
        watch->slot = claim_slot(watch->event, signal, second_ends);
        if (watch->slot < 0) {
            release_slot(-1, signal);
            status = DUET_ELIMIT;
        }
    }
    pthread_mutex_unlock(&mutex);
    if (status != 0) {
        duet__source_remove(&loop->descriptors, watch->event);
        close(watch->event);
    }
    return status;
}

void duet__signal_watch_stop(duet__signal_watch *watch)
{
    pthread_mutex_lock(&mutex);
    release_slot(watch->slot, atomic_load(&slots[watch->slot].signal));
    pthread_mutex_unlock(&mutex);
    duet__source_remove(&watch->loop->descriptors, watch->event);
    close(watch->event);
}

void duet__signal_forget_watches(void)
{
    pthread_mutex_init(&mutex, NULL);
    for (int i = 0; i < SLOTS; i++)
        atomic_store(&slots[i].signal, 0);
    for (int i = 0; i < SIGNALS; i++)
        watches_of[i] = 0;
}
