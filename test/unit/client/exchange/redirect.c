/* SPDX-License-Identifier: MIT */
#include "client/exchange/redirect.h"
#include "support/test.h"

#include <stdio.h>

/* "METHOD URL" of what follows, '!' behind it if the origin changes. */
static void expect(int status, const char *method, const char *from,
                   const char *location, const char *expected)
{
    duet__redirect redirect;
    duet_url *url;
    char seen[512];

    assert_status(duet_url_parse(from, &url), 0);
    assert_status(duet__redirect_read(status, method, url, location, &redirect),
                  0);
    snprintf(seen, sizeof seen, "%s %s%s", redirect.to_get ? "GET" : method,
             duet_url_text(redirect.url), redirect.to_other ? "!" : "");
    assert_string_equal(seen, expected);
    duet_url_free(redirect.url);
    duet_url_free(url);
}

static void method_follows_the_status(void **state)
{
    (void)state;
    expect(301, "POST", "http://a/x", "/y", "GET http://a/y");
    expect(302, "POST", "http://a/x", "/y", "GET http://a/y");
    expect(301, "PUT", "http://a/x", "/y", "PUT http://a/y");
    expect(302, "HEAD", "http://a/x", "/y", "HEAD http://a/y");
    expect(303, "PUT", "http://a/x", "/y", "GET http://a/y");
    expect(303, "HEAD", "http://a/x", "/y", "HEAD http://a/y");
    expect(307, "POST", "http://a/x", "/y", "POST http://a/y");
    expect(308, "POST", "http://a/x", "/y", "POST http://a/y");
}

static void location_is_relative_and_inherits_the_fragment(void **state)
{
    (void)state;
    expect(301, "GET", "http://a/b/c?d#e", "f", "GET http://a/b/f#e");
    expect(301, "GET", "http://a/b/c#e", "f#g", "GET http://a/b/f#g");
    expect(301, "GET", "http://a/b", "//c/d", "GET http://c/d!");
    expect(301, "GET", "http://a/b", "https://a/b", "GET https://a/b!");
    expect(301, "GET", "http://a/b", "http://a:8080/", "GET http://a:8080/!");
    expect(301, "GET", "http://a/b", "http://A:80/", "GET http://a/");
}

static void user_info_stays_with_its_origin(void **state)
{
    (void)state;
    expect(301, "GET", "http://u:p@a/b", "/c", "GET http://u:p@a/c");
    expect(301, "GET", "http://u:p@a/b#f", "http://a/c",
           "GET http://u:p@a/c#f");
    expect(301, "GET", "http://u:p@a/b", "//a:80/c", "GET http://u:p@a/c");
    expect(301, "GET", "http://u:p@a/b", "http://v@a/c", "GET http://v@a/c");
    expect(301, "GET", "http://u:p@a/b", "http://a:81/c", "GET http://a:81/c!");
    expect(301, "GET", "http://u:p@a/b", "https://a/c", "GET https://a/c!");
    expect(301, "GET", "http://u:p@a/b", "//c/", "GET http://c/!");
}

static void other_schemes_are_not_followed(void **state)
{
    static const char *const bad[] = {"ftp://a/", "file:///etc/passwd",
                                      "javascript:x", "http://", "//[x"};
    duet__redirect redirect;
    duet_url *url;

    (void)state;
    assert_status(duet_url_parse("http://a/", &url), 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_status(duet__redirect_read(301, "GET", url, bad[i], &redirect),
                      DUET_EREDIRECT);
    duet_url_free(url);
}

static duet_fields *stripped(bool to_get, bool to_other)
{
    static const char *const names[] = {"Authorization", "Cookie", "Host",
                                        "Content-Type", "Accept"};
    const duet__redirect redirect = {.to_get = to_get, .to_other = to_other};
    duet_fields *fields;

    assert_status(duet_fields_new(NULL, &fields), 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_status(duet_fields_add(fields, names[i], "x"), 0);
    duet__redirect_strip(&redirect, fields);
    return fields;
}

static void credentials_stay_at_their_origin(void **state)
{
    duet_fields *fields = stripped(false, true);

    (void)state;
    assert_null(duet_fields_get(fields, "Authorization"));
    assert_null(duet_fields_get(fields, "Cookie"));
    assert_null(duet_fields_get(fields, "Host"));
    assert_int_equal(duet_fields_count(fields), 2);
    duet_fields_free(fields);
    fields = stripped(false, false);
    assert_int_equal(duet_fields_count(fields), 5);
    duet_fields_free(fields);
}

static void fields_of_the_body_go_with_it(void **state)
{
    duet_fields *fields = stripped(true, false);

    (void)state;
    assert_null(duet_fields_get(fields, "Content-Type"));
    assert_int_equal(duet_fields_count(fields), 4);
    duet_fields_free(fields);
}

TEST_MAIN(test(method_follows_the_status),
          test(location_is_relative_and_inherits_the_fragment),
          test(user_info_stays_with_its_origin),
          test(other_schemes_are_not_followed),
          test(credentials_stay_at_their_origin),
          test(fields_of_the_body_go_with_it))
