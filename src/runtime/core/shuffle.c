/* SPDX-License-Identifier: MIT */
/* shuffle.c - shuffling the run queue (Fisher and Yates). */
#include "runtime/core/shuffle.h"

#include <stdlib.h>

enum { STEPS_MOST = 256 };

/* splitmix64: every state gives a different number. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t mixed = *state += 0x9e3779b97f4a7c15;

    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 31;
}

static size_t length_of(const duet__run_queue *queue)
{
    size_t length = 0;

    for (const duet__ready *ready = queue->first; ready != NULL;
         ready = ready->next)
        length++;
    return length;
}

/* Moves all members to `members`, and sets `places` to the indices of those
 * that are tasks. Returns how many tasks there are. */
static size_t take_all(duet__run_queue *queue, duet__ready **members,
                       size_t *places)
{
    size_t count = 0;
    size_t tasks = 0;

    while (!duet__run_queue_is_empty(queue)) {
        members[count] = duet__run_queue_take(queue);
        if (members[count]->run == NULL)
            places[tasks++] = count;
        count++;
    }
    return tasks;
}

static void swap(duet__ready **members, size_t a, size_t b)
{
    duet__ready *kept = members[a];

    members[a] = members[b];
    members[b] = kept;
}

int duet__shuffle(duet__run_queue *queue, uint64_t *state)
{
    size_t length = length_of(queue);
    duet__ready **members = calloc(length + 1, sizeof *members);
    size_t *places = calloc(length + 1, sizeof *places);

    /* Without memory the order stays as it is, which is a valid shuffle,
     * too. */
    if (members != NULL && places != NULL) {
        for (size_t i = take_all(queue, members, places); i > 1; i--)
            swap(members, places[i - 1], places[next_random(state) % i]);
        for (size_t i = 0; i < length; i++)
            duet__run_queue_append(queue, members[i]);
    }
    free(members);
    free(places);
    if (length > STEPS_MOST)
        length = STEPS_MOST;
    return length == 0 ? 1 : 1 + (int)(next_random(state) % length);
}
