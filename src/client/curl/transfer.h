/* SPDX-License-Identifier: MIT */
/* transfer.h - the inside of the libcurl driver, for its own files.
 *
 * libcurl runs on the loop's own stack, never on a task's, and its callbacks
 * only copy bytes and wake tasks. */
#ifndef DUET_CLIENT_CURL_TRANSFER_H
#define DUET_CLIENT_CURL_TRANSFER_H

#include <curl/curl.h>

#include "base/list.h"
#include "base/map.h"
#include "base/text.h"
#include "client/curl/driver.h"
#include "runtime/core/loop.h"

typedef enum duet__transfer_state {
    DUET__TRANSFER_IDLE,     /* in driver->idle */
    DUET__TRANSFER_ENTERING, /* in driver->entering: libcurl has it not yet */
    DUET__TRANSFER_RUNNING,  /* in driver->running: libcurl has it */
    DUET__TRANSFER_LEAVING,  /* in driver->leaving: given up, libcurl has it */
    DUET__TRANSFER_DONE,     /* in driver->done: its task is about to read it */
    DUET__TRANSFER_CLOSED,   /* in no list: the driver is gone */
} duet__transfer_state;

enum { DUET__ATTEMPTS = 8 };

/* Connecting to a host of several addresses, curl/connect.c. */
typedef struct duet__race {
    duet__text addresses;         /* that were not tried; of the hop */
    int descriptor;               /* libcurl's; -1 while there is no race */
    int attempts[DUET__ATTEMPTS]; /* those beside it */
    size_t count;                 /* of them */
    duet__timer timer;            /* for the next one */
} duet__race;

/* One easy handle and what it is used for. */
typedef struct duet__transfer {
    duet__link link;
    duet__transfer_state state;
    duet__curl_driver *driver;
    CURL *easy;
    CURLU *origin;              /* where the handle's URL leads, not the path */
    char *origin_text;          /* what `origin` was set to; NULL: unknown */
    duet__hop *hop;             /* NULL unless a task waits for it */
    duet__list waiters;         /* of duet__wait; the task */
    bool is_http2;              /* the response is */
    bool is_set_up;             /* the handle has the options that all share */
    bool is_plain;              /* and those of any GET */
    bool sends_once;            /* the request may not be sent a second time */
    int sends;                  /* how often sending it began */
    int opened;                 /* what was opened for it and not used; or -1 */
    int uses;                   /* the descriptor it was sent on; or -1 */
    uint32_t uses_serial;       /* of that */
    int64_t acknowledged_bytes; /* by its peer, before it was sent */
    bool is_fresh;              /* nothing was sent there before */
    bool must_prove;            /* what comes, that it is an answer */
    bool has_strayed;           /* it was none, or will not come */
    bool spoke_first;           /* the server, before it was asked */
    bool is_again;              /* it is to be sent on a new connection */
    bool wants_fresh;           /* the handle has CURLOPT_FRESH_CONNECT, */
    bool is_watched;            /* CURLOPT_VERBOSE, */
    bool is_forbidden;          /* CURLOPT_FORBID_REUSE */
    struct curl_slist *fields;  /* this request's own; NULL: the driver's */
    struct curl_slist *resolve; /* what libcurl is told about names */
    duet__race race;
    int64_t begin_ns;     /* when libcurl got it */
    int64_t connected_ns; /* when TCP had connected; 0 before */
    int64_t heard_ns;     /* when the last piece of the body came */
    int64_t sent_bytes;   /* of the request's body, as last looked at */
    bool has_own_fields;  /* CURLOPT_HTTPHEADER is not the session's */
    bool has_resolve;     /* the handle has CURLOPT_RESOLVE */
    bool watches_tls;     /* the handle has curl/tls.c's option */
    bool guards_fold;     /* see curl/fold.c */
    int open_error;       /* why no socket could be opened; 0 */
    int broken;           /* a code: it cannot go on; 0 */
    CURLcode result;      /* once done */
    duet_phase closed_in; /* once closed */
    char error_text[CURL_ERROR_SIZE];
} duet__transfer;

/* A descriptor as libcurl uses it. */
typedef struct duet__curl_socket {
    uint32_t wanted;          /* the EPOLL events libcurl waits for */
    uint32_t serial;          /* counts what had this number */
    uint32_t users;           /* requests in progress on it */
    bool is_ours;             /* opened by us, closed by us */
    duet__transfer *connects; /* for this transfer; NULL once it has */
    bool is_shared; /* by several requests: bytes may come at any time */
    bool is_lost;   /* libcurl's notes on this number are spoilt */
    uint16_t port;  /* its own, once a request went out; 0 before */
    int next;       /* in the list of by_port; -1 at the end */
} duet__curl_socket;

enum { DUET__PORT_LISTS = 256 };

struct duet__curl_driver {
    duet__driver driver; /* its place in the loop */
    duet_loop *loop;
    const duet__curl_options *options;
    CURLM *multi;
    CURLSH *share;             /* TLS sessions */
    struct curl_slist *fields; /* of the session */
    const char *ca_file;       /* NULL: libcurl's own choice */
    duet_deadline timer;       /* when libcurl wants to be called */
    duet__list entering;
    duet__list running;
    duet__list leaving;
    duet__list done;
    duet__list idle;
    size_t idle_count;
    unsigned libcurl_version; /* 0x080e01 */
    bool has_broken;          /* some of `running` are */
    duet__map known; /* "host:port" to the addresses libcurl was told */
    duet__curl_socket *sockets; /* by descriptor */
    size_t descriptors;
    int by_port[DUET__PORT_LISTS]; /* the first of those; -1: none */
};

/* Has libcurl act on a descriptor, or on its timer (CURL_SOCKET_TIMEOUT),
 * curl/socket.c. Without memory the transfers that cannot go on are broken. */
void duet__curl_act(duet__curl_driver *driver, curl_socket_t descriptor,
                    int what);

/* A handle, fresh or used before; NULL if there is no memory. */
duet__transfer *duet__transfer_take(duet__curl_driver *driver);

/* Puts a transfer that libcurl has not, or no longer, into the pool; frees one
 * whose driver is gone. */
void duet__transfer_recycle(duet__transfer *transfer);

/* Frees the handle and all that was made for it, not the transfer. */
void duet__transfer_free_handle(duet__transfer *transfer);

/* Frees it and its handle. */
void duet__transfer_free(duet__transfer *transfer);

/* Tells the handle what the hop is, curl/request.c.
 * Returns 0, DUET_ENOMEM, DUET_EURL if libcurl reads URLs otherwise. */
DUET_MUST_USE int duet__transfer_prepare(duet__transfer *transfer);

/* How far the transfer has come, and since when. */
duet_phase duet__transfer_phase(duet__transfer *transfer, int64_t *begin_ns);

/* Fills the hop's timings from a transfer that has ended. */
void duet__transfer_read_times(duet__transfer *transfer);

/* What it is called if nothing happens in a phase for too long. */
const char *duet__transfer_silence(duet_phase phase);

/* The code of a transfer that has ended, 0 or one with detail and phase. */
int duet__transfer_judge(duet__transfer *transfer);

/* Is the driver to be told of this name's addresses? Appends what libcurl has
 * to be told to `*list`.
 * Returns 0 or DUET_ENOMEM. */
DUET_MUST_USE int duet__curl_tell_addresses(duet__curl_driver *driver,
                                            const duet__hop *hop,
                                            struct curl_slist **list);

/* curl/fold.c: is told of a status line that has just begun a head, and of any
 * line behind it. */
void duet__curl_fold_begin(duet__transfer *transfer);
void duet__curl_fold_end(duet__transfer *transfer);

/* Is shown a line of a head before libcurl takes it; may change it. */
void duet__curl_fold_guard(duet__transfer *transfer, char *line, size_t length);

/* curl/tls.c: has close_notify noted, for a handle that is set up.
 * Returns whether it will be. */
bool duet__curl_tls_install(CURL *easy);

/* Did a peer say close_notify in this thread since the last call? */
bool duet__curl_tls_was_closed(void);

/* Is this a transfer whose body only close_notify ends as it should? */
bool duet__curl_tls_needs_close(const duet__transfer *transfer);

/* The list may not have reached libcurl: its names are told again next time.
 */
void duet__curl_told_in_vain(duet__curl_driver *driver,
                             const struct curl_slist *list);

/* Frees what the driver knows of names. */
void duet__curl_forget_addresses(duet__curl_driver *driver);

/* libcurl's callbacks for descriptors and its timer, curl/socket.c. Installs
 * them in the multi handle. */
void duet__curl_socket_install(duet__curl_driver *driver);

/* The same in the transfer's easy handle. */
void duet__curl_socket_install_easy(duet__transfer *transfer);

/* TCP has connected: notes when. */
void duet__curl_connected(duet__transfer *transfer);

/* Watches one of libcurl's descriptors as libcurl wants it. */
void duet__curl_watch(duet__transfer *transfer, int descriptor);

/* Racing for a connection, curl/connect.c. Opens the first socket, and says to
 * which address libcurl is to connect it: to the next of the transfer's if it
 * has any, else to that given. Returns the descriptor, or -1 with errno. */
int duet__curl_begin_race(duet__transfer *transfer,
                          struct curl_sockaddr *address);

/* libcurl's descriptor did not connect. Returns false if no other attempt took
 * its place: then the failure is libcurl's. */
bool duet__curl_attempt_failed(duet__transfer *transfer);

/* Ends all attempts but libcurl's; does nothing if there is no race. */
void duet__curl_end_race(duet__transfer *transfer);

/* The same, and what becomes of libcurl's is no more of our concern. */
void duet__curl_stop_connecting(duet__transfer *transfer);

/* Is there an address that was not tried? */
static inline bool duet__curl_has_addresses(const duet__transfer *transfer)
{
    return transfer->race.addresses.bytes != NULL;
}

/* What stands between requests and connections that are not in step,
 * curl/reuse.c. Installs it in a handle that was reset. */
void duet__curl_reuse_install(duet__transfer *transfer);

/* Sets the handle for a request, or for the second time of one. */
void duet__curl_reuse_prepare(duet__transfer *transfer);

/* libcurl wants a new connection: for the first time of the request, or for a
 * second one that may be? If not, the transfer is to end. */
bool duet__curl_may_repeat(duet__transfer *transfer);

/* The first line that comes on a kept connection: is it an answer? If not, the
 * transfer is to end. */
bool duet__curl_proves_itself(duet__transfer *transfer, duet__text line);

/* The response's head is whole. */
void duet__curl_head_ended(duet__transfer *transfer, bool is_http2);

/* The transfer uses its connection no longer. */
void duet__curl_unuse(duet__transfer *transfer);

/* Bytes came that libcurl does not wait for: ends the connection, if it should
 * be silent. */
void duet__curl_silence_broken(duet__curl_driver *driver, int descriptor);

/* A descriptor of ours is about to be closed. */
void duet__curl_unplace(duet__curl_driver *driver, int descriptor);

/* Adds the responses that are waited for, curl/under_way.c. */
void duet__curl_under_way(duet__driver *driver, struct duet__under_way *all);

/* Hands over what libcurl has finished. */
void duet__curl_drain(duet__curl_driver *driver);

/* As curl_slist_append(); false if there is no memory. */
bool duet__curl_list_add(struct curl_slist **list, const char *text);

/* The same for a header field. */
bool duet__curl_list_add_field(struct curl_slist **list, const char *name,
                               const char *value);

#endif
