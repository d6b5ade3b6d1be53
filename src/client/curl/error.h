/* SPDX-License-Identifier: MIT */
/* error.h - what libcurl's codes mean here. */
#ifndef DUET_CLIENT_CURL_ERROR_H
#define DUET_CLIENT_CURL_ERROR_H

#include <curl/curl.h>

#include <duet/response.h>

/* The code of a transfer that ended with `result`.
 *
 *   os_error  errno of the failed connection, 0 if unknown
 *   text      what libcurl says of it; "" if nothing
 *   phase     how far the transfer had come; set to the phase that the result
 *             names, if it names one */
int duet__curl_error(CURLcode result, long os_error, const char *text,
                     duet_phase *phase);

#endif
