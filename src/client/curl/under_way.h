/* SPDX-License-Identifier: MIT */
/* under_way.h - which responses the clock of a loop waits for. */
#ifndef DUET_CLIENT_CURL_UNDER_WAY_H
#define DUET_CLIENT_CURL_UNDER_WAY_H

#include "client/curl/state.h"

/* Adds the responses that the driver waits for. */
void duet__curl_under_way(duet__driver *driver, struct duet__under_way *all);

#endif
