/* SPDX-License-Identifier: MIT */
/* channel.h - what duet_select() needs of channels. */
#ifndef DUET_RUNTIME_SYNC_CHANNEL_H
#define DUET_RUNTIME_SYNC_CHANNEL_H

#include <duet/select.h>

#include "runtime/core/wait.h"

/* A wait for an exchange, in the queue of senders or of receivers. */
typedef struct duet__offer {
    duet__wait wait;
    const void *value; /* to be sent */
    void *out_value;   /* where to receive; may be NULL */
} duet__offer;

/* Sends without waiting. Returns 0, DUET_EFULL or DUET_ECLOSED. */
int duet__channel_send_now(duet_channel *channel, const void *value);

/* Receives without waiting. Returns 0, DUET_EEMPTY or DUET_ECLOSED. */
int duet__channel_receive_now(duet_channel *channel, void *out_value);

/* Appends an offer to its queue. The task that takes it wakes it with 0,
 * closing the channel with DUET_ECLOSED. */
void duet__channel_offer(duet_channel *channel, duet__offer *offer, bool sends);

#endif
