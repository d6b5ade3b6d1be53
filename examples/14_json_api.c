/* SPDX-License-Identifier: MIT */
/* 14_json_api.c - JSON in, JSON out.
 * Shows:  the body as JSON, parsed once and freed with the request; a reply
 *         that takes a JSON value; state shared without a lock.
 * Run:    ./14_json_api 8080
 * Prints: listening on http://127.0.0.1:8080 */
#include <duet/duet.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/* All handlers run in one thread, so this needs no lock. */
static json_t *items;

static int list_items(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_json(request, 200, json_incref(items));
}

static int add_item(duet_request *request, void *context)
{
    json_t *body;
    const char *name;
    json_int_t id = (json_int_t)json_array_size(items) + 1;
    int status = duet_request_json(request, &body);

    (void)context;
    if (status != 0)
        return status; /* 400, if it is not JSON */
    if (json_unpack(body, "{s:s}", "name", &name) != 0)
        return 400;
    status = duet_reply_json(request, 201,
                             json_pack("{s:I, s:s}", "id", id, "name", name));
    if (status == 0 && json_array_append_new(items, json_string(name)) != 0)
        status = DUET_ENOMEM; /* 500: what is not stored is not created */
    return status;
}

int main(int count, char **arguments)
{
    const duet_server_options options = {
        .port = (uint16_t)(count > 1 ? strtol(arguments[1], NULL, 10) : 8080),
    };
    duet_application *application = NULL;
    items = json_array();
    int status =
        items != NULL ? duet_application_new(NULL, &application) : DUET_ENOMEM;
    if (status == 0)
        status = duet_route(application, "GET", "/items", list_items, NULL);
    if (status == 0)
        status = duet_route(application, "POST", "/items", add_item, NULL);
    if (status == 0)
        status = duet_serve(application, &options);
    duet_application_free(application);
    json_decref(items);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
