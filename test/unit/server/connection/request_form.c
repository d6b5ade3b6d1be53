/* SPDX-License-Identifier: MIT */
#include "server/connection/request_form.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/test.h"
#include "support/web.h"

#define URLENCODED "application/x-www-form-urlencoded"
#define MULTIPART "multipart/form-data; boundary=AaB"
#define TEXT(name, content)                                                    \
    "--AaB\r\nContent-Disposition: form-data; name=\"" name                    \
    "\"\r\n\r\n" content "\r\n"
#define FILE_PART(name, filename, content)                                     \
    "--AaB\r\nContent-Disposition: form-data; name=\"" name                    \
    "\"; filename=\"" filename "\"\r\n\r\n" content "\r\n"
#define END "--AaB--\r\n"

/* --- handlers ------------------------------------------------------------ */

/* Asks twice: what was found is found again. */
static int whole(duet_request *request, void *context)
{
    const duet_form_read_options options = {.memory_bytes_max = 2000};
    duet_form *form, *again;
    duet_form_field *file;
    size_t position = 0;
    int status = duet_request_form(request, &options, &form, DUET_NEVER);

    (void)context;
    assert_status(duet_request_form(request, NULL, &again, DUET_NEVER), status);
    assert_ptr_equal(form, again);
    if (status != 0)
        return status;
    file = duet_form_next(form, "file", &position);
    return duet_reply_textf(
        request, 200, "%zu fields, title %s, file %s of %lld bytes",
        duet_form_count(form), duet_form_text(form, "title", NULL),
        file != NULL ? duet_form_field_filename(file) : "none",
        file != NULL
            ? (long long)duet_reader_remaining(duet_form_field_reader(file))
            : 0LL);
}

/* Tells of each part that is a text. */
static int parts(duet_request *request, void *context)
{
    char told[500] = "";
    size_t length = 0;
    duet_part *part;
    int status;

    (void)context;
    while ((status = duet_next_part(request, &part, DUET_NEVER)) == 0) {
        char *bytes;

        if (duet_part_filename(part) != NULL || duet_part_name(part) == NULL)
            continue;
        status = duet_read_all(duet_part_reader(part), 100, &bytes, NULL,
                               DUET_NEVER);
        if (status != 0)
            return status;
        length += (size_t)snprintf(told + length, sizeof told - length,
                                   "%s=%s;", duet_part_name(part), bytes);
        free(bytes);
    }
    assert_status(duet_next_part(request, &part, DUET_NEVER), status);
    assert_null(part);
    return status != DUET_EEMPTY ? status : duet_reply_text(request, 200, told);
}

/* Of another body than the request's: no fault of the client. */
static int fails_elsewhere(duet_request *request, void *context)
{
    duet_part *part;

    (void)context;
    while (duet_next_part(request, &part, DUET_NEVER) == 0)
        ;
    return DUET_EPROTOCOL;
}

static const test_route routes[] = {{"POST", "/whole", whole},
                                    {"POST", "/parts", parts},
                                    {"POST", "/elsewhere", fails_elsewhere},
                                    {NULL, NULL, NULL}};

/* --- the client ---------------------------------------------------------- */

static const char *post(test_web *web, const char *target, const char *type,
                        const char *body)
{
    static char request[20000];
    size_t length =
        (size_t)snprintf(request, sizeof request,
                         "POST %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                         "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
                         target, type, strlen(body), body);

    assert_true(length < sizeof request);
    return test_ask(web, request);
}

static void expect(test_web *web, const char *target, const char *type,
                   const char *body, const char *expected)
{
    const char *reply = post(web, target, type, body);

    test_expect_status(reply, 200);
    test_expect_body(reply, expected);
}

static void fields_and_parts_are_told(test_web *web)
{
    static const char head[] =
        TEXT("title", "x") "--AaB\r\nContent-Disposition: form-data; "
                           "name=file; filename=\"/a/b\""
                           "\r\n\r\n";
    static char large[6000];

    expect(web, "/whole", URLENCODED, "title=a+b&c=d",
           "2 fields, title a b, file none of 0 bytes");
    expect(web, "/whole", MULTIPART,
           TEXT("title", "a b") FILE_PART("file", "../x.txt", "12345") END,
           "2 fields, title a b, file x.txt of 5 bytes");
    snprintf(large, sizeof large, "%s%05000d\r\n" END, head, 1);
    expect(web, "/whole", MULTIPART, large,
           "2 fields, title x, file b of 5000 bytes");
    expect(web, "/parts", MULTIPART, large, "title=x;");
    expect(web, "/parts", "multipart/mixed; boundary=AaB", TEXT("a", "") END,
           "a=;");
}

static void expect_refused(test_web *web, const char *type, const char *body,
                           int status)
{
    test_expect_status(post(web, "/whole", type, body), status);
    test_expect_status(post(web, "/parts", type, body), status);
}

static void malformed_forms_get_their_status(test_web *web)
{
    static char many[20000 - 200];
    size_t length = 0;

    expect_refused(web, "text/plain", "a=b", 415);
    expect_refused(web, "multipart/form-data", "", 400);
    expect_refused(web, "multipart/form-data; boundary=\"a", "", 400);
    expect_refused(web, MULTIPART, "", 400);
    expect_refused(web, MULTIPART, "a=b", 400);
    expect_refused(web, MULTIPART, TEXT("a", "b"), 400);
    expect_refused(web, MULTIPART, TEXT("a", "b") "--AaB", 400);
    expect_refused(web, MULTIPART,
                   "--AaB\r\nContent-Disposition: form-data; "
                   "name=a\r\n\r\nhello",
                   400);
    expect_refused(web, MULTIPART, TEXT("a", "b") "--AaBx" TEXT("title", "c"),
                   400);
    while (length < sizeof many - 100)
        length += (size_t)snprintf(many + length, 100, "--AaB\r\n\r\n\r\n");
    test_expect_status(post(web, "/parts", MULTIPART, many), 413);
    test_expect_status(post(web, "/whole", URLENCODED, many), 413);
    test_expect_status(post(web, "/elsewhere", MULTIPART, END), 500);
}

/* --- the cases ------------------------------------------------------------ */

#define in_web(name)                                                           \
    static void name##_of_collected_bodies(void **state)                       \
    {                                                                          \
        (void)state;                                                           \
        test_web_run(routes, NULL, name);                                      \
    }                                                                          \
    static void name##_of_streamed_bodies(void **state)                        \
    {                                                                          \
        const duet_route_options options = {.streams_body = true};             \
                                                                               \
        (void)state;                                                           \
        test_options_of_routes = &options;                                     \
        test_web_run(routes, NULL, name);                                      \
        test_options_of_routes = NULL;                                         \
    }

in_web(fields_and_parts_are_told) in_web(malformed_forms_get_their_status)

    TEST_MAIN(test(fields_and_parts_are_told_of_collected_bodies),
              test(fields_and_parts_are_told_of_streamed_bodies),
              test(malformed_forms_get_their_status_of_collected_bodies),
              test(malformed_forms_get_their_status_of_streamed_bodies))
