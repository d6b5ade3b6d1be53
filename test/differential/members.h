/* SPDX-License-Identifier: MIT */
/* members.h - five tasks that use one thing, each with a number. */
#ifndef DUET_TEST_DIFFERENTIAL_MEMBERS_H
#define DUET_TEST_DIFFERENTIAL_MEMBERS_H

#include "scenario.h"

enum { FIVE = 5 };

/* A task with a number, and what it uses. */
typedef struct member {
    int number;
    void *object;
    void *other;
} member;

static inline void start_members(member members[FIVE], duet_task *tasks[FIVE],
                                 duet_task_function *function, void *object,
                                 void *other)
{
    for (int i = 0; i < FIVE; i++) {
        members[i] = (member){i, object, other};
        tasks[i] = start(function, &members[i]);
    }
}

static inline void finish_all(duet_task *tasks[FIVE])
{
    finish_tasks(tasks, FIVE);
}

#endif
