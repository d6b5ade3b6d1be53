/* SPDX-License-Identifier: MIT */
/* signal.h - signals, delivered to loops.
 *
 * A signal belongs to the process: every loop that watches it is notified, on
 * the loop's stack, between tasks. The previous disposition is restored when
 * the last watch of a signal stops. */
#ifndef DUET_RUNTIME_RUN_SIGNAL_H
#define DUET_RUNTIME_RUN_SIGNAL_H

#include <stdbool.h>

#include <duet/loop.h>

typedef struct duet__signal_watch {
    /* Called on the loop's stack, once for each time the signal came. */
    void (*called)(void *context, int signal);
    void *context;
    duet_loop *loop; /* from here on: private to signal.c */
    int slot;
    int event;
} duet__signal_watch;

/* Starts watching.
 *
 *   watch        borrowed until duet__signal_watch_stop()
 *   second_ends  the second time the signal arrives while watched, its default
 *                action takes place at once: a way out of a stuck program.
 *                While there is also a watch without this option, that does not
 *                happen, and signals are not counted.
 *
 * Returns 0, or
 *   DUET_EINVAL  the signal cannot be caught
 *   DUET_ELIMIT  too many watches in this process (64)
 *   DUET_EMFILE, DUET_ENFILE  no descriptor left */
int duet__signal_watch_start(duet_loop *loop, duet__signal_watch *watch,
                             int signal, bool second_ends);

void duet__signal_watch_stop(duet__signal_watch *watch);

/* For a forked process, which has no loop: removes all watches of the parent.
 * The caller must reset the dispositions. */
void duet__signal_forget_watches(void);

#endif
