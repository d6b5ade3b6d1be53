/* SPDX-License-Identifier: MIT */
/* told.c - libmicrohttpd's send(), and the reply that nobody gets. */
#include "server/mhd/told.h"

#include <pthread.h>
#include <sys/socket.h>

#include "server/connection/checked.h"
#include "server/mhd/receive.h"
#include "server/mhd/reference.h"
#include "server/request/reply_stream_state.h"
#include "server/request/server_state.h"

static ssize_t send_unless_told(int descriptor, const void *bytes,
                                size_t length, int flags)
{
    duet_server *server = duet__mhd_receiver();
    const duet__connection *connection =
        server != NULL ? duet__checked_find(&server->mhd, descriptor) : NULL;

    if (connection != NULL && connection->is_told)
        return (ssize_t)length;
    return send(descriptor, bytes, length, flags);
}

static void install(void)
{
    duet__mhd_refer("send", (duet__mhd_function *)send_unless_told);
}

static struct MHD_Response *response_of(duet__mhd *mhd)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, install);
    if (mhd->told == NULL)
        mhd->told =
            MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    return mhd->told;
}

enum MHD_Result duet__mhd_tell(duet_request *request)
{
    duet__connection *connection = request->connection;
    struct MHD_Response *response;

    if (!request->run.is_answered || request->stream->closes ||
        connection->has_hung_up)
        return MHD_NO;
    response = response_of(&request->server->mhd);
    if (response == NULL)
        return MHD_NO;
    connection->is_told = true;
    request->phase = DUET__REQUEST_SENT;
    return MHD_queue_response(connection->mhd, MHD_HTTP_OK, response);
}

void duet__mhd_told_free(duet__mhd *mhd)
{
    if (mhd->told != NULL)
        MHD_destroy_response(mhd->told);
}
