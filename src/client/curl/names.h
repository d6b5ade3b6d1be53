/* SPDX-License-Identifier: MIT */
/* names.h - which addresses libcurl is told for a name. */
#ifndef DUET_CLIENT_CURL_NAMES_H
#define DUET_CLIENT_CURL_NAMES_H

#include "client/curl/state.h"

/* Appends to `*list` what libcurl has to be told of the addresses of the hop's
 * host: nothing if it knows them.
 * Returns 0 or DUET_ENOMEM. */
DUET_MUST_USE int duet__curl_tell_addresses(duet__curl_driver *driver,
                                            const duet__hop *hop,
                                            struct curl_slist **list);

/* The list may not have reached libcurl: its names are told again next time.
 */
void duet__curl_told_in_vain(duet__curl_driver *driver,
                             const struct curl_slist *list);

/* Frees what the driver knows of names. */
void duet__curl_forget_addresses(duet__curl_driver *driver);

#endif
