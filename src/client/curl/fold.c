/* SPDX-License-Identifier: MIT */
/* fold.c - no header field continues a field of another response.
 *
 * libcurl before 8.2 keeps a pointer to the field that it stored last. The
 * next transfer of the handle frees that field and keeps the pointer. If the
 * first line after the status line of its response begins with a blank, libcurl
 * writes into freed memory; any server can send this. The debug callback sees
 * each line before libcurl stores it, and may change it: it replaces the blank
 * with a byte that no field name contains. Then libcurl takes the line for a
 * new field, and we ignore it. Debugging is on only for this line. */
#include "client/curl/fold.h"

/* The first version of libcurl without this fault. */
enum { FIXED = 0x080200 };

void duet__curl_fold_begin(duet__transfer *transfer)
{
    if (transfer->driver->libcurl_version >= FIXED)
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
