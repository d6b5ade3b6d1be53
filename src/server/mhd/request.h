/* SPDX-License-Identifier: MIT */
/* request.h - what libmicrohttpd calls. */
#ifndef DUET_SERVER_MHD_REQUEST_H
#define DUET_SERVER_MHD_REQUEST_H

#include <microhttpd.h>

/* In all of them the first parameter is the duet_server. */

/* A connection began or is closed next. */
void duet__mhd_connection(void *context, struct MHD_Connection *connection,
                          void **record,
                          enum MHD_ConnectionNotificationCode code);

/* A request line was read; returns the request, which every further call about
 * it gets in `state`. NULL if there is no memory. */
void *duet__mhd_request_line(void *context, const char *target,
                             struct MHD_Connection *connection);

/* Leaves escapes to us: libmicrohttpd would end the path at "%00". */
size_t duet__mhd_leave_escaped(void *context, struct MHD_Connection *connection,
                               char *text);

/* The head is complete; or bytes of the body are there; or all of it is; or the
 * connection was resumed. */
enum MHD_Result duet__mhd_answer(void *context,
                                 struct MHD_Connection *connection,
                                 const char *url, const char *method,
                                 const char *version, const char *bytes,
                                 size_t *count, void **state);

/* The request is over, whatever became of it. */
void duet__mhd_completed(void *context, struct MHD_Connection *connection,
                         void **state, enum MHD_RequestTerminationCode code);

#endif
