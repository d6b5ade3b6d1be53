/* SPDX-License-Identifier: MIT */
/* driver.c - one libcurl multi handle as a driver of the loop.
 *
 * Tasks put transfers into `entering` and `leaving`; the driver's turn hands
 * them to libcurl, on the loop's stack. Invariant: a transfer is in the list
 * that its state names; libcurl has exactly those that run and leave. */
#include "client/curl/driver.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/error.h"
#include "client/curl/connect.h"
#include "client/curl/finish.h"
#include "client/curl/list.h"
#include "client/curl/names.h"
#include "client/curl/request.h"
#include "client/curl/result.h"
#include "client/curl/socket.h"
#include "client/curl/transfer.h"
#include "client/curl/under_way.h"
#include "client/curl/upload.h"
#include "runtime/core/wait.h"

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
    duet__curl_upload_wake(driver, -1);
}

static duet_deadline due(duet__driver *base)
{
    duet__curl_driver *driver = DUET__MEMBER(base, duet__curl_driver, driver);

    if (!duet__list_is_empty(&driver->entering) ||
        !duet__list_is_empty(&driver->leaving) || driver->has_broken)
        return DUET_NOW;
    return driver->timer;
}

/* --- a task's side ------------------------------------------------------- */

/* The task gives up. If libcurl has the transfer, the driver takes it away
 * later in this turn. */
static void abandon(duet__transfer *transfer)
{
    duet__curl_end_race(transfer);
    transfer->race.addresses = duet__text_of(NULL, 0);
    transfer->hop = NULL;
    if (transfer->state == DUET__TRANSFER_RUNNING) {
        duet__list_remove(&transfer->link);
        transfer->state = DUET__TRANSFER_LEAVING;
        duet__list_push_back(&transfer->driver->leaving, &transfer->link);
    } else {
        duet__transfer_recycle(transfer);
    }
}

static int give_up(duet__transfer *transfer, int code, const char *what)
{
    const duet__hop *hop = transfer->hop;
    int64_t begin_ns;
    duet_phase phase = duet__transfer_phase(transfer, &begin_ns);

    if (transfer->state == DUET__TRANSFER_RUNNING)
        duet__transfer_read_times(transfer);
    abandon(transfer);
    return duet__phase_fail(code, phase, hop->where, begin_ns, "%s", what);
}

/* Decides whether to wait on after a wait that ended with `status`. If not,
 * sets `*result` to the code of a transfer that was given up, or to 0 for one
 * that has ended by itself. */
static bool goes_on(duet__transfer *transfer, int status,
                    duet_deadline deadline, duet_deadline *check, int *result)
{
    const duet__hop *hop = transfer->hop;
    bool has_ended = transfer->state >= DUET__TRANSFER_DONE;
    int64_t now_ns = duet_clock_ns();
    int64_t begin_ns;
    duet_deadline own;
    duet_phase phase;

    *result = 0;
    if (has_ended && status != DUET_ECANCELED)
        return false;
    if (status != DUET_ETIMEDOUT) {
        *result = give_up(transfer, status, duet_error_text(status));
        return false;
    }
    phase = duet__transfer_phase(transfer, &begin_ns);
    own = duet__phase_deadline(hop->limits, phase, begin_ns);
    if (now_ns >= duet_deadline_earlier(own, deadline).at_ns) {
        *result = give_up(transfer, status, duet__transfer_silence(phase));
        return false;
    }
    *check = duet__phase_next_check(hop->limits, phase, begin_ns, now_ns);
    return true;
}

/* Waits until the transfer has ended, or gives it up. */
static int wait_for(duet__transfer *transfer, duet_deadline deadline)
{
    int64_t begin_ns = transfer->begin_ns;
    duet_deadline check = duet__phase_next_check(
        transfer->hop->limits, DUET_PHASE_CONNECT, begin_ns, begin_ns);
    int status;
    int result;

    do {
        duet__wait wait = {.what = "transfer", .object = transfer};

        duet__list_push_back(&transfer->waiters, &wait.link);
        status = duet__park(&wait, duet_deadline_earlier(check, deadline));
    } while (status != 0 &&
             goes_on(transfer, status, deadline, &check, &result));
    return status != 0 ? result : 0;
}

int duet__curl_run(duet__curl_driver *driver, duet__hop *hop,
                   duet_deadline deadline)
{
    duet__transfer *transfer = duet__transfer_take(driver);
    int status;

    if (transfer == NULL)
        return duet__phase_fail(DUET_ENOMEM, DUET_PHASE_CONNECT, hop->where,
                                duet_clock_ns(), "out of memory");
    transfer->hop = hop;
    transfer->sends = 0;
    transfer->race.addresses = hop->addresses != NULL
                                   ? duet__text_from(hop->addresses)
                                   : duet__text_of(NULL, 0);
    transfer->begin_ns = hop->begin_ns;
    duet__transfer_enter(transfer);
    status = wait_for(transfer, deadline);
    if (status != 0)
        return status;
    if (transfer->state == DUET__TRANSFER_RUNNING) { /* see note_progress() */
        duet__transfer_read_times(transfer);
        abandon(transfer);
        return 0;
    }
    if (transfer->state == DUET__TRANSFER_CLOSED) {
        status = duet__phase_fail(DUET_ECLOSED, transfer->closed_in, hop->where,
                                  transfer->begin_ns, "the session was closed");
    } else {
        status = duet__transfer_judge(transfer);
    }
    duet__transfer_recycle(transfer);
    return status;
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
        duet__wake_first(&transfer->waiters, 0);
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
