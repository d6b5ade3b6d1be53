/* SPDX-License-Identifier: MIT */
/* fold.c - no field continues one of another response.
 *
 * Versions of libcurl from before May 2023 (8.2 is mended) keep a pointer to
 * the field that was stored last, also when the handle begins its next
 * transfer, which frees it. A response whose first line behind the status line
 * begins with a blank then writes into freed memory; any server can send it.
 * The debug callback sees each line before it is stored and may write into it:
 * the blank becomes a byte that no field name has, so that the line is a field
 * of its own, which we leave out. Debugging is on for this one line only. */
#include "client/curl/fold.h"

enum { MENDED = 0x080200 };

void duet__curl_fold_begin(duet__transfer *transfer)
{
    if (transfer->driver->libcurl_version >= MENDED)
        return;
    transfer->guards_fold = true;
    curl_easy_setopt(transfer->easy, CURLOPT_VERBOSE, 1L);
}

void duet__curl_fold_end(duet__transfer *transfer)
{
    transfer->guards_fold = false;
    curl_easy_setopt(transfer->easy, CURLOPT_VERBOSE, 0L);
}

void duet__curl_fold_guard(duet__transfer *transfer, char *line, size_t length)
{
    if (transfer->guards_fold && length > 0 &&
        (line[0] == ' ' || line[0] == '\t'))
        line[0] = '\x01';
}
