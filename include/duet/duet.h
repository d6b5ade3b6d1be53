/* SPDX-License-Identifier: MIT */
/* duet.h - everything. */
#ifndef DUET_DUET_H
#define DUET_DUET_H

#include <duet/descriptor.h>
#include <duet/error.h>
#include <duet/group.h>
#include <duet/loop.h>
#include <duet/task.h>
#include <duet/time.h>

#endif
