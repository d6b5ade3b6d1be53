/* SPDX-License-Identifier: MIT */
/* router.c - a table of fixed paths, and patterns tried one by one.
 *
 * A path may be matched by several resources; the first that has the method
 * wins, so "/a/b" for POST does not hide "/a/{x}" for GET. A route for any
 * method answers only what no resource before it matches: a catch-all leaves
 * the other methods of "/a/b" to 405. */
#include "server/application/router.h"

#include <stdlib.h>

#include "base/error.h"
#include "http/url/percent.h"

void duet__router_init(duet__router *router, size_t routes_max)
{
    *router = (duet__router){.routes_max = routes_max};
    duet__map_init(&router->fixed, SIZE_MAX);
    duet__buffer_init(&router->methods, SIZE_MAX);
}

static void free_resource(duet__resource *resource)
{
    while (resource->routes != NULL) {
        duet__route *route = resource->routes;

        resource->routes = route->next;
        free(route);
    }
    duet__path_pattern_free(resource->pattern);
    free(resource);
}

void duet__router_free(duet__router *router)
{
    duet__map_entry *entry = duet__map_first(&router->fixed);

    for (; entry != NULL; entry = duet__map_next(&router->fixed, entry))
        free_resource(entry->value);
    duet__map_free(&router->fixed);
    for (size_t i = 0; i < router->count; i++)
        free_resource(router->patterns[i]);
    free(router->patterns);
    duet__buffer_free(&router->methods);
}

/* --- lists of methods ----------------------------------------------------- */

static bool list_has(duet__text list, duet__text method)
{
    while (list.bytes != NULL) {
        duet__text item = duet__text_trim(duet__text_cut(&list, ','));

        if (duet__text_equal(item, method))
            return true;
    }
    return false;
}

static int append_method(duet__buffer *list, duet__text method)
{
    int status = 0;

    if (list_has(duet__buffer_text(list), method))
        return 0;
    if (list->length > 0)
        status = duet__buffer_append(list, ", ", 2);
    return status != 0 ? status : duet__buffer_append_text(list, method);
}

/* What a route answers; "*" is no method. */
static int append_methods_of(duet__buffer *list, const duet__route *route)
{
    duet__text method = duet__text_of(route->method, route->method_length);
    int status;

    if (duet__text_equal(method, DUET__TEXT("*")))
        return 0;
    status = append_method(list, method);
    if (status == 0 && duet__text_equal(method, DUET__TEXT("GET")))
        status = append_method(list, DUET__TEXT("HEAD"));
    return status;
}

/* --- adding -------------------------------------------------------------- */

/* Does decoding `path` keep its segments apart? */
static bool decodes_cleanly(duet__text path)
{
    for (; path.length >= 3; path = duet__text_skip(path, 1)) {
        duet__text escape = duet__text_of(path.bytes, 3);

        if (duet__text_equal_ignoring_case(escape, DUET__TEXT("%2F")))
            return false;
    }
    return true;
}

static int insert_pattern(duet__router *router, duet__resource *resource)
{
    size_t place = 0;

    if (router->count == router->room) {
        size_t room = router->room == 0 ? 16 : router->room * 2;
        duet__resource **patterns =
            realloc(router->patterns, room * sizeof *patterns);

        if (patterns == NULL)
            return DUET_ENOMEM;
        router->patterns = patterns;
        router->room = room;
    }
    while (place < router->count &&
           duet__path_pattern_compare(router->patterns[place]->pattern,
                                      resource->pattern) < 0)
        place++;
    memmove(router->patterns + place + 1, router->patterns + place,
            (router->count - place) * sizeof *router->patterns);
    router->patterns[place] = resource;
    router->count++;
    return 0;
}

static int insert_fixed(duet__router *router, duet__resource *resource,
                        duet__text text)
{
    char *decoded = malloc(text.length);
    int status;

    if (decoded == NULL)
        return DUET_ENOMEM;
    status = duet__map_insert(
        &router->fixed,
        duet__text_of(decoded, duet__percent_decode(text, decoded)), resource);
    free(decoded);
    return status;
}

static int insert(duet__router *router, duet__resource *resource)
{
    duet__text text =
        duet__text_from(duet__path_pattern_text(resource->pattern));

    if (duet__path_pattern_capture_count(resource->pattern) == 0 &&
        decodes_cleanly(text))
        return insert_fixed(router, resource, text);
    return insert_pattern(router, resource);
}

/* The resource for the same paths as `pattern`, NULL if there is none. */
static duet__resource *find_same(const duet__router *router,
                                 const duet__path_pattern *pattern)
{
    duet__map_entry *entry = duet__map_first(&router->fixed);

    for (; entry != NULL; entry = duet__map_next(&router->fixed, entry)) {
        duet__resource *resource = entry->value;

        if (duet__path_pattern_compare(resource->pattern, pattern) == 0)
            return resource;
    }
    for (size_t i = 0; i < router->count; i++) {
        if (duet__path_pattern_compare(router->patterns[i]->pattern, pattern) ==
            0)
            return router->patterns[i];
    }
    return NULL;
}

static const duet__route *route_of(const duet__resource *resource,
                                   duet__text method)
{
    const duet__route *route = resource->routes;

    while (route != NULL &&
           !duet__text_equal(duet__text_of(route->method, route->method_length),
                             method))
        route = route->next;
    return route;
}

/* Two patterns for the same paths whose captures have other names are two
 * meanings of one path: a mistake. */
static bool have_same_names(const duet__path_pattern *a,
                            const duet__path_pattern *b)
{
    for (size_t i = 0; i < duet__path_pattern_capture_count(a); i++) {
        if (strcmp(duet__path_pattern_capture_name(a, i),
                   duet__path_pattern_capture_name(b, i)) != 0)
            return false;
    }
    return true;
}

static int check_conflict(const duet__resource *there,
                          const duet__path_pattern *pattern, const char *method)
{
    if (!have_same_names(there->pattern, pattern))
        return duet__fail(DUET_EROUTE,
                          "route \"%s\" names its parts otherwise than \"%s\"",
                          duet__path_pattern_text(pattern),
                          duet__path_pattern_text(there->pattern));
    if (route_of(there, duet__text_from(method)) != NULL)
        return duet__fail(DUET_EROUTE, "route %s \"%s\" is there already",
                          method, duet__path_pattern_text(pattern));
    return 0;
}

static duet__route *new_route(const char *method, duet_handler *handler,
                              void *context)
{
    size_t length = strlen(method);
    duet__route *route = malloc(sizeof *route + length + 1);

    if (route == NULL)
        return NULL;
    *route = (duet__route){
        .handler = handler, .context = context, .method_length = length};
    memcpy(route->method, method, length + 1);
    return route;
}

static void append_route(duet__resource *resource, duet__route *route)
{
    duet__route **place = &resource->routes;

    while (*place != NULL)
        place = &(*place)->next;
    *place = route;
}

/* `pattern` and `route` are taken on success. */
static int add_resource(duet__router *router, duet__path_pattern *pattern,
                        duet__route *route)
{
    duet__resource *resource = calloc(1, sizeof *resource);
    int status;

    if (resource == NULL)
        return DUET_ENOMEM;
    resource->pattern = pattern;
    status = insert(router, resource);
    if (status != 0)
        free(resource);
    else
        append_route(resource, route);
    return status;
}

/* A method too many, after a failure, is no harm. */
static int note_methods(duet__router *router, const duet__route *route)
{
    int status = append_method(&router->methods, DUET__TEXT("OPTIONS"));

    return status != 0 ? status : append_methods_of(&router->methods, route);
}

int duet__router_add(duet__router *router, const char *method,
                     const char *pattern_text, duet_handler *handler,
                     void *context, duet__route **out_route)
{
    duet__path_pattern *pattern;
    duet__resource *there;
    duet__route *route;
    int status;

    *out_route = NULL;
    if (!duet__text_is_token(duet__text_from(method)))
        return duet__fail(DUET_EROUTE, "\"%.40s\" is no method", method);
    if (router->routes >= router->routes_max)
        return duet__fail(DUET_EFULL, "there are %zu routes already",
                          router->routes);
    status = duet__path_pattern_compile(pattern_text, &pattern);
    if (status != 0)
        return status;
    there = find_same(router, pattern);
    if (there != NULL)
        status = check_conflict(there, pattern, method);
    route = status == 0 ? new_route(method, handler, context) : NULL;
    if (status == 0)
        status = route != NULL ? note_methods(router, route) : DUET_ENOMEM;
    if (status == 0 && there == NULL)
        status = add_resource(router, pattern, route);
    else if (status == 0)
        append_route(there, route);
    if (status != 0)
        free(route);
    if (status != 0 || there != NULL)
        duet__path_pattern_free(pattern);
    if (status == 0)
        router->routes++;
    *out_route = status == 0 ? route : NULL;
    return status;
}

/* --- finding ------------------------------------------------------------- */

/* The route for `method`: its own, GET's for HEAD, or the one for any, which a
 * path has not that a pattern before matched. */
static const duet__route *choose_route(const duet__resource *resource,
                                       duet__text method, bool path_is_there)
{
    const duet__route *route = route_of(resource, method);

    if (route == NULL && duet__text_equal(method, DUET__TEXT("HEAD")))
        route = route_of(resource, DUET__TEXT("GET"));
    if (route == NULL && !path_is_there)
        route = route_of(resource, DUET__TEXT("*"));
    return route;
}

/* The fixed resource at `path`; *out_resource is NULL if there is none. Returns
 * false if there is no memory. */
static bool find_fixed(const duet__router *router, duet__text path,
                       duet__arena *scratch, duet__resource **out_resource)
{
    *out_resource = NULL;
    if (memchr(path.bytes, '%', path.length) != NULL) {
        char *decoded;

        if (!decodes_cleanly(path))
            return true;
        decoded = duet__arena_alloc(scratch, path.length);
        if (decoded == NULL)
            return false;
        path = duet__text_of(decoded, duet__percent_decode(path, decoded));
    }
    *out_resource = duet__map_get(&router->fixed, path);
    return true;
}

int duet__router_find(const duet__router *router, duet__text method,
                      duet__text path, duet__arena *scratch, duet__match *match)
{
    duet__resource *resource;
    bool path_is_there = false;

    if (path.length == 0)
        return 404;
    if (!find_fixed(router, path, scratch, &resource))
        return 500;
    if (resource != NULL) {
        match->captures->count = 0;
        match->resource = resource;
        match->route = choose_route(resource, method, path_is_there);
        if (match->route != NULL)
            return 0;
        path_is_there = true;
    }
    for (size_t i = 0; i < router->count; i++) {
        resource = router->patterns[i];
        if (!duet__path_pattern_match(resource->pattern, path, match->captures))
            continue;
        match->resource = resource;
        match->route = choose_route(resource, method, path_is_there);
        if (match->route != NULL)
            return 0;
        path_is_there = true;
    }
    match->captures->count = 0;
    return path_is_there ? 405 : 404;
}

/* --- Allow --------------------------------------------------------------- */

static int append_methods(duet__buffer *list, const duet__resource *resource)
{
    const duet__route *route = resource->routes;
    int status = 0;

    for (; route != NULL && status == 0; route = route->next) {
        status = append_methods_of(list, route);
    }
    return status;
}

const char *duet__router_allow(const duet__router *router, duet__text path,
                               duet__arena *arena)
{
    duet__path_captures captures;
    duet__resource *resource;
    const char *text = NULL;
    duet__buffer list;
    int status = 0;

    duet__buffer_init(&list, SIZE_MAX);
    if (!find_fixed(router, path, arena, &resource))
        return NULL;
    if (resource != NULL)
        status = append_methods(&list, resource);
    for (size_t i = 0; i < router->count && status == 0; i++) {
        if (duet__path_pattern_match(router->patterns[i]->pattern, path,
                                     &captures))
            status = append_methods(&list, router->patterns[i]);
    }
    if (status == 0)
        text = duet__arena_copy(arena, duet__buffer_text(&list));
    duet__buffer_free(&list);
    return text;
}
