/* SPDX-License-Identifier: MIT */
/* mhd_version.h - what versions of libmicrohttpd do by themselves, before we
 * are asked, so that a server behaves differently with them. Each line is a
 * loss; none lets anything in. What we can even out is not here. */
#ifndef DUET_SERVER_MHD_VERSION_H
#define DUET_SERVER_MHD_VERSION_H

#include <microhttpd.h>

enum {
    DUET__MHD_IS_1 = MHD_VERSION >= 0x01000000,

    /* A transfer coding other than chunked gets its 400 instead of our 501. */
    DUET__MHD_JUDGES_CODINGS = DUET__MHD_IS_1,

    /* A NUL or a tab in the request line ends the connection without a reply;
     * it is in no count. */
    DUET__MHD_DROPS_BROKEN_LINES = DUET__MHD_IS_1,

    /* Every chunk extension gets 400: it counts one byte too few of the line.
     */
    DUET__MHD_REFUSES_CHUNK_EXTENSIONS =
        DUET__MHD_IS_1 && MHD_VERSION <= 0x01000100,
};

#endif
