/* SPDX-License-Identifier: MIT */
/* parallel.h - a chapter: threads, processes and other programs. */
#ifndef DUET_PARALLEL_H
#define DUET_PARALLEL_H

#include <duet/child.h>
#include <duet/exit_status.h>
#include <duet/process.h>
#include <duet/process_call.h>
#include <duet/process_pool.h>
#include <duet/shared.h>
#include <duet/thread.h>
#include <duet/thread_call.h>
#include <duet/thread_pool.h>
#include <duet/thread_task.h>

#endif
