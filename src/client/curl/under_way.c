/* SPDX-License-Identifier: MIT */
/* under_way.c - which responses the clock of a loop waits for. */
#include "client/curl/under_way.h"

#include "runtime/core/virtual_time.h"

/* The port that the request went out from; 0: it has not. */
static uint16_t own_port(const duet__transfer *transfer)
{
    const duet__curl_driver *driver = transfer->driver;

    if (transfer->uses < 0 || (size_t)transfer->uses >= driver->descriptors)
        return 0;
    return driver->sockets[transfer->uses].port;
}

void duet__curl_under_way(duet__driver *driver, struct duet__under_way *all)
{
    duet__curl_driver *self = DUET__MEMBER(driver, duet__curl_driver, driver);

    for (duet__link *link = self->running.next; link != &self->running;
         link = link->next) {
        const duet__transfer *transfer =
            DUET__MEMBER(link, duet__transfer, link);
        uint16_t port = own_port(transfer);

        if (transfer->is_full || transfer->is_starved) /* it waits for us */
            continue;
        if (port != 0)
            duet__under_way_add(all->asking, port);
        else
            all->waits_for_peer = true;
    }
}
