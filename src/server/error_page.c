/* SPDX-License-Identifier: MIT */
/* error_page.c - statuses and codes turned into pages.
 *
 * The page tells the client nothing but the status: what went wrong inside goes
 * to the log. */
#include "server/error_page.h"

#include <stdio.h>

#include <duet/error.h>
#include <duet/status.h>

#include "server/application.h"
#include "server/server.h"

static const char type[] = "text/plain; charset=utf-8";

size_t duet__error_page_write(int status, char page[DUET__ERROR_PAGE_BYTES])
{
    int length = snprintf(page, DUET__ERROR_PAGE_BYTES, "%d %s\n", status,
                          duet_status_reason(status));

    return length < 0 ? 0 : (size_t)length;
}

void duet__error_page(duet_request *request, int status)
{
    static const duet__text no_memory = {"500 Internal Server Error\n", 26};
    char page[DUET__ERROR_PAGE_BYTES];
    size_t length = duet__error_page_write(status, page);
    const char *copy =
        duet__arena_copy(&request->arena, duet__text_of(page, length));

    request->reply.chosen_type = NULL;
    request->reply.has_length = false;
    if (copy == NULL) {
        duet__reply_set(request, 500, no_memory, type);
        return;
    }
    duet__reply_set(request, status, duet__text_of(copy, length), type);
    if (status == 405) {
        const char *allow =
            duet__router_allow(&request->server->application->router,
                               request->path, &request->arena);

        if (allow != NULL)
            (void)duet_reply_field(request, "Allow", allow);
    } else if (status == 503) {
        (void)duet_reply_field(request, "Retry-After", "1");
    }
}

static void log_failure(duet_request *request, const char *what,
                        const char *why)
{
    fprintf(request->server->settings.error_log, "duet: %s %s: %s%s%s\n",
            duet_request_method(request), duet_request_target(request), what,
            *why != '\0' ? ": " : "", why);
}

/* The status of a negative code; logs it if it is a failure of the handler. */
static int status_of_code(duet_request *request, int code)
{
    const char *detail = duet_error_detail();

    if (request->has_timed_out)
        return 503;
    if (code == DUET_EJSON && request->json_is_malformed)
        return 400;
    if (code == DUET_ECANCELED &&
        (request->connection->has_hung_up || request->server->is_stopping))
        return 503;
    log_failure(request, duet_error_name(code),
                *detail != '\0' ? detail : duet_error_text(code));
    return code == DUET_ETIMEDOUT ? 504 : 500;
}

void duet__error_page_conclude(duet_request *request, int result)
{
    if (result == 0 && request->reply.status != 0)
        return;
    if (result < 0)
        result = status_of_code(request, result);
    else if (result == 0)
        log_failure(request, "the handler gave no reply", "");
    else if (result < 200 || result > 599)
        log_failure(request, "the handler returned no status", "");
    duet__error_page(request, result < 200 || result > 599 ? 500 : result);
}
