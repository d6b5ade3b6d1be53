/* SPDX-License-Identifier: MIT */
/* client.h - a chapter: fetching over HTTP. */
#ifndef DUET_CLIENT_H
#define DUET_CLIENT_H

#include <duet/blocking.h>
#include <duet/get_all.h>
#include <duet/http.h>
#include <duet/response.h>
#include <duet/session.h>

#endif
