/* SPDX-License-Identifier: MIT */
/* database.h - MariaDB and MySQL: connections, queries, prepared statements,
 * transactions. A library of its own: link with duet::database (CMake) or
 * duet-database (pkg-config).
 *
 * A duet_database is one connection, for one task at a time; tasks that work
 * concurrently share a pool (database_pool.h). A query returns rows, buffered
 * or one by one as the server sends them:
 *
 * Example, given duet_database *database, uint64_t id:
 *
 *     duet_deadline deadline = duet_in_ms(2000);
 *     duet_value values[] = {duet_unsigned_value(id)};
 *     duet_rows *rows;
 *     status = duet_database_run(database,
 *                                "SELECT name FROM cats WHERE id = ?",
 *                                values, 1, NULL, &rows, deadline);
 *     while (status == 0 && (status = duet_rows_next(rows, deadline)) > 0)
 *         status = puts(duet_rows_value(rows, 0).text.bytes) < 0;
 *     duet_rows_free(rows);
 *
 * A call that is cancelled or whose deadline passes does not return before the
 * query has ended at the server: KILL QUERY is sent over a second connection,
 * the rest of the answer is read, and a ping confirms that the connection is
 * clean. All this takes at most options.stop_ms; if it takes longer, the
 * connection is closed.
 *
 * Errors of every call that suspends, in addition to those that its contract
 * names:
 *   DUET_EDATABASE      the server refused; duet_database_last_error() has its
 *                       number, SQLSTATE and message. The connection stays
 *                       usable.
 *   DUET_EDISCONNECTED  the connection was lost, now or before, and is closed.
 *                       duet_database_reconnect() opens it again, without any
 *                       state of the old session.
 *   DUET_EPROTOCOL      the server's answer is invalid, or there was no memory
 *                       for it; closed
 *   DUET_ETOOLARGE      a buffered result is larger than its limit; or a row is
 *                       larger than options.packet_bytes_max, or the query
 *                       larger than the server accepts: closed
 *   DUET_ETIMEDOUT      the deadline passed; see above
 *   DUET_ECANCELED      the task was cancelled; see above
 *   DUET_EBUSY          another task uses the connection, or it has open rows
 *                       that were not read to their end
 *   DUET_ENOMEM         no memory
 *   DUET_ENOLOOP        the caller is not a task
 * duet_error_message() says more.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_DATABASE_H
#define DUET_DATABASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_database duet_database;
typedef struct duet_rows duet_rows;
typedef struct duet_statement duet_statement;

/* --- connections ---------------------------------------------------------- */

typedef struct duet_database_options {
    /* Name or address. Names are looked up on the default thread pool, except
     * "localhost", which is this host. Default "127.0.0.1". */
    const char *host;
    /* Default 3306. */
    uint16_t port;
    /* Path of a Unix socket; `host` and `port` are not used then. */
    const char *unix_socket;
    /* Default "root". */
    const char *user;
    /* Default: none. */
    const char *password;
    /* The database to use. Default: none. */
    const char *database;
    /* SQL to run on each new connection, before anything else. Default: none.
     */
    const char *init_sql;
    /* Require encryption: connect with TLS or fail. Default false. */
    bool tls;
    /* Accept any certificate of the server. Default false: it must be signed by
     * one of `tls_ca_file` (default: the system's) and name `host`; over a Unix
     * socket "localhost". */
    bool tls_no_verify;
    const char *tls_ca_file;   /* PEM */
    const char *tls_cert_file; /* PEM; the client's certificate */
    const char *tls_key_file;  /* PEM */
    /* Allow several statements in one text, "...; ...". Default false: injected
     * SQL cannot start a statement of its own. */
    bool multi_statements;
    /* The largest packet that is read, and so the largest row; a larger one
     * ends the connection, with DUET_ETOOLARGE. The server limits what may be
     * sent (max_allowed_packet, 16 MiB by default): beyond that it closes the
     * connection, with DUET_ETOOLARGE, or, if the server does not give the
     * reason, DUET_EDISCONNECTED and a detail that names this limit. Default 64
     * MiB; 64 KiB to 1 GiB. */
    int64_t packet_bytes_max;
    /* The time limit for stopping a query that was given up, in milliseconds;
     * see the top of this file. Default 2000; 1 to 600000. */
    int64_t stop_ms;
} duet_database_options;

/* Connects. The character set is utf8mb4; reading local files on the server's
 * demand (LOAD DATA LOCAL) is off.
 *
 *   options       copied; NULL for all defaults
 *   out_database  returned-owned (duet_database_close()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL     an option is out of range; the detail says which
 *   DUET_ERESOLVE   `host` could not be looked up
 *   DUET_ECONNECT   no server listens there
 *   DUET_EMFILE     too many open descriptors
 *   DUET_ETLS       no encryption, or the certificate was refused
 *   DUET_EDATABASE  the server refused: user, password, database, too many
 *                   connections; duet_error_message() has number and message
 *   and see the top of this file
 * Source: aiomysql.connect(), mysql_real_connect(). */
DUET_API DUET_MUST_USE int
duet_database_open(const duet_database_options *options,
                   duet_database **out_database, duet_deadline deadline);

/* Closes the connection; does not wait. An open transaction is rolled back by
 * the server. Rows and statements of it may be freed later.
 *
 *   database  taken; NULL does nothing */
DUET_API void duet_database_close(duet_database *database);

/* Closes the connection and opens it again, whatever its state. Statements
 * prepared on the old one fail with DUET_EDISCONNECTED from then on.
 *
 *   database  borrowed until return; on failure it is closed and may be
 *             reconnected again
 *
 * Returns 0, or the codes of duet_database_open(). */
DUET_API DUET_MUST_USE int duet_database_reconnect(duet_database *database,
                                                   duet_deadline deadline);

/* Checks that the server answers.
 *
 *   database  borrowed until return
 *
 * Returns 0, or a code listed at the top of this file. Source: mysql_ping(). */
DUET_API DUET_MUST_USE int duet_database_ping(duet_database *database,
                                              duet_deadline deadline);

/* True until the connection is known to be lost. `database` is borrowed. */
DUET_API bool duet_database_is_open(const duet_database *database);

/* True if the connection is encrypted. `database` is borrowed. */
DUET_API bool duet_database_is_encrypted(const duet_database *database);

/* The number by which the server knows the connection, as in SHOW PROCESSLIST.
 * `database` is borrowed. */
DUET_API uint64_t duet_database_id(const duet_database *database);

/* An error of the server. */
typedef struct duet_database_error {
    unsigned number;     /* 1062; 2000 to 2999 are the client library's */
    char sqlstate[6];    /* "23000" */
    const char *message; /* "Duplicate entry ..."; "" if there was none */
} duet_database_error;

/* The newest error on this connection; all zero if there was none.
 *
 *   database  borrowed; `message` is valid until the next failing call on it
 *
 * Source: mysql_errno(), mysql_sqlstate(), mysql_error(). */
DUET_API duet_database_error
duet_database_last_error(const duet_database *database);

/* Escapes a text for use between quotes in SQL. Parameters
 * (duet_database_run()) need no escaping.
 *
 *   database     borrowed until return
 *   text         borrowed until return; may hold NULs
 *   bytes        length of `text`
 *   out_escaped  returned-owned (free()), NUL-terminated; NULL on failure
 *   out_bytes    its length; NULL if not wanted
 *
 * Returns 0, or
 *   DUET_EDISCONNECTED  the connection is closed
 *   DUET_ETOOLARGE      `bytes` is over 1 GiB
 *   DUET_ENOMEM         no memory
 * Source: mysql_real_escape_string(). */
DUET_API DUET_MUST_USE int duet_database_escape(const duet_database *database,
                                                const char *text, size_t bytes,
                                                char **out_escaped,
                                                size_t *out_bytes);

/* --- values --------------------------------------------------------------- */

typedef enum duet_value_type {
    DUET_VALUE_NULL,
    DUET_VALUE_INTEGER,  /* TINYINT to BIGINT */
    DUET_VALUE_UNSIGNED, /* the same, UNSIGNED; YEAR, BIT */
    DUET_VALUE_DOUBLE,   /* FLOAT, DOUBLE */
    DUET_VALUE_DECIMAL,  /* DECIMAL: the digits as text, exact */
    DUET_VALUE_TEXT,     /* utf8mb4 */
    DUET_VALUE_BYTES,    /* BINARY, BLOB */
    DUET_VALUE_DATE,
    DUET_VALUE_TIME, /* a time of day, or a duration of up to 838 hours */
    DUET_VALUE_DATE_TIME,
} duet_value_type;

/* A date, a time or both; the server knows years 0 to 9999, and month and day
 * may be 0. */
typedef struct duet_date_time {
    uint16_t year;
    uint8_t month;
    uint8_t day;
    uint16_t hour; /* up to 838 in a DUET_VALUE_TIME */
    uint8_t minute;
    uint8_t second;
    uint32_t microsecond;
    bool is_negative; /* a DUET_VALUE_TIME before zero */
} duet_date_time;

/* Bytes and how many. From rows: NUL-terminated beyond `count`. */
typedef struct duet_text {
    const char *bytes;
    size_t count;
} duet_text;

/* One column of one row, or one parameter. `type` decides which member is
 * used. */
typedef struct duet_value {
    duet_value_type type;
    union {
        int64_t integer;
        uint64_t unsigned_integer;
        double number;
        duet_date_time date_time;
        duet_text text; /* DECIMAL, TEXT, BYTES */
    };
} duet_value;

/* Parameters. Text and bytes are borrowed until the call that gets them
 * returns; a NULL pointer is SQL's NULL. */
DUET_API duet_value duet_null_value(void);
/* See duet_null_value(). */
DUET_API duet_value duet_integer_value(int64_t integer);
/* See duet_null_value(). */
DUET_API duet_value duet_unsigned_value(uint64_t integer);
/* See duet_null_value(). */
DUET_API duet_value duet_double_value(double number);
/* See duet_null_value(); NUL-terminated. */
DUET_API duet_value duet_text_value(const char *text);
/* See duet_null_value(). */
DUET_API duet_value duet_bytes_value(const void *bytes, size_t count);
/* See duet_null_value(). `type` is DUET_VALUE_DATE, _TIME or _DATE_TIME. */
DUET_API duet_value duet_date_time_value(duet_value_type type,
                                         duet_date_time date_time);

/* --- queries -------------------------------------------------------------- */

typedef struct duet_rows_options {
    /* Read rows from the server one by one, as duet_rows_next() is called:
     * memory for one row. The connection is busy until the last row was read or
     * the rows are freed. Default false: all rows are read at once. */
    bool stream;
    /* The most memory for buffered rows, in bytes. Default 64 MiB;
     * DUET_NO_LIMIT. The query is stopped beyond it, with DUET_ETOOLARGE. */
    int64_t bytes_max;
} duet_rows_options;

/* Runs SQL.
 *
 *   database  borrowed until return, and by streamed rows
 *   sql       borrowed until return
 *   options   borrowed until return; NULL for all defaults
 *   out_rows  returned-owned (duet_rows_free()), also if the statement returns
 *             no rows; NULL on failure. May be NULL itself: then all results
 *             are read and dropped
 *
 * Returns 0, or
 *   DUET_EINVAL  bytes_max is below DUET_NO_LIMIT
 *   and see the top of this file
 * Source: aiomysql's Cursor and SSCursor, mysql_real_query(). */
DUET_API DUET_MUST_USE int duet_database_query(duet_database *database,
                                               const char *sql,
                                               const duet_rows_options *options,
                                               duet_rows **out_rows,
                                               duet_deadline deadline);

/* Runs SQL with parameters: prepares a statement, sends the values separately
 * from the text, and closes the statement. Two or three round trips.
 *
 *   sql     borrowed until return; one statement, with a ? for each value
 *   values  borrowed until return; NULL if `count` is 0
 *   others  as for duet_database_query()
 *
 * Returns 0, or
 *   DUET_EINVAL  the statement has another number of parameters, or bytes_max
 *                is below DUET_NO_LIMIT
 *   and see the top of this file */
DUET_API DUET_MUST_USE int
duet_database_run(duet_database *database, const char *sql,
                  const duet_value *values, size_t count,
                  const duet_rows_options *options, duet_rows **out_rows,
                  duet_deadline deadline);

/* Goes to the next row.
 *
 *   rows  borrowed until return
 *
 * Returns 1 if there is one, 0 after the last, or, with streamed rows, a code
 * listed at the top of this file; with buffered rows the call neither suspends
 * nor fails. */
DUET_API DUET_MUST_USE int duet_rows_next(duet_rows *rows,
                                          duet_deadline deadline);

/* Goes to the result of the next statement of the text, or of the procedure;
 * unread rows of the previous result are dropped.
 *
 *   rows  borrowed until return
 *
 * Returns 1 if there is one, 0 after the last, or a code listed at the top of
 * this file, for example DUET_EDATABASE if that statement failed. Source:
 * mysql_next_result(). */
DUET_API DUET_MUST_USE int duet_rows_next_result(duet_rows *rows,
                                                 duet_deadline deadline);

/* A column of the current row.
 *
 *   rows    borrowed; texts are valid until the next call of duet_rows_next(),
 *           with buffered rows until the next result or duet_rows_free()
 *   column  from 0; beyond the last column, or before the first row, the value
 *           is NULL
 *
 * Returns the value. */
DUET_API duet_value duet_rows_value(const duet_rows *rows, size_t column);

/* How many columns there are; 0 after an INSERT. `rows` is borrowed. */
DUET_API size_t duet_rows_columns(const duet_rows *rows);

/* The name of a column; borrowed until the next result, NULL beyond the last
 * column. */
DUET_API const char *duet_rows_name(const duet_rows *rows, size_t column);

/* The type of a column's values that are not NULL. */
DUET_API duet_value_type duet_rows_type(const duet_rows *rows, size_t column);

/* The number of the column of that name.
 *
 *   name  borrowed until return; compared byte by byte
 *
 * Returns it, or
 *   DUET_ENOENT  there is none */
DUET_API int duet_rows_column(const duet_rows *rows, const char *name);

/* How many rows were read so far; with buffered rows, all of them. */
DUET_API uint64_t duet_rows_count(const duet_rows *rows);

/* Rows that the statement changed, inserted or deleted; 0 for a SELECT. */
DUET_API uint64_t duet_rows_affected(const duet_rows *rows);

/* The AUTO_INCREMENT value that the statement generated, 0 if none. */
DUET_API uint64_t duet_rows_last_id(const duet_rows *rows);

/* How many warnings the statement caused. */
DUET_API unsigned duet_rows_warnings(const duet_rows *rows);

/* Frees rows. If the server has not sent all of them, the next call on the
 * connection reads the rest for a short time, then stops the query.
 *
 *   rows  taken; NULL does nothing */
DUET_API void duet_rows_free(duet_rows *rows);

/* --- prepared statements -------------------------------------------------- */

/* Prepares a statement that is run repeatedly.
 *
 *   database       borrowed until duet_statement_free()
 *   sql            borrowed until return; with a ? for each value
 *   out_statement  returned-owned (duet_statement_free()); NULL on failure
 *
 * Returns 0, or a code listed at the top of this file.
 * Source: mysql_stmt_prepare(). */
DUET_API DUET_MUST_USE int
duet_statement_prepare(duet_database *database, const char *sql,
                       duet_statement **out_statement, duet_deadline deadline);

/* Runs a prepared statement. If the tables were changed since it was prepared,
 * the columns are those that they have now. The OUT parameters of a procedure
 * are its last result that has rows.
 *
 *   statement  borrowed until return, and by streamed rows
 *   values     borrowed until return; NULL if `count` is 0
 *   count      as many as duet_statement_parameters()
 *   options, out_rows  as for duet_database_query()
 *
 * Returns 0, or
 *   DUET_EINVAL  `count` is wrong, or bytes_max is below DUET_NO_LIMIT
 *   and see the top of this file
 * Source: mysql_stmt_execute(). */
DUET_API DUET_MUST_USE int
duet_statement_run(duet_statement *statement, const duet_value *values,
                   size_t count, const duet_rows_options *options,
                   duet_rows **out_rows, duet_deadline deadline);

/* How many values the statement takes. `statement` is borrowed. */
DUET_API size_t duet_statement_parameters(const duet_statement *statement);

/* Frees a statement, and closes it at the server with the next call on the
 * connection.
 *
 *   statement  taken; NULL does nothing */
DUET_API void duet_statement_free(duet_statement *statement);

/* --- transactions --------------------------------------------------------- */

/* Begins a transaction.
 *
 *   database  borrowed until return
 *
 * Returns 0, or
 *   DUET_ESTATE  one is open already
 *   and see the top of this file. Source: START TRANSACTION. */
DUET_API DUET_MUST_USE int duet_database_begin(duet_database *database,
                                               duet_deadline deadline);

/* Commits the transaction. After a failure other than DUET_EDATABASE it is
 * unknown whether it was committed. Otherwise like duet_database_begin();
 * DUET_ESTATE: no transaction is open. */
DUET_API DUET_MUST_USE int duet_database_commit(duet_database *database,
                                                duet_deadline deadline);

/* Rolls the transaction back. Otherwise like duet_database_begin(); 0 if no
 * transaction is open. */
DUET_API int duet_database_rollback(duet_database *database,
                                    duet_deadline deadline);

/* Sets a savepoint in the transaction.
 *
 *   name  borrowed until return; 1 to 64 bytes
 *
 * Returns 0, or
 *   DUET_EINVAL  the name is too long, or empty
 *   DUET_ESTATE  no transaction is open
 *   and see the top of this file. Source: SAVEPOINT. */
DUET_API DUET_MUST_USE int duet_database_savepoint(duet_database *database,
                                                   const char *name,
                                                   duet_deadline deadline);

/* Rolls back to a savepoint, which is kept. Otherwise like
 * duet_database_savepoint(). */
DUET_API DUET_MUST_USE int duet_database_rollback_to(duet_database *database,
                                                     const char *name,
                                                     duet_deadline deadline);

/* Releases a savepoint and keeps the changes. Otherwise like
 * duet_database_savepoint(). */
DUET_API DUET_MUST_USE int
duet_database_release_savepoint(duet_database *database, const char *name,
                                duet_deadline deadline);

/* True while a transaction is open, according to the server's newest answer.
 * `database` is borrowed. */
DUET_API bool duet_database_in_transaction(const duet_database *database);

DUET_END_DECLARATIONS

#endif
