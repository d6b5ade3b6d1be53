/* SPDX-License-Identifier: MIT */
/* driver.h - libcurl as the rest of the client sees it: something that
 * carries out hops. */
#ifndef DUET_CLIENT_CURL_DRIVER_H
#define DUET_CLIENT_CURL_DRIVER_H

#include <duet/export.h>
#include <duet/fields.h>

typedef struct duet__curl_driver duet__curl_driver;

typedef struct duet__curl_options {
    size_t kept_max;
    int64_t keep_idle_s;
    int64_t keep_age_s;
    const duet_fields *fields; /* NULL for none */
    const char *ca_file;       /* NULL: the system's */
    bool insecure_no_verify;
} duet__curl_options;

/* Makes a driver of the calling thread's loop.
 *
 *   options     borrowed as long as the driver exists
 *   out_driver  returned-owned (duet__curl_driver_close())
 *
 * Returns 0, or DUET_ENOMEM. */
DUET_MUST_USE int duet__curl_driver_open(const duet__curl_options *options,
                                         duet__curl_driver **out_driver);

/* Ends the hops in progress with DUET_ECLOSED, closes all connections and
 * frees the driver; NULL does nothing. */
void duet__curl_driver_close(duet__curl_driver *driver);

#endif
