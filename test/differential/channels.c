/* SPDX-License-Identifier: MIT */
/* channels.c - channels, and waiting for several things at once. */
#include <unistd.h>

#include "members.h"

static int send_number(void *argument)
{
    member *own = argument;

    note("send %d: %s", own->number,
         word(duet_channel_send(own->object, &own->number, DUET_NEVER)));
    return 0;
}

static int receive_number(void *argument)
{
    member *own = argument;
    int got = -1;
    int status = duet_channel_receive(own->object, &got, DUET_NEVER);

    if (status == 0)
        note("%d: received %d", own->number, got);
    else
        note("%d: %s", own->number, word(status));
    return 0;
}

static void receive(duet_channel *channel)
{
    int got;

    must(duet_channel_receive(channel, &got, DUET_NEVER));
    note("received %d", got);
}

static int senders_in_line(void *capacity)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_channel *channel;

    must(duet_channel_new(sizeof(int), capacity != NULL ? 2 : 0, &channel));
    start_members(members, tasks, send_number, channel, NULL);
    must(sleep_until(5));
    duet_task_cancel(tasks[3]);
    for (int i = 0; i < 4; i++) {
        must(sleep_for(5));
        receive(channel);
    }
    finish_all(tasks);
    duet_channel_free(channel);
    return 0;
}

static int receivers_in_line(void *capacity)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_channel *channel;

    must(duet_channel_new(sizeof(int), capacity != NULL ? 2 : 0, &channel));
    start_members(members, tasks, receive_number, channel, NULL);
    must(sleep_until(5));
    duet_task_cancel(tasks[1]);
    for (int i = 10; i < 14; i++) {
        must(duet_channel_send(channel, &i, DUET_NEVER));
        note("sent %d", i);
    }
    finish_all(tasks);
    duet_channel_free(channel);
    return 0;
}

static int channel_closed(void *argument)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_channel *channel;

    (void)argument;
    must(duet_channel_new(sizeof(int), 2, &channel));
    start_members(members, tasks, send_number, channel, NULL);
    must(sleep_until(5));
    duet_channel_close(channel);
    finish_all(tasks);
    note("send: %s", word(duet_channel_send(channel, &(int){9}, DUET_NEVER)));
    receive(channel);
    receive(channel);
    note("receive: %s", word(duet_channel_receive(channel, NULL, DUET_NEVER)));
    duet_channel_free(channel);
    return 0;
}

static int channel_closed_to_receivers(void *argument)
{
    member members[FIVE];
    duet_task *tasks[FIVE];
    duet_channel *channel;

    (void)argument;
    must(duet_channel_new(sizeof(int), 0, &channel));
    start_members(members, tasks, receive_number, channel, NULL);
    must(sleep_until(5));
    duet_channel_close(channel);
    finish_all(tasks);
    duet_channel_free(channel);
    return 0;
}

/* --- a generator, by a meeting ------------------------------------------- */

static int generate(void *channel)
{
    int status = 0;

    for (int i = 0; status == 0; i++) {
        note("makes %d", i);
        must(sleep_for(2));
        status = duet_channel_send(channel, &i, DUET_NEVER);
    }
    note("generator: %s", word(status));
    return 0;
}

static int generator(void *argument)
{
    duet_channel *channel;
    duet_task *maker;

    (void)argument;
    must(duet_channel_new(sizeof(int), 0, &channel));
    maker = start(generate, channel);
    for (int i = 0; i < 3; i++) {
        receive(channel);
        must(sleep_for(10));
    }
    duet_channel_close(channel);
    finish(maker);
    duet_channel_free(channel);
    return 0;
}

/* --- select -------------------------------------------------------------- */

enum { A, B, C };

static void send_later(duet_channel *channel, int64_t ms, int value)
{
    must(sleep_until(ms));
    note("send: %s", word(duet_channel_send(channel, &value, DUET_NEVER)));
}

static int select_all(void *argument)
{
    duet_channel *const *channels = argument;

    for (int i = 0; i < 4; i++) {
        int got[] = {-1, -1}, sent = 7;
        const duet_select_case cases[] = {
            {DUET_SELECT_RECEIVE, channels[A], NULL, &got[A], 0},
            {DUET_SELECT_RECEIVE, channels[B], NULL, &got[B], 0},
            {DUET_SELECT_SEND, channels[C], &sent, NULL, 0}};
        size_t index = 99;
        int status = duet_select(cases, 3, &index, DUET_NEVER);

        if (status != 0)
            note("select: %s", word(status));
        else if (index < 2)
            note("received %d from %zu", got[index], index);
        else
            note("sent to %zu", index);
    }
    return 0;
}

static int select_one_of_three(void *argument)
{
    duet_channel *channels[3];
    duet_task *task;

    (void)argument;
    for (int i = A; i <= C; i++)
        must(duet_channel_new(sizeof(int), 0, &channels[i]));
    task = start(select_all, channels);
    send_later(channels[B], 5, 10);
    send_later(channels[A], 10, 20);
    must(sleep_until(15));
    receive(channels[C]);
    must(sleep_until(20));
    duet_channel_close(channels[A]);
    finish(task);
    for (int i = A; i <= C; i++)
        duet_channel_free(channels[i]);
    return 0;
}

static int select_prefers_the_first(void *argument)
{
    int values[] = {1, 2}, got;
    duet_channel *channels[2];
    duet_select_case cases[2];

    (void)argument;
    for (int i = A; i <= B; i++) {
        must(duet_channel_new(sizeof(int), 1, &channels[i]));
        must(duet_channel_send(channels[i], &values[i], DUET_NEVER));
        cases[i] =
            (duet_select_case){DUET_SELECT_RECEIVE, channels[i], NULL, &got, 0};
    }
    for (int i = A; i <= B; i++) {
        size_t index;

        must(duet_select(cases, 2, &index, DUET_NEVER));
        note("received %d from %zu", got, index);
    }
    for (int i = A; i <= B; i++)
        duet_channel_free(channels[i]);
    return 0;
}

static int select_with_pipe(void *argument)
{
    void **own = argument;
    const duet_select_case cases[] = {
        {DUET_SELECT_RECEIVE, own[0], NULL, NULL, 0},
        {DUET_SELECT_READABLE, NULL, NULL, NULL, *(int *)own[1]}};
    size_t index = 99;
    int status = duet_select(cases, 2, &index, duet_in_ms(20));

    if (status == 0)
        note("select: %zu", index);
    else
        note("select: %s", word(status));
    return 0;
}

static int select_descriptor(void *argument)
{
    duet_channel *channel;
    int ends[2];
    void *own[2];
    duet_task *task;

    (void)argument;
    must(pipe(ends));
    must(duet_channel_new(sizeof(int), 0, &channel));
    own[0] = channel;
    own[1] = &ends[0];
    task = start(select_with_pipe, own);
    must(sleep_until(10));
    must((int)write(ends[1], "x", 1));
    finish(task);
    must((int)read(ends[0], &(char){0}, 1));
    finish(start(select_with_pipe, own));
    task = start(select_with_pipe, own);
    send_later(channel, 40, 1);
    finish(task);
    must(close(ends[0]));
    must(close(ends[1]));
    duet_channel_free(channel);
    return 0;
}

const scenario channel_scenarios[] = {
    {"senders of a meeting in line", senders_in_line, NULL, false},
    {"senders in line", senders_in_line, "", false},
    {"receivers of a meeting in line", receivers_in_line, NULL, false},
    {"receivers in line", receivers_in_line, "", false},
    {"channel closed", channel_closed, NULL, false},
    {"channel closed to receivers", channel_closed_to_receivers, NULL, false},
    {"generator", generator, NULL, false},
    {"select, one of three", select_one_of_three, NULL, false},
    {"select, the first is preferred", select_prefers_the_first, NULL, false},
    {"select with a descriptor", select_descriptor, NULL, false},
    {0},
};
