/* SPDX-License-Identifier: MIT */
/* connect.h - connecting to whichever address of a host answers first. */
#ifndef DUET_CLIENT_CURL_CONNECT_H
#define DUET_CLIENT_CURL_CONNECT_H

#include "client/curl/state.h"

/* Opens the first socket, and says to which address libcurl is to connect it:
 * to the next of the transfer's if it has any, else to that given. Returns the
 * descriptor, or -1 with errno. */
int duet__curl_begin_race(duet__transfer *transfer,
                          struct curl_sockaddr *address);

/* libcurl's descriptor did not connect. Returns false if no other attempt took
 * its place: then the failure is libcurl's. */
bool duet__curl_attempt_failed(duet__transfer *transfer);

/* TCP has connected: notes when, and ends the race. */
void duet__curl_connected(duet__transfer *transfer);

/* Ends all attempts but libcurl's; does nothing if there is no race. */
void duet__curl_end_race(duet__transfer *transfer);

/* The same, and the driver no longer notes when libcurl's descriptor
 * connects. */
void duet__curl_stop_connecting(duet__transfer *transfer);

/* Is there an address that was not tried? */
static inline bool duet__curl_has_addresses(const duet__transfer *transfer)
{
    return transfer->race.addresses.bytes != NULL;
}

#endif
