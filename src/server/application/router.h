/* SPDX-License-Identifier: MIT */
/* router.h - from method and path to a handler. */
#ifndef DUET_SERVER_APPLICATION_ROUTER_H
#define DUET_SERVER_APPLICATION_ROUTER_H

#include <duet/application.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/map.h"
#include "http/url/path_pattern.h"

/* One method of a resource. */
typedef struct duet__route {
    struct duet__route *next; /* of the same resource, in order of adding */
    duet_handler *handler;
    void *context;
    duet_half_close half_close;
    duet_compression compression;
    bool streams_body;
    size_t body_bytes_max;   /* 0: as the server */
    int64_t body_timeout_ns; /* likewise */
    size_t drain_bytes_max;
    size_t method_length;
    char method[]; /* NUL-terminated; "*" is any */
} duet__route;

/* All routes of one pattern. */
typedef struct duet__resource {
    duet__path_pattern *pattern;
    duet__route *routes;
} duet__resource;

/* Invariant: a resource that is found by its decoded path alone is in `fixed`,
 * any other is in `patterns`, which are in the order in which they win. */
typedef struct duet__router {
    duet__map fixed;
    duet__resource **patterns;
    size_t count; /* of patterns */
    size_t room;
    size_t routes;
    size_t routes_max;
    duet__buffer methods; /* of all routes, "GET, HEAD, OPTIONS" */
} duet__router;

/* What was found. */
typedef struct duet__match {
    const duet__resource *resource;
    const duet__route *route;
    duet__path_captures *captures; /* the caller's; borrowed from the path */
} duet__match;

void duet__router_init(duet__router *router, size_t routes_max);
void duet__router_free(duet__router *router);

/* As duet_route(). Returns the route in *out_route, too. */
DUET_MUST_USE int duet__router_add(duet__router *router, const char *method,
                                   const char *pattern, duet_handler *handler,
                                   void *context, duet__route **out_route);

/* Finds the route for a request.
 *
 *   path     still quoted, without query
 *   scratch  for what the search needs
 *   match    set if 0 is returned
 *
 * Returns 0, or the status to answer: 404, 405, 500 (no memory). */
int duet__router_find(const duet__router *router, duet__text method,
                      duet__text path, duet__arena *scratch,
                      duet__match *match);

/* The methods that `path` has, "GET, HEAD, POST"; NULL if there is no memory.
 */
const char *duet__router_allow(const duet__router *router, duet__text path,
                               duet__arena *arena);

#endif
