/* SPDX-License-Identifier: MIT */
/* duet.h - everything but the database: all chapters. */
#ifndef DUET_DUET_H
#define DUET_DUET_H

#include <duet/client.h>
#include <duet/files.h>
#include <duet/http.h>
#include <duet/parallel.h>
#include <duet/streams.h>
#include <duet/sync.h>
#include <duet/tasks.h>
#include <duet/web.h>

#endif
