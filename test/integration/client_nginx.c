/* SPDX-License-Identifier: MIT */
/* The client against nginx: methods, bodies, statuses, connections kept. */
#include "support/client.h"
#include "support/peer.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include <duet/duet.h>

static const char *const SERVER =
    "server {\n"
    "  listen 127.0.0.1:%d;\n"
    "  root %s;\n"
    "  location / { add_header X-Method $request_method; }\n"
    "  location /teapot { return 418 'short and stout'; }\n"
    "  location /where { return 302 /hello.txt; }\n"
    "  location /method {\n"
    "    add_header X-Method $request_method;\n"
    "    add_header X-Length $content_length;\n"
    "    return 200 '$request_method';\n"
    "  }\n"
    "  location /connection { return 200 '$connection'; }\n"
    "  location /agent { return 200 '$http_user_agent'; }\n"
    "  location /custom { return 200 '$http_x_custom|$http_host'; }\n"
    "  location /close { keepalive_timeout 0; return 200 'bye'; }\n"
    "}\n";

static test_peer nginx;

static int start_nginx(void **state)
{
    static char big[300000];
    char text[4096];

    (void)state;
    if (!test_has_program("nginx"))
        test_skip_all("no nginx here: it is not tried as a server");
    test_peer_init(&nginx);
    test_file_write(nginx.folder, "hello.txt", "hello\n", 6);
    memset(big, 'x', sizeof big);
    test_file_write(nginx.folder, "big.txt", big, sizeof big);
    snprintf(text, sizeof text, SERVER, nginx.port, nginx.folder);
    test_nginx_start(&nginx, text);
    return 0;
}

static int stop_nginx(void **state)
{
    (void)state;
    test_peer_stop(&nginx);
    return 0;
}

static char *url_of(const char *path)
{
    static char url[256];

    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", nginx.port, path);
    return url;
}

static duet_response *must_get(duet_session *session, const char *path,
                               const duet_fetch_options *options)
{
    duet_response *response;
    int status =
        duet_get(session, url_of(path), options, &response, duet_in_ms(30000));

    if (status != 0)
        print_error("%s\n", duet_error_detail());
    assert_status(status, 0);
    return response;
}

static void get_hello(duet_session *session)
{
    duet_response *response = must_get(session, "/hello.txt", NULL);
    duet_timings timings = duet_response_timings(response);
    size_t bytes;

    assert_int_equal(duet_response_status(response), 200);
    assert_string_equal(duet_response_body(response, &bytes), "hello\n");
    assert_int_equal(bytes, 6);
    assert_string_equal(
        duet_fields_get(duet_response_fields(response), "x-method"), "GET");
    assert_string_equal(duet_response_url(response), url_of("/hello.txt"));
    assert_int_equal(duet_response_redirects(response), 0);
    assert_true(timings.total_ns > 0);
    assert_true(timings.connect_ns > 0);
    assert_true(timings.total_ns >= timings.connect_ns + timings.first_byte_ns);
    duet_response_free(response);
}

static void get_gives_status_fields_body_and_timings(void **state)
{
    (void)state;
    test_session_run(get_hello);
}

static void get_twice(duet_session *session)
{
    duet_response *response = must_get(session, "/hello.txt", NULL);

    assert_false(duet_response_reused(response));
    duet_response_free(response);
    response = must_get(session, "/teapot", NULL);
    assert_true(duet_response_reused(response));
    assert_int_equal(duet_response_status(response), 418);
    assert_string_equal(duet_response_body(response, NULL), "short and stout");
    assert_int_equal(duet_response_timings(response).connect_ns, 0);
    duet_response_free(response);
    response = must_get(session, "/close", NULL);
    duet_response_free(response);
    response = must_get(session, "/hello.txt", NULL);
    assert_false(duet_response_reused(response));
    duet_response_free(response);
}

static void connection_is_used_again_unless_closed(void **state)
{
    (void)state;
    test_session_run(get_twice);
}

static void redirect(duet_session *session)
{
    const duet_fetch_options none = {.max_redirects = -1};
    duet_response *response = must_get(session, "/where", NULL);

    assert_int_equal(duet_response_status(response), 200);
    assert_int_equal(duet_response_redirects(response), 1);
    assert_string_equal(duet_response_url(response), url_of("/hello.txt"));
    assert_string_equal(duet_response_body(response, NULL), "hello\n");
    duet_response_free(response);
    response = must_get(session, "/where", &none);
    assert_int_equal(duet_response_status(response), 302);
    assert_int_equal(duet_response_redirects(response), 0);
    duet_response_free(response);
}

static void redirect_is_followed_unless_told_otherwise(void **state)
{
    (void)state;
    test_session_run(redirect);
}

static int count_bytes(void *context, const void *bytes, size_t count)
{
    (void)bytes;
    *(size_t *)context += count;
    return 0;
}

static int refuse_bytes(void *context, const void *bytes, size_t count)
{
    (void)context;
    (void)bytes;
    (void)count;
    return DUET_ENOSPC;
}

static void bodies(duet_session *session)
{
    size_t counted = 0;
    const duet_fetch_options sink = {.body_sink = count_bytes,
                                     .body_sink_context = &counted};
    const duet_fetch_options refusing = {.body_sink = refuse_bytes};
    const duet_fetch_options small = {.body_bytes_max = 299999};
    const duet_fetch_options just_enough = {.body_bytes_max = 300000};
    duet_response *response = must_get(session, "/big.txt", &sink);
    size_t bytes;

    assert_int_equal(counted, 300000);
    assert_string_equal(duet_response_body(response, &bytes), "");
    assert_int_equal(bytes, 0);
    duet_response_free(response);
    response = must_get(session, "/big.txt", &just_enough);
    duet_response_body(response, &bytes);
    assert_int_equal(bytes, 300000);
    duet_response_free(response);
    assert_status(
        duet_get(session, url_of("/big.txt"), &small, &response, DUET_NEVER),
        DUET_ETOOLARGE);
    assert_null(response);
    assert_status(
        duet_get(session, url_of("/big.txt"), &refusing, &response, DUET_NEVER),
        DUET_ENOSPC);
    assert_int_equal(duet_error_phase(), DUET_PHASE_BODY);
}

static void body_goes_to_the_sink_or_up_to_the_limit(void **state)
{
    (void)state;
    test_session_run(bodies);
}

/* "" if it is not there. */
static const char *field_of(const duet_response *response, const char *name)
{
    const char *value = duet_fields_get(duet_response_fields(response), name);

    return value != NULL ? value : "";
}

static void expect_method(duet_session *session, const char *method,
                          const char *body)
{
    const duet_fetch_options options = {.body = body,
                                        .body_bytes = strlen(body)};
    duet_response *response;

    assert_status(duet_fetch(session, method, url_of("/method"), &options,
                             &response, duet_in_ms(30000)),
                  0);
    assert_int_equal(duet_response_status(response), 200);
    assert_string_equal(field_of(response, "X-Method"), method);
    assert_int_equal(atoi(field_of(response, "X-Length")), strlen(body));
    assert_string_equal(duet_response_body(response, NULL),
                        strcmp(method, "HEAD") == 0 ? "" : method);
    duet_response_free(response);
}

static void all_methods(duet_session *session)
{
    static const char *const methods[] = {
        "GET", "HEAD", "POST",   "PUT",     "PATCH", "DELETE",
        "GET", "HEAD", "DELETE", "OPTIONS", "GET",   "PROPFIND"};

    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        expect_method(session, methods[i], "");
    expect_method(session, "POST", "body");
    expect_method(session, "GET", "");
    expect_method(session, "PUT", "body");
    expect_method(session, "DELETE", "body");
    expect_method(session, "GET", "body");
    expect_method(session, "GET", "");
}

static void every_method_is_sent_as_it_is_called(void **state)
{
    (void)state;
    test_session_run(all_methods);
}

static void own_fields(duet_session *session)
{
    duet_fetch_options options = {0};
    duet_fields *fields;
    duet_response *response = must_get(session, "/agent", NULL);

    assert_memory_equal(duet_response_body(response, NULL), "duet/", 5);
    duet_response_free(response);
    assert_status(duet_fields_new(NULL, &fields), 0);
    assert_status(duet_fields_add(fields, "X-Custom", "a b"), 0);
    assert_status(duet_fields_add(fields, "Host", "example.org"), 0);
    assert_status(duet_fields_add(fields, "User-Agent", "mine"), 0);
    options.fields = fields;
    response = must_get(session, "/custom", &options);
    assert_string_equal(duet_response_body(response, NULL), "a b|example.org");
    duet_response_free(response);
    response = must_get(session, "/agent", &options);
    assert_string_equal(duet_response_body(response, NULL), "mine");
    duet_response_free(response);
    assert_status(duet_fields_set(fields, "Content-Length", "5"), 0);
    assert_status(
        duet_get(session, url_of("/"), &options, &response, DUET_NEVER),
        DUET_EINVAL);
    duet_fields_free(fields);
    response = must_get(session, "/custom", NULL);
    assert_memory_equal(duet_response_body(response, NULL), "|127.", 5);
    duet_response_free(response);
}

static void fields_of_a_request_are_sent_with_it_only(void **state)
{
    (void)state;
    test_session_run(own_fields);
}

enum { MANY = 500, PER_HOST = 6 /* by default */ };

/* Returns the number that nginx has given to its connection. */
static int get_one(void *argument)
{
    duet_response *response = must_get(argument, "/connection", NULL);
    int number = atoi(duet_response_body(response, NULL));

    assert_int_equal(duet_response_status(response), 200);
    duet_response_free(response);
    return number;
}

/* How many numbers are there? */
static int count_different(const duet_call *calls)
{
    int different = 0;

    for (int i = 0; i < MANY; i++) {
        int before = 0;

        while (before < i && calls[before].result != calls[i].result)
            before++;
        different += before == i;
    }
    return different;
}

static void get_many(duet_session *session)
{
    static duet_call calls[MANY];

    for (int i = 0; i < MANY; i++)
        calls[i] = (duet_call){.function = get_one, .argument = session};
    assert_status(duet_gather(calls, MANY, NULL, DUET_NEVER), 0);
    assert_in_range(count_different(calls), 2, PER_HOST);
}

static void many_at_once_share_the_connections(void **state)
{
    (void)state;
    test_session_run(get_many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(get_gives_status_fields_body_and_timings),
        test(connection_is_used_again_unless_closed),
        test(redirect_is_followed_unless_told_otherwise),
        test(body_goes_to_the_sink_or_up_to_the_limit),
        test(every_method_is_sent_as_it_is_called),
        test(fields_of_a_request_are_sent_with_it_only),
        test(many_at_once_share_the_connections),
    };

    return cmocka_run_group_tests(tests, start_nginx, stop_nginx);
}
