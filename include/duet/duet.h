/* SPDX-License-Identifier: MIT */
/* duet.h - includes all headers. */
#ifndef DUET_DUET_H
#define DUET_DUET_H

#include <duet/application.h>
#include <duet/barrier.h>
#include <duet/blocking.h>
#include <duet/bounded_map.h>
#include <duet/callback.h>
#include <duet/channel.h>
#include <duet/child.h>
#include <duet/condition.h>
#include <duet/descriptor.h>
#include <duet/embed.h>
#include <duet/error.h>
#include <duet/event.h>
#include <duet/fields.h>
#include <duet/file.h>
#include <duet/file_reader.h>
#include <duet/file_writer.h>
#include <duet/future.h>
#include <duet/group.h>
#include <duet/inspect.h>
#include <duet/lock.h>
#include <duet/loop.h>
#include <duet/path.h>
#include <duet/process.h>
#include <duet/process_call.h>
#include <duet/process_pool.h>
#include <duet/query.h>
#include <duet/queue.h>
#include <duet/read_write_lock.h>
#include <duet/repeat.h>
#include <duet/reply.h>
#include <duet/request.h>
#include <duet/response.h>
#include <duet/semaphore.h>
#include <duet/server.h>
#include <duet/session.h>
#include <duet/shared.h>
#include <duet/signal_handler.h>
#include <duet/status.h>
#include <duet/task.h>
#include <duet/task_local.h>
#include <duet/temporary.h>
#include <duet/thread.h>
#include <duet/thread_call.h>
#include <duet/thread_pool.h>
#include <duet/thread_task.h>
#include <duet/time.h>
#include <duet/timeout.h>
#include <duet/url.h>
#include <duet/wait_for.h>
#include <duet/wait_tasks.h>
#include <duet/whole_file.h>

#endif
