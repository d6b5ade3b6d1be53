/* SPDX-License-Identifier: MIT */
/* wire.h - is the head on the wire what libmicrohttpd says it is?
 *
 * Versions before 0.9.77 end a line at a bare LF, end a value at a NUL, join
 * folded lines and skip blanks, and tell nobody (RFC 9112 2.2, 5.2; 9110 5.5):
 * a proxy in front may see other fields than we do. But they read the head in
 * place, so a part that was cut or skipped leaves a gap between the addresses
 * of its neighbours: one blank in the request line and two bytes, CRLF, behind
 * each line is all that may be there. Nothing but addresses is looked at.
 *
 * Newer versions refuse such heads themselves. */
#ifndef DUET_SERVER_MHD_WIRE_H
#define DUET_SERVER_MHD_WIRE_H

#include <microhttpd.h>

#include "server/request/request.h"

#if MHD_VERSION < 0x00097701

/* The request line was read up to the target. */
static inline void duet__mhd_wire_target(duet_request *request,
                                         const char *target, size_t length)
{
    request->wire.next = target + length + 1;
}

/* The next field. */
static inline void duet__mhd_wire_field(duet_request *request,
                                        const duet__raw_field *field)
{
    request->wire.differs |= field->name.bytes != request->wire.next;
    request->wire.next = field->value.bytes + field->value.length + 2;
}

/* The whole request line; before the fields. */
void duet__mhd_wire_line(duet_request *request);

/* The end of the head; behind the fields. Returns whether there was no gap. */
bool duet__mhd_wire_is_clean(duet_request *request);

#else

static inline void duet__mhd_wire_target(duet_request *request,
                                         const char *target, size_t length)
{
    (void)request;
    (void)target;
    (void)length;
}

static inline void duet__mhd_wire_field(duet_request *request,
                                        const duet__raw_field *field)
{
    (void)request;
    (void)field;
}

static inline void duet__mhd_wire_line(duet_request *request)
{
    (void)request;
}

static inline bool duet__mhd_wire_is_clean(duet_request *request)
{
    (void)request;
    return true;
}

#endif

#endif
