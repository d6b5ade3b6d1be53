/* SPDX-License-Identifier: MIT */
/* transfer.h - easy handles: their pool, and how far a transfer is. */
#ifndef DUET_CLIENT_CURL_TRANSFER_H
#define DUET_CLIENT_CURL_TRANSFER_H

#include "client/curl/state.h"

/* A handle, fresh or used before; NULL if there is no memory. */
duet__transfer *duet__transfer_take(duet__curl_driver *driver);

/* Puts a transfer that libcurl has not, or no longer, into the pool; frees one
 * whose driver is gone. */
void duet__transfer_recycle(duet__transfer *transfer);

/* Frees the handle and all that was made for it, not the transfer. */
void duet__transfer_free_handle(duet__transfer *transfer);

/* Frees it and its handle. */
void duet__transfer_free(duet__transfer *transfer);

/* Puts it in line for libcurl. */
void duet__transfer_enter(duet__transfer *transfer);

/* It cannot go on, for the reason `code`: the driver's turn ends it. Does
 * nothing if `code` is 0. */
void duet__transfer_break(duet__transfer *transfer, int code);

/* Has libcurl run it once more, and lifts the pause if there is room again:
 * libcurl delivers what it has kept. */
void duet__transfer_go_on(duet__transfer *transfer);

/* How far the transfer has come, and since when. */
duet_phase duet__transfer_phase(duet__transfer *transfer, int64_t *begin_ns);

/* Fills the hop's timings from a transfer that has ended. */
void duet__transfer_read_times(duet__transfer *transfer);

#endif
