/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdio.h>

#include "server/application/router.h"
#include "support/memory.h"

static duet__route *route; /* the newest */

static int handler(duet_request *request, void *context)
{
    (void)request;
    (void)context;
    return 0;
}

/* The context of each route is its text: "GET /a". */
static duet__router *router_of(const char *const *routes)
{
    static duet__router router;
    char method[16];

    duet__router_init(&router, 100);
    for (; *routes != NULL; routes++) {
        size_t length = strcspn(*routes, " ");

        memcpy(method, *routes, length);
        method[length] = '\0';
        assert_status(duet__router_add(&router, method, *routes + length + 1,
                                       handler, (void *)(uintptr_t)*routes,
                                       &route),
                      0);
    }
    return &router;
}

/* What a request finds: the route's text, "404" or "405 GET, HEAD". */
static void assert_found(const duet__router *router, const char *method,
                         const char *path, const char *expected)
{
    max_align_t memory[64];
    char found[256];
    duet__arena arena;
    duet__path_captures captures;
    duet__match match = {.captures = &captures};
    int status;

    duet__arena_init(&arena, memory, sizeof memory);
    status = duet__router_find(router, duet__text_from(method),
                               duet__text_from(path), &arena, &match);
    if (status == 0)
        snprintf(found, sizeof found, "%s", (char *)match.route->context);
    else if (status == 405)
        snprintf(found, sizeof found, "405 %s",
                 duet__router_allow(router, duet__text_from(path), &arena));
    else
        snprintf(found, sizeof found, "%d", status);
    assert_string_equal(found, expected);
    duet__arena_reset(&arena);
}

static void fixed_paths_are_found_as_they_decode(void **state)
{
    const char *routes[] = {"GET /",      "GET /a/b",   "GET /a/b/",
                            "GET /c%20d", "GET /e%2Ff", NULL};
    duet__router *router = router_of(routes);

    (void)state;
    assert_found(router, "GET", "/", "GET /");
    assert_found(router, "GET", "/a/b", "GET /a/b");
    assert_found(router, "GET", "/a/b/", "GET /a/b/");
    assert_found(router, "GET", "/%61/b", "GET /a/b");
    assert_found(router, "GET", "/a%2Fb", "404");
    assert_found(router, "GET", "/c%20d", "GET /c%20d");
    assert_found(router, "GET", "/e%2ff", "GET /e%2Ff");
    assert_found(router, "GET", "/e/f", "404");
    assert_found(router, "GET", "/a", "404");
    assert_found(router, "GET", "*", "404");
    assert_found(router, "GET", "", "404");
    duet__router_free(router);
}

static void methods_have_handlers_of_their_own(void **state)
{
    const char *routes[] = {"GET /a", "POST /a", "POST /b", "HEAD /c",
                            "GET /c", "* /d",    "GET /d",  NULL};
    duet__router *router = router_of(routes);

    (void)state;
    assert_found(router, "POST", "/a", "POST /a");
    assert_found(router, "HEAD", "/a", "GET /a");
    assert_found(router, "HEAD", "/c", "HEAD /c");
    assert_found(router, "PUT", "/a", "405 GET, HEAD, POST");
    assert_found(router, "get", "/a", "405 GET, HEAD, POST");
    assert_found(router, "HEAD", "/b", "405 POST");
    assert_found(router, "PUT", "/c", "405 HEAD, GET");
    assert_found(router, "PURGE", "/d", "* /d");
    assert_found(router, "GET", "/d", "GET /d");
    assert_found(router, "HEAD", "/d", "GET /d");
    duet__router_free(router);
}

static void fixed_beats_captured_from_the_left(void **state)
{
    const char *routes[] = {"GET /{x}/b",     "GET /a/{y}", "GET /a/b",
                            "GET /a/{rest*}", "GET /{x}/c", NULL};
    duet__router *router = router_of(routes);

    (void)state;
    assert_found(router, "GET", "/a/b", "GET /a/b");
    assert_found(router, "GET", "/a/c", "GET /a/{y}");
    assert_found(router, "GET", "/a/c/d", "GET /a/{rest*}");
    assert_found(router, "GET", "/z/b", "GET /{x}/b");
    assert_found(router, "GET", "/z/c", "GET /{x}/c");
    assert_found(router, "GET", "/z/d", "404");
    duet__router_free(router);
}

static void path_without_the_method_does_not_hide_another(void **state)
{
    const char *routes[] = {"POST /a/b", "GET /a/{x}", "PUT /{y}/b", NULL};
    duet__router *router = router_of(routes);

    (void)state;
    assert_found(router, "GET", "/a/b", "GET /a/{x}");
    assert_found(router, "PUT", "/a/b", "PUT /{y}/b");
    assert_found(router, "DELETE", "/a/b", "405 POST, GET, HEAD, PUT");
    duet__router_free(router);
}

static void catch_all_leaves_other_methods_to_405(void **state)
{
    const char *routes[] = {"GET /a",      "POST /a/{x}", "* /{rest*}",
                            "PUT /a/{x*}", "* /b",        "GET /{y}",
                            NULL};
    duet__router *router = router_of(routes);

    (void)state;
    assert_found(router, "GET", "/a", "GET /a");
    assert_found(router, "DELETE", "/a", "405 GET, HEAD");
    assert_found(router, "DELETE", "/a/c", "405 POST, PUT");
    assert_found(router, "PUT", "/a/c", "PUT /a/{x*}");
    assert_found(router, "DELETE", "/a/c/d", "405 PUT");
    assert_found(router, "DELETE", "/b", "* /b");
    assert_found(router, "GET", "/b", "* /b");
    assert_found(router, "POST", "/c", "405 GET, HEAD");
    assert_found(router, "POST", "/c/d", "* /{rest*}");
    assert_found(router, "POST", "/", "* /{rest*}");
    duet__router_free(router);
}

static void methods_of_all_routes_are_known(void **state)
{
    const char *routes[] = {"GET /a", "POST /a",  "* /b",
                            "GET /c", "PURGE /d", NULL};
    duet__router *router = router_of(routes);

    (void)state;
    assert_string_equal(router->methods.bytes,
                        "OPTIONS, GET, HEAD, POST, PURGE");
    duet__router_free(router);
}

static void conflicts_and_nonsense_are_refused(void **state)
{
    const char *routes[] = {"GET /a/{x}", "GET /b", NULL};
    duet__router *router = router_of(routes);

    (void)state;
    assert_status(duet__router_add(router, "GET", "/b", handler, NULL, &route),
                  DUET_EROUTE);
    assert_string_equal(duet_error_detail(),
                        "route GET \"/b\" is there already");
    assert_status(
        duet__router_add(router, "GET", "/%62", handler, NULL, &route),
        DUET_EROUTE);
    assert_status(
        duet__router_add(router, "GET", "/a/{x}", handler, NULL, &route),
        DUET_EROUTE);
    assert_status(
        duet__router_add(router, "POST", "/a/{y}", handler, NULL, &route),
        DUET_EROUTE);
    assert_string_equal(duet_error_detail(), "route \"/a/{y}\" names its parts "
                                             "otherwise than \"/a/{x}\"");
    assert_status(duet__router_add(router, "G T", "/c", handler, NULL, &route),
                  DUET_EROUTE);
    assert_status(duet__router_add(router, "GET", "c", handler, NULL, &route),
                  DUET_EROUTE);
    assert_status(
        duet__router_add(router, "POST", "/a/{x}", handler, NULL, &route), 0);
    router->routes_max = 3;
    assert_status(duet__router_add(router, "GET", "/c", handler, NULL, &route),
                  DUET_EFULL);
    duet__router_free(router);
}

static int build(void)
{
    duet__router router;
    int status;

    duet__router_init(&router, 100);
    status = duet__router_add(&router, "GET", "/a", handler, NULL, &route);
    if (status == 0)
        status = duet__router_add(&router, "POST", "/a", handler, NULL, &route);
    if (status == 0)
        status =
            duet__router_add(&router, "GET", "/{x}", handler, NULL, &route);
    duet__router_free(&router);
    return status;
}

static void out_of_memory_leaves_nothing(void **state)
{
    (void)state;
    test_each_allocation_failing(build, 5);
}

TEST_MAIN(test(fixed_paths_are_found_as_they_decode),
          test(methods_have_handlers_of_their_own),
          test(fixed_beats_captured_from_the_left),
          test(path_without_the_method_does_not_hide_another),
          test(catch_all_leaves_other_methods_to_405),
          test(methods_of_all_routes_are_known),
          test(conflicts_and_nonsense_are_refused),
          test(out_of_memory_leaves_nothing))
