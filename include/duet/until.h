/* SPDX-License-Identifier: MIT */
/* until.h - how many of several calls or tasks to wait for. */
#ifndef DUET_UNTIL_H
#define DUET_UNTIL_H

typedef enum duet_until {
    DUET_UNTIL_ALL,   /* all have ended */
    DUET_UNTIL_FIRST, /* one has ended */
    DUET_UNTIL_ERROR, /* one has failed, or all have ended; one that was
                       * merely cancelled has not failed */
} duet_until;

#endif
