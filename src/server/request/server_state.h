/* SPDX-License-Identifier: MIT */
/* server_state.h - a running server: what its files share. */
#ifndef DUET_SERVER_REQUEST_SERVER_STATE_H
#define DUET_SERVER_REQUEST_SERVER_STATE_H

#include <duet/server.h>

#include "base/life.h"
#include "base/list.h"
#include "runtime/core/scope.h"
#include "runtime/core/wait.h"
#include "server/application/settings.h"
#include "server/request/connections_state.h"
#include "server/request/mhd_state.h"

struct duet_server {
    DUET__LIFE
    duet_loop *loop;
    duet_application *application; /* borrowed */
    duet__settings settings;
    duet__mhd mhd;
    duet__scope handlers; /* the tasks; their argument is the request */
    duet__connections connections;
    duet__list pool; /* of idle duet_request */
    size_t pool_count;
    struct {
        duet__list list;   /* of duet__outgoing: to be sent in this turn */
        duet__ready ready; /* sends them */
        bool is_queued;    /* `ready` is in the loop's queue */
    } held;
    bool is_stopping;
    duet_server_counts counts; /* but those of connections */
    char known_host[128];      /* a valid value of Host that was seen */
    size_t known_host_length;
    uint16_t port;
    char url[96];
};

#endif
