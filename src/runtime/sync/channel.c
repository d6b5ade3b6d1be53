/* SPDX-License-Identifier: MIT */
/* channel.c - passes values between tasks.
 *
 * Invariant: receivers wait only while the channel is empty and no sender
 * waits; senders only while it is full and no receiver waits. The buffer is a
 * ring of `count` values that begins at `first`. */
#include "runtime/sync/channel.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/error.h"
#include "base/life.h"
#include "runtime/core/thread_check.h"

DUET__LIVES("channel")

struct duet_channel {
    DUET__USER
    DUET__LIFE
    size_t value_bytes;
    size_t capacity;
    size_t first;
    size_t count;
    char *values; /* NULL if there is nothing to hold */
    bool closed;
    duet__list senders;   /* of duet__offer, by wait.link */
    duet__list receivers; /* likewise */
};

int duet_channel_new(size_t value_bytes, size_t capacity,
                     duet_channel **out_channel)
{
    duet_channel *channel;
    size_t bytes;

    *out_channel = NULL;
    if (__builtin_mul_overflow(value_bytes, capacity, &bytes))
        return DUET_ENOMEM;
    channel = malloc(sizeof *channel);
    if (channel == NULL)
        return DUET_ENOMEM;
    *channel = (duet_channel){.value_bytes = value_bytes, .capacity = capacity};
    if (bytes > 0) {
        channel->values = malloc(bytes);
        if (channel->values == NULL) {
            free(channel);
            return DUET_ENOMEM;
        }
    }
    duet__link_init(&channel->senders);
    duet__link_init(&channel->receivers);
    DUET__LIFE_BEGINS(channel);
    *out_channel = channel;
    return 0;
}

void duet_channel_free(duet_channel *channel)
{
    if (channel == NULL)
        return;
    DUET__LIFE_ENDS(channel);
    DUET__CHECK(duet__list_is_empty(&channel->senders) &&
                    duet__list_is_empty(&channel->receivers),
                "a task waits for the channel");
    free(channel->values);
    free(channel);
}

/* --- exchanges ----------------------------------------------------------- */

static void copy_value(const duet_channel *channel, void *to, const void *from)
{
    if (to == NULL)
        return;
    if (channel->value_bytes == sizeof(void *)) /* the common size */
        memcpy(to, from, sizeof(void *));
    else if (channel->value_bytes > 0)
        memcpy(to, from, channel->value_bytes);
}

static char *place(const duet_channel *channel, size_t index)
{
    if (channel->values == NULL)
        return NULL;
    return channel->values +
           (channel->first + index) % channel->capacity * channel->value_bytes;
}

static duet__offer *first_of(duet__list *line)
{
    return DUET__MEMBER(line->next, duet__offer, wait.link);
}

int duet__channel_send_now(duet_channel *channel, const void *value)
{
    DUET__OWN_USE(channel);
    if (channel->closed)
        return duet__fail_plainly(DUET_ECLOSED);
    if (!duet__list_is_empty(&channel->receivers)) {
        duet__offer *receiver = first_of(&channel->receivers);

        copy_value(channel, receiver->out_value, value);
        duet__wake(&receiver->wait, 0);
        return 0;
    }
    if (channel->count == channel->capacity)
        return DUET_EFULL; /* not returned to callers: the task then waits */
    copy_value(channel, place(channel, channel->count), value);
    channel->count++;
    return 0;
}

/* A place has become free: the first waiting sender takes it. */
static void admit_sender(duet_channel *channel)
{
    duet__offer *sender;

    if (duet__list_is_empty(&channel->senders))
        return;
    sender = first_of(&channel->senders);
    copy_value(channel, place(channel, channel->count), sender->value);
    channel->count++;
    duet__wake(&sender->wait, 0);
}

int duet__channel_receive_now(duet_channel *channel, void *out_value)
{
    DUET__OWN_USE(channel);
    if (channel->count > 0) {
        copy_value(channel, out_value, place(channel, 0));
        channel->first = (channel->first + 1) % channel->capacity;
        channel->count--;
        admit_sender(channel);
        return 0;
    }
    if (!duet__list_is_empty(&channel->senders)) { /* unbuffered */
        duet__offer *sender = first_of(&channel->senders);

        copy_value(channel, out_value, sender->value);
        duet__wake(&sender->wait, 0);
        return 0;
    }
    return channel->closed ? DUET_ECLOSED : DUET_EEMPTY;
}

void duet__channel_offer(duet_channel *channel, duet__offer *offer, bool sends)
{
    duet__list_push_back(sends ? &channel->senders : &channel->receivers,
                         &offer->wait.link);
}

/* In a function of its own, so that an immediate exchange in
 * duet_channel_send() prepares no wait. */
__attribute__((noinline)) static int
wait_to_send(duet_channel *channel, const void *value, duet_deadline deadline)
{
    duet__offer own = {.wait = {.what = "channel to send", .object = channel},
                       .value = value};

    duet__channel_offer(channel, &own, true);
    return duet__park(&own.wait, deadline);
}

/* Flattened, like receiving, so that an immediate exchange costs no call. */
__attribute__((flatten)) int duet_channel_send(duet_channel *channel,
                                               const void *value,
                                               duet_deadline deadline)
{
    int status;

    DUET__OWN_USE(channel);
    status = duet__channel_send_now(channel, value);
    return status == DUET_EFULL ? wait_to_send(channel, value, deadline)
                                : status;
}

__attribute__((noinline)) static int
wait_to_receive(duet_channel *channel, void *out_value, duet_deadline deadline)
{
    duet__offer own = {
        .wait = {.what = "channel to receive", .object = channel},
        .out_value = out_value};

    duet__channel_offer(channel, &own, false);
    return duet__park(&own.wait, deadline);
}

__attribute__((flatten)) int duet_channel_receive(duet_channel *channel,
                                                  void *out_value,
                                                  duet_deadline deadline)
{
    int status;

    DUET__OWN_USE(channel);
    status = duet__channel_receive_now(channel, out_value);
    return status == DUET_EEMPTY ? wait_to_receive(channel, out_value, deadline)
                                 : status;
}

void duet_channel_close(duet_channel *channel)
{
    DUET__OWN_USE(channel);
    channel->closed = true;
    duet__wake_all(&channel->senders, DUET_ECLOSED);
    duet__wake_all(&channel->receivers, DUET_ECLOSED);
}

size_t duet_channel_count(const duet_channel *channel)
{
    DUET__OWN_USE(channel);
    return channel->count;
}
