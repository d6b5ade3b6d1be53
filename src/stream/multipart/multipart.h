/* SPDX-License-Identifier: MIT */
/* multipart.h - beyond <duet/multipart.h>. */
#ifndef DUET_STREAM_MULTIPART_MULTIPART_H
#define DUET_STREAM_MULTIPART_MULTIPART_H

#include <duet/multipart.h>

/* The code for which the body is of no use any more, so that each call returns
 * it; 0: none. */
int duet__multipart_failure(const duet_multipart *multipart);

#endif
