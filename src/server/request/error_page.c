/* SPDX-License-Identifier: MIT */
/* error_page.c - statuses and codes turned into pages.
 *
 * The page tells the client nothing but the status: what went wrong inside goes
 * to the log. */
#include "server/request/error_page.h"

#include <stdio.h>

#include <duet/error.h>
#include <duet/status.h>

#include "server/application/application.h"
#include "server/request/server_state.h"
#include "stream/multipart/multipart.h"

size_t duet__error_page_write(int status, char page[DUET__ERROR_PAGE_BYTES])
{
    int length = snprintf(page, DUET__ERROR_PAGE_BYTES, "%d %s\n", status,
                          duet_status_reason(status));

    return length < 0 ? 0 : (size_t)length;
}

static void reply_plain(duet_request *request, int status)
{
    static const duet__text no_memory = {"500 Internal Server Error\n", 26};
    char page[DUET__ERROR_PAGE_BYTES];
    size_t length = duet__error_page_write(status, page);
    const char *copy =
        duet__arena_copy(&request->arena, duet__text_of(page, length));

    request->reply.chosen_type = NULL;
    request->reply.has_length = false;
    if (copy == NULL)
        duet__reply_set(request, 500, no_memory, DUET__ERROR_PAGE_TYPE);
    else
        duet__reply_set(request, status, duet__text_of(copy, length),
                        DUET__ERROR_PAGE_TYPE);
}

/* The methods of all routes, for what is asked of the server itself. */
static const char *all_methods(const duet_request *request)
{
    const char *methods = request->server->application->router.methods.bytes;

    return methods != NULL ? methods : "OPTIONS";
}

static const char *allowed_methods(duet_request *request)
{
    if (duet__request_is_connect(request))
        return all_methods(request);
    return duet__router_allow(&request->server->application->router,
                              request->head.path, &request->arena);
}

/* What the handler has said itself stays. */
static void add_field(duet_request *request, const char *name,
                      const char *value)
{
    if (value != NULL && !duet__reply_has_field(&request->reply, name))
        (void)!duet_reply_field(request, name, value);
}

static void add_fields(duet_request *request, int status)
{
    if (status == 405)
        add_field(request, "Allow", allowed_methods(request));
    else if (status == 503)
        add_field(request, "Retry-After", "1");
}

/* Has the application filled the page in? */
static bool reply_of_application(duet_request *request, int status,
                                 const char *detail)
{
    const duet_application *application = request->server->application;

    if (application->error_page == NULL || status < 400)
        return false;
    detail = duet__arena_copy(&request->arena, duet__text_from(detail));
    request->reply.status = 0;
    request->reply.chosen_type = NULL;
    request->reply.has_length = false;
    application->error_page(request, status, detail != NULL ? detail : "",
                            application->error_context);
    return request->reply.status != 0;
}

void duet__error_page(duet_request *request, int status, const char *detail)
{
    add_fields(request, status);
    if (!reply_of_application(request, status, detail))
        reply_plain(request, status);
}

void duet__error_page_plain(duet_request *request, int status)
{
    duet__reply_reset(&request->reply);
    reply_plain(request, status);
    add_fields(request, status);
}

void duet__error_page_options(duet_request *request)
{
    duet__reply_set(request, 200, DUET__TEXT(""), NULL);
    add_field(request, "Allow", all_methods(request));
}

static void log_failure(duet_request *request, const char *what,
                        const char *why)
{
    fprintf(request->server->settings.error_log, "duet: %s %s: %s%s%s\n",
            duet_request_method(request), duet_request_target(request), what,
            *why != '\0' ? ": " : "", why);
}

/* The status that a client gets whose form or parts failed with that code; 0:
 * they have not. */
static int status_of_form(const duet_request *request, int code)
{
    int failure = request->asked.form_failure;

    if (failure == 0 && request->asked.parts != NULL)
        failure = duet__multipart_failure(request->asked.parts);
    if (code != failure)
        return 0;
    switch (code) {
    case DUET_ETOOLARGE:
        return 413;
    case DUET_ENOTSUP:
        return 415;
    case DUET_EFIELD:
    case DUET_EPROTOCOL:
    case DUET_ETRUNCATED:
        return 400;
    default:
        return 0;
    }
}

/* The status of a negative code; logs it if it is a failure of the handler. */
static int status_of_code(duet_request *request, int code, const char *why)
{
    if (request->run.has_timed_out)
        return 503;
    if (request->body.failure == code && code != DUET_EDISCONNECTED &&
        code != DUET_ECLOSED)
        return request->body.failure_status;
    if (code == DUET_EJSON && request->asked.json_is_malformed)
        return 400;
    if (status_of_form(request, code) != 0)
        return status_of_form(request, code);
    if (code == DUET_ECANCELED &&
        (request->connection->has_hung_up || request->server->is_stopping))
        return 503;
    log_failure(request, duet_error_name(code), why);
    return code == DUET_ETIMEDOUT ? 504 : 500;
}

void duet__error_page_log(duet_request *request, int result)
{
    if (result < 0)
        (void)status_of_code(request, result, duet_error_message(result));
    else
        log_failure(request, "the handler returned a status",
                    "its reply had begun");
}

void duet__error_page_conclude(duet_request *request, int result)
{
    const char *detail = "";

    if (result == 0 && request->reply.status != 0)
        return;
    if (result < 0) {
        detail = request->run.has_timed_out ? "the handler took too long"
                                            : duet_error_message(result);
        result = status_of_code(request, result, detail);
    } else if (result == 0) {
        detail = "the handler gave no reply";
        log_failure(request, detail, "");
    } else if (result < 200 || result > 599) {
        detail = "the handler returned no status";
        log_failure(request, detail, "");
    }
    duet__error_page(request, result < 200 || result > 599 ? 500 : result,
                     detail);
}
