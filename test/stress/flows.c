/* SPDX-License-Identifier: MIT */
/* flows.c - queue, channels and select of the stress test.
 *
 * An item is noted as put before the call, for it may be got before the putter
 * runs again, and unnoted if the call failed. */
#include <stddef.h>
#include <unistd.h>

#include "world.h"

static item *new_item(world *all, duet_channel *channel)
{
    item *one = &all->items[all->item_count++];

    check(all, all->item_count <= ITEMS);
    *one = (item){.channel = channel, .is_put = true};
    one->urgency = (int)pick(all, 5);
    return one;
}

static void not_put(const world *all, item *one)
{
    check(all, !one->is_got);
    one->is_put = false;
}

static void got_item(const world *all, item *one, const duet_channel *channel)
{
    check(all, one != NULL && one->channel == channel);
    check(all, one->is_put && !one->is_got);
    one->is_got = true;
}

/* --- queue --------------------------------------------------------------- */

static void put_item(actor *own)
{
    world *all = own->world;
    duet_deadline deadline = begin_wait(own, PUT);
    item *one = new_item(all, NULL);

    if (!end_wait(own, duet_queue_put(all->queue, one, deadline), deadline))
        not_put(all, one);
}

static void get_item(actor *own)
{
    world *all = own->world;
    duet_deadline deadline = begin_wait(own, GET);
    void *got = NULL;

    if (!end_wait(own, duet_queue_get(all->queue, &got, deadline), deadline)) {
        check(all, got == NULL);
        return;
    }
    got_item(all, got, NULL);
    check(all, duet_queue_task_done(all->queue) == 0);
}

static void join_queue(actor *own)
{
    duet_deadline deadline = begin_wait(own, QUEUE_JOIN);

    end_wait(own, duet_queue_join(own->world->queue, deadline), deadline);
}

/* --- channels ------------------------------------------------------------ */

static void send_item(actor *own)
{
    world *all = own->world;
    uint64_t number = pick(all, CHANNELS);
    duet_channel *channel = all->channels[number];
    duet_deadline deadline = begin_wait(own, SEND);
    item *one = new_item(all, channel);
    int status;

    all->senders[number]++;
    status = duet_channel_send(channel, &one, deadline);
    all->senders[number]--;
    if (!end_wait(own, status, deadline))
        not_put(all, one);
}

static void receive_item(actor *own)
{
    world *all = own->world;
    uint64_t number = pick(all, CHANNELS);
    duet_channel *channel = all->channels[number];
    duet_deadline deadline = begin_wait(own, RECEIVE);
    item *got = NULL;
    int status;

    all->receivers[number]++;
    status = duet_channel_receive(channel, &got, deadline);
    all->receivers[number]--;
    if (end_wait(own, status, deadline))
        got_item(all, got, channel);
    else
        check(all, got == NULL);
}

/* One case for each channel, and the pipe that nobody writes to. */
typedef struct choice {
    duet_select_case cases[CHANNELS + 1];
    item *items[CHANNELS]; /* to send, or that came */
} choice;

static void choose(world *all, choice *own)
{
    for (int i = 0; i < CHANNELS; i++) {
        duet_select_case *one = &own->cases[i];

        *one = (duet_select_case){.channel = all->channels[i]};
        one->kind = (duet_select_kind[]){DUET_SELECT_SEND, DUET_SELECT_RECEIVE,
                                         DUET_SELECT_NOTHING}[pick(all, 3)];
        own->items[i] = NULL;
        if (one->kind == DUET_SELECT_SEND)
            own->items[i] = new_item(all, all->channels[i]);
        one->value = one->out_value = &own->items[i];
    }
    own->cases[CHANNELS] = (duet_select_case){.kind = DUET_SELECT_NOTHING};
    if (pick(all, 8) == 0)
        own->cases[CHANNELS] = (duet_select_case){.kind = DUET_SELECT_READABLE,
                                                  .descriptor = all->pipe[0]};
}

static void count_choice(world *all, const choice *own, int change)
{
    for (int i = 0; i < CHANNELS; i++) {
        if (own->cases[i].kind == DUET_SELECT_SEND)
            all->senders[i] += change;
        if (own->cases[i].kind == DUET_SELECT_RECEIVE)
            all->receivers[i] += change;
    }
}

static void select_some(actor *own)
{
    world *all = own->world;
    duet_deadline deadline = begin_wait(own, SELECT);
    size_t chosen = CHANNELS;
    choice choice;
    int status;

    choose(all, &choice);
    count_choice(all, &choice, 1);
    status = duet_select(choice.cases, CHANNELS + 1, &chosen, deadline);
    count_choice(all, &choice, -1);
    if (!end_wait(own, status, deadline))
        chosen = CHANNELS;
    else
        check(all, chosen < CHANNELS);
    for (size_t i = 0; i < CHANNELS; i++) {
        bool sent = choice.cases[i].kind == DUET_SELECT_SEND;

        if (sent && i != chosen)
            not_put(all, choice.items[i]);
        if (!sent && i == chosen)
            got_item(all, choice.items[i], all->channels[i]);
        if (!sent && i != chosen)
            check(all, choice.items[i] == NULL);
    }
}

void use_flows(actor *own)
{
    switch (pick(own->world, 10)) {
    case 0:
    case 1:
        put_item(own);
        break;
    case 2:
    case 3:
        get_item(own);
        break;
    case 4:
        join_queue(own);
        break;
    case 5:
    case 6:
        send_item(own);
        break;
    case 7:
    case 8:
        receive_item(own);
        break;
    default:
        select_some(own);
    }
}

/* --- what holds ---------------------------------------------------------- */

/* First in, first out: whatever was got had been put before all that is left.
 * Returns how many are left, those that putters wait with included. */
static int count_left(const world *all, const duet_channel *channel,
                      bool in_order)
{
    int left = 0;

    for (size_t i = all->settled_items; i < all->item_count; i++) {
        const item *one = &all->items[i];

        if (one->channel != channel || !one->is_put)
            continue;
        check(all, !one->is_got || left == 0 || !in_order);
        left += !one->is_got;
    }
    return left;
}

static void check_queue(const world *all)
{
    int count = (int)duet_queue_count(all->queue);
    const int *waiting = all->waiting;

    check(all, count + waiting[PUT] ==
                   count_left(all, NULL, all->order == DUET_QUEUE_FIRST_IN));
    check(all, count == 0 || waiting[GET] == 0);
    check(all, count > 0 || waiting[QUEUE_JOIN] == 0);
    check(all, count == CAPACITY || waiting[PUT] == 0);
    check(all, !all->is_closed || waiting[PUT] + waiting[GET] == 0);
}

static void check_channel(const world *all, int number)
{
    const duet_channel *channel = all->channels[number];
    int count = (int)duet_channel_count(channel);
    int senders = all->senders[number];
    int receivers = all->receivers[number];

    check(all, count <= number);
    check(all, count + senders == count_left(all, channel, true));
    check(all, senders == 0 || receivers == 0);
    check(all, count == 0 || receivers == 0);
    check(all, count == number || senders == 0);
    check(all, !all->is_closed || senders + receivers == 0);
}

void check_flows_when_quiet(world *all)
{
    const item *first = &all->items[all->settled_items];

    check_queue(all);
    for (int i = 0; i < CHANNELS; i++)
        check_channel(all, i);
    while (all->settled_items < all->item_count &&
           (first->is_got || !first->is_put)) {
        all->settled_items++;
        first++;
    }
}

/* What is got now was put, like this, before or after what was got last. */
static bool follows(const world *all, const item *last, const item *next)
{
    if (last == NULL)
        return true;
    if (all->order == DUET_QUEUE_LAST_IN)
        return next < last;
    if (all->order == DUET_QUEUE_PRIORITY && next->urgency != last->urgency)
        return next->urgency > last->urgency;
    return next > last;
}

void check_flows_at_end(world *all)
{
    const item *last = NULL;
    void *left;

    while (duet_queue_get_now(all->queue, &left) == 0) {
        check(all, follows(all, last, left));
        last = left;
        got_item(all, left, NULL);
        check(all, duet_queue_task_done(all->queue) == 0);
    }
    check(all, duet_queue_join(all->queue, DUET_NOW) == 0);
    for (int i = 0; i < CHANNELS; i++)
        while (duet_channel_receive(all->channels[i], &left, DUET_NOW) == 0)
            got_item(all, left, all->channels[i]);
    for (size_t i = 0; i < all->item_count; i++)
        check(all, all->items[i].is_put == all->items[i].is_got);
}

static int compare(const void *first, const void *second)
{
    return ((const item *)first)->urgency - ((const item *)second)->urgency;
}

void make_flows(world *all)
{
    const duet_queue_options options = {
        .capacity = CAPACITY, .order = all->order, .compare = compare};

    check(all, duet_queue_new(&options, &all->queue) == 0);
    for (size_t i = 0; i < CHANNELS; i++)
        check(all, duet_channel_new(sizeof(item *), i, &all->channels[i]) == 0);
    check(all, pipe(all->pipe) == 0);
}

void close_flows(world *all)
{
    all->is_closed = true;
    duet_queue_shutdown(all->queue, false);
    for (int i = 0; i < CHANNELS; i++)
        duet_channel_close(all->channels[i]);
}

void free_flows(world *all)
{
    duet_queue_free(all->queue);
    for (int i = 0; i < CHANNELS; i++)
        duet_channel_free(all->channels[i]);
    close(all->pipe[0]);
    close(all->pipe[1]);
}
