/* SPDX-License-Identifier: MIT */
/* streams.h - a chapter: readers and writers of bytes. */
#ifndef DUET_STREAMS_H
#define DUET_STREAMS_H

#include <duet/coding.h>
#include <duet/connect.h>
#include <duet/connection.h>
#include <duet/copy.h>
#include <duet/descriptor_stream.h>
#include <duet/listener.h>
#include <duet/memory_stream.h>
#include <duet/multipart.h>
#include <duet/reader.h>
#include <duet/stream_adapters.h>
#include <duet/writer.h>

#endif
