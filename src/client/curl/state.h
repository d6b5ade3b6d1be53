/* SPDX-License-Identifier: MIT */
/* state.h - what the files of the libcurl driver share: the driver, its
 * transfers, and the descriptors that libcurl uses.
 *
 * libcurl runs on the stack of the loop, never on that of a task. Its callbacks
 * only copy bytes and wake tasks. */
#ifndef DUET_CLIENT_CURL_STATE_H
#define DUET_CLIENT_CURL_STATE_H

#include <curl/curl.h>

#include "base/list.h"
#include "base/map.h"
#include "base/text.h"
#include "client/curl/driver.h"
#include "client/hop/hop.h"
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

/* Connecting to a host that has several addresses, curl/connect.c. */
typedef struct duet__race {
    duet__text addresses;         /* of the hop, not yet tried; NULL: none */
    int descriptor;               /* libcurl's; -1: no race */
    int attempts[DUET__ATTEMPTS]; /* the other descriptors */
    size_t count;                 /* of `attempts` */
    duet__timer timer;            /* until the next attempt */
} duet__race;

/* An easy handle and the request that it carries out. */
typedef struct duet__transfer {
    duet__link link;
    duet__transfer_state state;
    duet__curl_driver *driver;
    CURL *easy;
    CURLU *origin;        /* the URL of the handle, without its path */
    char *origin_text;    /* what `origin` was set to; NULL: unknown */
    duet__hop *hop;       /* NULL unless a task waits for it */
    duet__list waiters;   /* duet__wait of the task */
    duet__link upload;    /* in driver->uploads */
    bool is_http2;        /* the response is HTTP/2 */
    bool is_set_up;       /* it has the options that all requests share */
    bool is_plain;        /* and only those that a plain GET needs */
    bool keeps_coding;    /* it asks for no coding */
    bool sends_once;      /* the request may not be sent a second time */
    int sends;            /* how often sending the request began */
    int opened;           /* a descriptor opened for it, not yet used; or -1 */
    int uses;             /* the descriptor it was sent on; or -1 */
    uint32_t uses_serial; /* the serial of `uses` */
    int64_t acknowledged_bytes; /* by the peer, before it was sent */
    bool is_fresh;              /* it was sent on a new connection */
    bool must_prove;   /* the first line has to be checked: an answer? */
    bool has_strayed;  /* no answer came or will come to this request */
    bool spoke_first;  /* the server sent before it was asked */
    bool is_again;     /* to be sent again, on a new connection */
    bool wants_fresh;  /* the handle has CURLOPT_FRESH_CONNECT */
    bool is_watched;   /* ... CURLOPT_VERBOSE */
    bool is_forbidden; /* ... CURLOPT_FORBID_REUSE */
    struct curl_slist *fields;  /* this request's own; NULL: the driver's */
    struct curl_slist *resolve; /* what libcurl is told about names */
    duet__race race;
    int64_t begin_ns;     /* when libcurl got it */
    int64_t connected_ns; /* when TCP connected; 0 before */
    int64_t heard_ns;     /* when the head or a piece of the body came last */
    int64_t sent_bytes;   /* of the request's body, when last looked at */
    bool is_full;         /* receiving is paused: the ring has no room */
    bool is_starved;      /* sending is paused: its reader is slow */
    duet__link resume;    /* in driver->resuming: a pause may be over */
    size_t drops;        /* so many bytes may still be dropped, while LEAVING */
    bool has_own_fields; /* CURLOPT_HTTPHEADER is not the session's */
    bool has_resolve;    /* the handle has CURLOPT_RESOLVE */
    bool watches_tls;    /* the handle has the option of curl/tls.c */
    bool guards_fold;    /* see curl/fold.c */
    int open_error;      /* errno: why no socket was opened; 0: one was */
    int broken;          /* the code why it cannot go on; 0: it can */
    CURLcode result;     /* set in state DONE */
    duet_phase closed_in; /* the phase, set in state CLOSED */
    char error_text[CURL_ERROR_SIZE];
} duet__transfer;

/* A descriptor as libcurl uses it. */
typedef struct duet__curl_socket {
    uint32_t wanted;          /* the EPOLL events libcurl waits for */
    uint32_t serial;          /* how many files have had this number */
    uint32_t users;           /* requests in progress on it */
    bool is_ours;             /* opened by us, closed by us */
    duet__transfer *connects; /* it connects for this transfer; else NULL */
    bool is_shared;        /* by several requests: bytes may come at any time */
    bool is_lost;          /* libcurl's state for this number is wrong */
    bool is_mute;          /* no output is awaited; see curl/upload.c */
    bool is_crowded;       /* two used it, or more; see curl/upload.c */
    bool was_left;         /* by a request, since the last look there */
    uint32_t output_turns; /* since the last look there, with output alone */
    int64_t written_bytes; /* when looked at there */
    int64_t read_bytes;    /* when looked at there */
    uint16_t port;         /* local; 0 before the first request */
    int next;              /* descriptor in its list of by_port; -1: last */
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
    duet__list resuming; /* some of `running`, by transfer->resume */
    duet__list idle;
    size_t idle_count;
    duet__list uploads;       /* that use a connection */
    size_t crowded;           /* connections */
    unsigned libcurl_version; /* 0x080e01 */
    bool has_broken;          /* some of `running` cannot go on */
    duet__map known; /* "host:port" to the addresses libcurl was told */
    duet__curl_socket *sockets; /* by descriptor */
    size_t descriptors;
    int by_port[DUET__PORT_LISTS]; /* first descriptor of each list; -1: none */
};

#endif
