/* SPDX-License-Identifier: MIT */
/* signal.h - signals, delivered to loops.
 *
 * A signal is the process's: every loop that watches it hears of it, on its own
 * stack, between tasks. The previous disposition comes back when the last watch
 * of a signal stops. */
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
 *   second_ends  the second time the signal comes while watched, it does what
 *                it does by default, at once: a way out of a stuck program.
 *                While somebody watches who did not ask for that, it does not,
 *                nor are those times counted.
 *
 * Returns 0, or
 *   DUET_EINVAL  the signal cannot be caught
 *   DUET_ELIMIT  too many watches in this process (64)
 *   DUET_EMFILE, DUET_ENFILE  no descriptor left */
int duet__signal_watch_start(duet_loop *loop, duet__signal_watch *watch,
                             int signal, bool second_ends);

void duet__signal_watch_stop(duet__signal_watch *watch);

/* For a forked process, which has no loop: no watch, whatever the parent had.
 * The dispositions are the caller's to reset. */
void duet__signal_forget_watches(void);

#endif
