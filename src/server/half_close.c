/* SPDX-License-Identifier: MIT */
/* half_close.c - the choice, of the route or of the server. */
#include "server/half_close.h"

#include "base/error.h"
#include "server/server.h"

int duet__half_close_check(duet_half_close value)
{
    if (value >= DUET_HALF_CLOSE_DEFAULT && value <= DUET_HALF_CLOSE_ANSWERS)
        return 0;
    return duet__fail(DUET_EINVAL, "%d is no value of half_close", (int)value);
}

bool duet__half_close_answers(const duet_request *request)
{
    duet_half_close choice = request->match.route->half_close;

    if (choice == DUET_HALF_CLOSE_DEFAULT)
        choice = request->server->settings.half_close;
    return choice == DUET_HALF_CLOSE_ANSWERS;
}
