/* SPDX-License-Identifier: MIT */
/* reply_fit.c - the length of a head, from above, against what there is. */
#include "server/request/reply_fit.h"

#include <stdio.h>
#include <string.h>

#include "server/request/error_page.h"
#include "server/request/server_state.h"

/* Status line, Date, Content-Length, Connection. */
enum { OWN_LINES_BYTES = 160 };

static size_t head_bytes(const duet__reply *reply)
{
    const char *type = duet__reply_type(reply);
    size_t bytes = OWN_LINES_BYTES;

    if (type != NULL)
        bytes += sizeof "Content-Type: \r\n" + strlen(type);
    for (const duet__reply_field *field = reply->fields; field != NULL;
         field = field->next)
        bytes += strlen(field->name) + strlen(field->value) + 4;
    return bytes;
}

/* Our own fields always fit. */
static bool fits(const duet_request *request)
{
    const duet__reply *reply = &request->reply;

    return (reply->fields == NULL && reply->chosen_type == NULL) ||
           head_bytes(reply) <= request->reply_head_max;
}

void duet__reply_fit(duet_request *request)
{
    if (fits(request))
        return;
    fprintf(request->server->settings.error_log,
            "duet: %s %s: the fields of the reply, %zu bytes, are more than "
            "the %zu that connection_memory_bytes leaves\n",
            duet_request_method(request), duet_request_target(request),
            head_bytes(&request->reply), request->reply_head_max);
    duet__reply_reset(&request->reply);
    duet__error_page(request, 500, "the fields of the reply are too large");
    if (!fits(request))
        duet__error_page_plain(request, 500);
}
