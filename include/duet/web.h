/* SPDX-License-Identifier: MIT */
/* web.h - a chapter: serving HTTP. */
#ifndef DUET_WEB_H
#define DUET_WEB_H

#include <duet/application.h>
#include <duet/http.h>
#include <duet/reply.h>
#include <duet/request.h>
#include <duet/server.h>

#endif
