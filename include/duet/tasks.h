/* SPDX-License-Identifier: MIT */
/* tasks.h - a chapter: tasks, time, several at once, other loops, signals. */
#ifndef DUET_TASKS_H
#define DUET_TASKS_H

#include <duet/bounded_map.h>
#include <duet/callback.h>
#include <duet/descriptor.h>
#include <duet/embed.h>
#include <duet/error.h>
#include <duet/future.h>
#include <duet/group.h>
#include <duet/inspect.h>
#include <duet/limit.h>
#include <duet/loop.h>
#include <duet/repeat.h>
#include <duet/signal_handler.h>
#include <duet/task.h>
#include <duet/task_local.h>
#include <duet/time.h>
#include <duet/timeout.h>
#include <duet/until.h>
#include <duet/wait_for.h>
#include <duet/wait_tasks.h>

#endif
