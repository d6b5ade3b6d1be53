/* SPDX-License-Identifier: MIT */
/* log.c - lines of the log as signs. */
#include "server/mhd/log.h"

#include "server/mhd/receive.h"
#include "server/request/request.h"
#include "server/request/server_state.h"

/* Every message is the format, not what comes of it. */
static bool begins_with(const char *format, const char *start)
{
    return strncmp(format, start, strlen(start)) == 0;
}

static void refuse(duet_server *server, unsigned status)
{
    duet__connection *connection = server->mhd.current;
    const duet_request *request;

    if (connection == NULL || status < 400 || status > 599)
        return;
    request = connection->request;
    if (request != NULL && request->phase > DUET__REQUEST_BODY &&
        !request->body.is_coming)
        return;
    duet__mhd_refuse(connection, (int)status, "libmicrohttpd cannot read it");
}

void duet__mhd_log(void *server, const char *format, va_list arguments)
{
    if (begins_with(format, "Error processing request"))
        refuse(server, va_arg(arguments, unsigned));
    else if (begins_with(format, "Hit process or system resource limit"))
        ((duet_server *)server)->mhd.lacks_descriptors = true;
}
