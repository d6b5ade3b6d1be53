/* SPDX-License-Identifier: MIT */
/* driver.c - one libcurl multi handle as a driver of the loop.
 *
 * Tasks put transfers into `entering` and `leaving`; the driver's turn hands
 * them to libcurl, on the loop's stack. Invariant: a transfer is in the list
 * that its state names; libcurl has exactly those that run and leave. */
#include "client/curl/driver.h"

#include <pthread.h>
#include <stdlib.h>

#include "client/curl/finish.h"
#include "client/curl/list.h"
#include "client/curl/names.h"
#include "client/curl/request.h"
#include "client/curl/socket.h"
#include "client/curl/stream.h"
#include "client/curl/transfer.h"
#include "client/curl/under_way.h"
#include "client/curl/upload.h"

/* How often libcurl's timer may run in one turn, if due again at once. */
enum { TIMER_RUNS = 8 };

/* --- the driver's turn --------------------------------------------------- */

static void take_entering(duet__curl_driver *driver)
{
    int64_t now_ns = duet_clock_ns();
    duet__link *link;

    while ((link = duet__list_pop_front(&driver->entering)) != NULL) {
        duet__transfer *transfer = DUET__MEMBER(link, duet__transfer, link);

        int status;

        transfer->begin_ns = transfer->heard_ns = now_ns;
        status = duet__transfer_prepare(transfer);
        if (status == 0 &&
            curl_multi_add_handle(driver->multi, transfer->easy) != CURLM_OK)
            status = DUET_ENOMEM;
        if (status != 0) {
            transfer->broken = status;
            duet__transfer_finish(transfer, CURLE_OUT_OF_MEMORY);
            continue;
        }
        transfer->state = DUET__TRANSFER_RUNNING;
        duet__list_push_back(&driver->running, &transfer->link);
    }
}

/* libcurl does not announce the same time twice, even if it still waits for
 * it. */
static void ask_for_timer(duet__curl_driver *driver)
{
    long ms = -1;

    if (!duet_deadline_is_never(driver->timer) ||
        duet__list_is_empty(&driver->running))
        return;
    if (curl_multi_timeout(driver->multi, &ms) == CURLM_OK && ms >= 0)
        driver->timer = duet_in_ms(ms);
}

static void run(duet__driver *base)
{
    duet__curl_driver *driver = DUET__MEMBER(base, duet__curl_driver, driver);

    duet__curl_take_leaving(driver);
    if (!duet__list_is_empty(&driver->entering))
        take_entering(driver);
    duet__curl_take_resuming(driver);
    for (int i = 0; i < TIMER_RUNS && !driver->has_broken &&
                    driver->timer.at_ns <= duet_clock_ns();
         i++) {
        driver->timer = DUET_NEVER;
        duet__curl_act(driver, CURL_SOCKET_TIMEOUT, 0);
        ask_for_timer(driver);
    }
    if (driver->has_broken)
        duet__curl_end_broken(driver);
    duet__curl_drain(driver);
    duet__curl_upload_acted_in_time(driver);
}

static duet_deadline due(duet__driver *base)
{
    duet__curl_driver *driver = DUET__MEMBER(base, duet__curl_driver, driver);

    if (!duet__list_is_empty(&driver->entering) ||
        !duet__list_is_empty(&driver->leaving) ||
        !duet__list_is_empty(&driver->resuming) || driver->has_broken)
        return DUET_NOW;
    return driver->timer;
}

/* --- life ---------------------------------------------------------------- */

/* If there is no memory, the next session tries again. */
static int global_init(void)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static bool is_done;
    int status = 0;

    pthread_mutex_lock(&lock);
    if (!is_done && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        status = DUET_ENOMEM;
    else
        is_done = true;
    pthread_mutex_unlock(&lock);
    return status;
}

static int set_up(duet__curl_driver *driver)
{
    const duet__curl_options *options = driver->options;
    size_t position = 0;
    const char *name;
    const char *value;

    driver->multi = curl_multi_init();
    driver->share = curl_share_init();
    if (driver->multi == NULL || driver->share == NULL)
        return DUET_ENOMEM;
    duet__curl_socket_install(driver);
    curl_multi_setopt(driver->multi, CURLMOPT_MAXCONNECTS,
                      (long)options->kept_max);
    curl_share_setopt(driver->share, CURLSHOPT_SHARE,
                      CURL_LOCK_DATA_SSL_SESSION);
    driver->ca_file = options->ca_file;
    if (driver->ca_file == NULL)
        driver->ca_file = curl_version_info(CURLVERSION_NOW)->cainfo;
    while (options->fields != NULL &&
           duet_fields_next(options->fields, &position, &name, &value))
        if (!duet__curl_list_add_field(&driver->fields, name, value))
            return DUET_ENOMEM;
    return 0;
}

int duet__curl_driver_open(const duet__curl_options *options,
                           duet__curl_driver **out_driver)
{
    duet__curl_driver *driver = calloc(1, sizeof *driver);
    int status;

    *out_driver = NULL;
    if (driver == NULL || global_init() != 0) {
        free(driver);
        return DUET_ENOMEM;
    }
    driver->driver = (duet__driver){.name = "libcurl",
                                    .run = run,
                                    .due = due,
                                    .under_way = duet__curl_under_way};
    driver->loop = duet_current_loop();
    driver->libcurl_version = curl_version_info(CURLVERSION_NOW)->version_num;
    driver->options = options;
    driver->timer = DUET_NEVER;
    duet__link_init(&driver->entering);
    duet__link_init(&driver->running);
    duet__link_init(&driver->leaving);
    duet__link_init(&driver->done);
    duet__link_init(&driver->resuming);
    duet__link_init(&driver->idle);
    duet__link_init(&driver->uploads);
    duet__map_init(&driver->known, SIZE_MAX);
    for (int i = 0; i < DUET__PORT_LISTS; i++)
        driver->by_port[i] = -1;
    duet__loop_add_driver(driver->loop, &driver->driver);
    status = set_up(driver);
    if (status != 0) {
        duet__curl_driver_close(driver);
        return status;
    }
    *out_driver = driver;
    return 0;
}

/* The tasks that wait for these transfers free them. */
static void close_all(duet__list *transfers)
{
    duet__link *link;

    while ((link = duet__list_pop_front(transfers)) != NULL) {
        duet__transfer *transfer = DUET__MEMBER(link, duet__transfer, link);
        int64_t begin_ns;

        transfer->closed_in = duet__transfer_phase(transfer, &begin_ns);
        duet__transfer_free_handle(transfer);
        transfer->state = DUET__TRANSFER_CLOSED;
        duet__transfer_tell_end(transfer);
    }
}

void duet__curl_driver_close(duet__curl_driver *driver)
{
    duet__link *link;

    if (driver == NULL)
        return;
    duet__curl_take_leaving(driver);
    for (link = driver->running.next; link != &driver->running;
         link = link->next)
        duet__transfer_take_out(DUET__MEMBER(link, duet__transfer, link));
    close_all(&driver->running);
    close_all(&driver->entering);
    close_all(&driver->done);
    while ((link = duet__list_pop_front(&driver->idle)) != NULL)
        duet__transfer_free(DUET__MEMBER(link, duet__transfer, link));
    curl_multi_cleanup(driver->multi);
    curl_share_cleanup(driver->share);
    curl_slist_free_all(driver->fields);
    duet__curl_forget_addresses(driver);
    duet__loop_remove_driver(driver->loop, &driver->driver);
    free(driver->sockets);
    free(driver);
}
