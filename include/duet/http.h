/* SPDX-License-Identifier: MIT */
/* http.h - a chapter: what the client and the server have in common. */
#ifndef DUET_HTTP_H
#define DUET_HTTP_H

#include <duet/fields.h>
#include <duet/form.h>
#include <duet/query.h>
#include <duet/status.h>
#include <duet/url.h>

#endif
