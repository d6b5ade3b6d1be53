/* SPDX-License-Identifier: MIT */
/* database.h - a connection, as the files of this folder see it.
 *
 * Invariant: between two public calls the connection is lost; or nothing of an
 * earlier answer is unread, except what `source`, `running` and the connector's
 * own state name; duet__database_settle() reads that or gives the connection
 * up. */
#ifndef DUET_DATABASE_DATABASE_H
#define DUET_DATABASE_DATABASE_H

#include <mysql.h>

#include <duet/database.h>
#include <duet/error.h>

#include "base/life.h"

/* duet_database_options with texts of its own, or borrowed ones. */
typedef duet_database_options duet__database_settings;

struct duet_database {
    DUET__LIFE
    MYSQL *mysql; /* NULL once the loss was dealt with */
    duet__database_settings settings;
    bool is_encrypted;
    bool in_use;         /* a call is going on */
    bool is_lost;        /* cannot be used any more */
    bool is_stopping;    /* a call that is given up is not stopped by KILL */
    bool was_killed;     /* a KILL QUERY was sent; a ping has to follow */
    int unwaited;        /* calls in a row that did not have to wait */
    duet_rows *reader;   /* whose rows are on their way; NULL: nobody's */
    MYSQL_RES *source;   /* text rows that are not read to their end */
    MYSQL_STMT *running; /* a statement whose results are not */
    duet_statement *dropped; /* to be forgotten by the server */
    unsigned error_number;
    char error_sqlstate[6];
    char error_message[MYSQL_ERRMSG_SIZE];
    int64_t opened_ns; /* for the pool */
    int64_t idle_ns;   /* since when it is idle, for the pool */
};

/* --- database_settings.c -------------------------------------------------- */

/* Checks options and fills the defaults in; texts are borrowed.
 *
 * Returns 0, or
 *   DUET_EINVAL  an option is out of range; the detail says which */
int duet__database_settings_read(const duet_database_options *options,
                                 duet__database_settings *out_settings);

/* Reads an option: 0 is `standard`.
 *
 *   name   the field's, for the detail
 *   least  DUET_NO_LIMIT where that is allowed
 *
 * Returns 0, or DUET_EINVAL with detail if it is out of range. */
int duet__database_option(const char *name, int64_t *value, int64_t standard,
                          int64_t least, int64_t most);

/* Gives the settings texts of their own. Returns 0 or DUET_ENOMEM. */
int duet__database_settings_copy(const duet__database_settings *from,
                                 duet__database_settings *out_settings);
void duet__database_settings_free(duet__database_settings *settings);

/* --- database_error.c ----------------------------------------------------- */

/* The code for an error number of the server or the connector. */
int duet__database_error_code(unsigned number);

/* Is the connection of no use after this error? */
bool duet__database_error_loses(unsigned number);

/* Keeps the newest error of `statement`, or of the connection if that is NULL,
 * and returns its code.
 *
 *   what  for people: "query" */
int duet__database_error(duet_database *database, MYSQL_STMT *statement,
                         const char *what);

/* Adds to the detail of a loss that the `bytes` which were sent may have been
 * more than the server takes: most servers hang up without a word then.
 *
 *   status  of the call, which is returned
 *   what    for people: "query" */
int duet__database_error_if_large(const duet_database *database, int status,
                                  const char *what, size_t bytes);

/* --- database.c ----------------------------------------------------------- */

/* Begins a public call: the connection is there, idle and clean.
 *
 *   reader  the rows on whose behalf, whose unread answers stay; or NULL
 *
 * Returns 0, or a code of the top of duet/database.h; then there is nothing to
 * leave. */
int duet__database_enter(duet_database *database, const duet_rows *reader);

/* Ends it. After a time-out, a cancellation or an overflow the connection is
 * made clean, or given up. Returns `status`. */
int duet__database_leave(duet_database *database, int status);

/* Connects; `database` has its settings.
 *
 * Returns as duet_database_open() */
int duet__database_connect(duet_database *database, duet_deadline deadline);

/* Closes what there is of a connection. */
void duet__database_disconnect(duet_database *database);

/* duet_database_ping() inside a public call. */
int duet__database_ping(duet_database *database, duet_deadline deadline);

/* --- database_tls.c ------------------------------------------------------- */

/* What mysql_real_connect() is told. */
unsigned long duet__database_flags(const duet__database_settings *settings);

/* Connects with TLS, in a thread; database->mysql has its options, and is NULL
 * if this fails.
 *
 *   address        NULL: over the Unix socket
 *   out_connected  what the connector said; set on success
 *
 * Returns 0 once the connector has ended, or the codes of duet_to_thread(). */
int duet__database_connect_tls(duet_database *database, const char *address,
                               bool *out_connected, duet_deadline deadline);

/* --- rows.c --------------------------------------------------------------- */

/* Cuts rows off their connection, which is closed or reads on without them.
 *
 *   rows  borrowed; may be NULL */
void duet__rows_detach(duet_rows *rows);

/* --- database_address.c --------------------------------------------------- */

enum { DUET__ADDRESSES_MAX = 8, DUET__ADDRESS_BYTES = 64 };

typedef struct duet__database_addresses {
    char text[DUET__ADDRESSES_MAX][DUET__ADDRESS_BYTES];
    int count;
} duet__database_addresses;

/* Looks a host up, on the default thread pool; an address is itself.
 *
 * Returns 0, or
 *   DUET_ERESOLVE  there is no such name; the detail says more
 *   and the codes of duet_to_thread() */
int duet__database_lookup(const char *host,
                          duet__database_addresses *out_addresses,
                          duet_deadline deadline);

/* --- database_query.c ----------------------------------------------------- */

/* Runs SQL inside a public call; what it gives is not read yet. */
int duet__database_send(duet_database *database, const char *sql, size_t bytes,
                        duet_deadline deadline);

/* --- settle.c ------------------------------------------------------------- */

/* Is anything of an earlier answer left? */
bool duet__database_is_settled(const duet_database *database);

/* Reads what is left of earlier answers, for a moment; then stops the query and
 * reads the rest; pings after a KILL. Takes at most stop_ms, and loses the
 * connection if that is not enough.
 *
 * Returns 0, or
 *   DUET_ECANCELED      the task was cancelled meanwhile; all is done
 *   DUET_EDISCONNECTED  the connection is lost */
int duet__database_settle(duet_database *database);

/* Has the calling task hear of its cancellation again, at its next wait: it was
 * delivered to a call that cannot tell of it. */
void duet__database_pass_cancel(void);

/* --- statement.c ---------------------------------------------------------- */

struct duet_statement {
    MYSQL_STMT *raw;         /* raw->mysql is NULL once the connection closed */
    duet_database *database; /* not to be touched then */
    duet_statement *next;    /* in database->dropped */
};

/* Frees it; the server is told, or knows. */
void duet__statement_end(duet_statement *statement);

#endif
