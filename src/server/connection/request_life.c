/* SPDX-License-Identifier: MIT */
/* request_life.c - a request's way: taken from the pool, its head checked, its
 * handler run, put back.
 *
 * Invariant: request->run.task is set exactly while the task runs, and the
 * request is not put back meanwhile. */
#include <jansson.h>
#include <stdlib.h>

#include "base/check.h"
#include "http/message/request_check.h"
#include "runtime/core/scope.h"
#include "runtime/core/switch.h"
#include "server/application/application.h"
#include "server/request/error_page.h"
#include "server/connection/connections.h"
#include "server/connection/early_reply.h"
#include "server/connection/half_close_reply.h"
#include "server/connection/request_body.h"
#include "server/connection/request_form.h"
#include "server/connection/outgoing.h"
#include "server/request/access_log.h"
#include "server/request/reply_coding.h"
#include "server/request/request_cancel.h"
#include "server/connection/reply_stream.h"
#include "server/request/request.h"
#include "server/connection/request_life.h"
#include "server/request/server_state.h"

/* More idle requests than this are not kept. */
enum { POOL_MAX = 256 };

/* How often a handler that yields is run again before the loop has its turn. */
enum { RUNS_AGAIN = 4 };

/* --- the pool ------------------------------------------------------------ */

enum { FIELDS_FIRST = 24, FIRST_BYTES = 1024 };

/* A request, and the memory that it begins with: the pool keeps that, which
 * is neither cleared nor read before it is written. */
typedef struct place {
    union {
        duet_request request;
        duet__request_and_body and_body;
    };
    duet__raw_field fields[FIELDS_FIRST];
    duet__path_captures captures;
    max_align_t bytes[FIRST_BYTES / sizeof(max_align_t)];
} place;

static place *place_of(duet__link *link)
{
    return DUET__MEMBER(link, place, request.link);
}

static place *take(duet_server *server)
{
    duet__link *link = duet__list_pop_front(&server->pool);

    if (link == NULL)
        return malloc(sizeof(place));
    server->pool_count--;
    return place_of(link);
}

static void put_back(duet_server *server, duet_request *request)
{
    if (server->pool_count >= POOL_MAX) {
        free(place_of(&request->link));
        return;
    }
    duet__list_push_front(&server->pool, &request->link);
    server->pool_count++;
}

void duet__request_pool_free(duet_server *server)
{
    duet__link *link;

    while ((link = duet__list_pop_front(&server->pool)) != NULL)
        free(place_of(link));
    server->pool_count = 0;
}

/* --- begin and end ------------------------------------------------------- */

/* All of a request is set here: what is not named is 0. */
static void begin(place *own, duet__connection *connection)
{
    duet_server *server = connection->server;

    own->request = (duet_request){
        .server = server,
        .connection = connection,
        .phase = DUET__REQUEST_HEAD,
        .begun_ns = server->loop->now_ns,
        .head = {.method = DUET__TEXT(""),
                 .path = DUET__TEXT(""),
                 .version = DUET__TEXT(""),
                 .fields = own->fields,
                 .field_capacity = FIELDS_FIRST},
        .run.match.captures = &own->captures,
    };
    own->captures.count = 0;
    duet__link_init(&own->request.link);
    duet__arena_init(&own->request.arena, own->bytes, sizeof own->bytes);
    duet__buffer_init(&own->request.body.received,
                      server->settings.body_bytes_max);
    duet__reply_init(&own->request.reply);
}

duet_request *duet__request_begin(duet__connection *connection,
                                  duet__text target)
{
    place *own = take(connection->server);
    duet_request *request;
    const char *copy;

    if (own == NULL)
        return NULL;
    begin(own, connection);
    request = &own->request;
    copy = duet__arena_copy(&request->arena, target);
    if (copy == NULL) { /* without it another target would be answered */
        put_back(connection->server, request);
        return NULL;
    }
    request->head.target = duet__text_of(copy, target.length);
    connection->request = request;
    return request;
}

void duet__request_end(duet_request *request)
{
    duet_server *server = request->server;

    DUET__CHECK(request->run.task == NULL, "its task still runs");
    request->connection->request = NULL;
    free(request->reply.owned);
    if (request->stream != NULL)
        duet__reply_stream_free(request);
    if (request->asked.form != NULL || request->asked.parts != NULL)
        duet__request_form_free(request);
    if (request->body.has_reader)
        duet__request_body_free(request);
    if (request->asked.queries != NULL)
        duet_query_free(request->asked.queries);
    if (request->asked.fields != NULL)
        duet_fields_free(request->asked.fields);
    if (request->asked.json != NULL)
        json_decref(request->asked.json);
    if (request->body.received.bytes != NULL)
        duet__buffer_free(&request->body.received);
    duet__arena_reset(&request->arena);
    put_back(server, request);
}

/* --- the head ------------------------------------------------------------ */

static bool grow_fields(duet_request *request)
{
    size_t capacity = request->head.field_capacity * 2;
    duet__raw_field *fields =
        duet__arena_alloc(&request->arena, capacity * sizeof *fields);

    if (fields == NULL)
        return false;
    memcpy(fields, request->head.fields,
           request->head.field_count * sizeof *fields);
    request->head.fields = fields;
    request->head.field_capacity = capacity;
    return true;
}

static bool ends_with_blank(duet__text text)
{
    return text.length > 0 && (text.bytes[text.length - 1] == ' ' ||
                               text.bytes[text.length - 1] == '\t');
}

int duet__request_add_field(duet_request *request, duet__raw_field field)
{
    if (request->head.field_count == DUET__REQUEST_FIELDS_MAX)
        return 431;
    if (request->head.field_count == request->head.field_capacity &&
        !grow_fields(request))
        return 503;
    if (ends_with_blank(field.value)) {
        field.value = duet__text_trim(field.value);
        field.value.bytes = duet__arena_copy(&request->arena, field.value);
        if (field.value.bytes == NULL)
            return 503;
    }
    request->head.fields[request->head.field_count++] = field;
    return 0;
}

/* The path of the target: origin-form as it is, of absolute-form what follows
 * the authority (RFC 9112 3.2). */
static duet__text path_of(duet__text target)
{
    duet__text path = target;

    path.length = duet__text_find(path, '#');
    path.length = duet__text_find(path, '?');
    if (path.length > 0 && path.bytes[0] != '/') {
        size_t scheme = duet__text_find(path, ':');
        duet__text rest = duet__text_skip(path, scheme);

        if (duet__text_starts_with(rest, DUET__TEXT("://"))) {
            rest = duet__text_skip(rest, 3);
            rest = duet__text_skip(rest, duet__text_find(rest, '/'));
            return rest.length > 0 ? rest : DUET__TEXT("/");
        }
    }
    return path;
}

/* The next request will probably have the same. */
static void remember_host(duet_server *server, duet__text host)
{
    if (host.length == 0 || host.length == server->known_host_length ||
        host.length > sizeof server->known_host)
        return;
    memcpy(server->known_host, host.bytes, host.length);
    server->known_host_length = host.length;
}

/* "OPTIONS *" asks the server itself (RFC 9110 9.3.7), CONNECT asks a proxy. */
static int find_route(duet_request *request)
{
    if (duet__request_is_connect(request))
        return 405;
    if (duet__text_equal(request->head.target, DUET__TEXT("*")))
        return 200;
    return duet__router_find(&request->server->application->router,
                             request->head.method, request->head.path,
                             &request->arena, &request->run.match);
}

/* The limits of the route, or else of the server. */
static bool accepts_body(duet_request *request)
{
    const duet__settings *settings = &request->server->settings;
    const duet__route *route =
        request->refusal == 0 ? request->run.match.route : NULL;

    request->body.bytes_max = settings->body_bytes_max;
    request->body.timeout_ns = settings->body_timeout_ns;
    if (route != NULL && route->body_bytes_max != 0)
        request->body.bytes_max = route->body_bytes_max;
    if (route != NULL && route->body_timeout_ns != 0)
        request->body.timeout_ns = route->body_timeout_ns;
    request->body.received.limit = request->body.bytes_max;
    return request->head.framing.length <= request->body.bytes_max;
}

int duet__request_check_head(duet_request *request, const char **reason)
{
    const duet__request_head head = {
        .method = request->head.method,
        .target = request->head.target,
        .version = request->head.version,
        .fields = request->head.fields,
        .field_count = request->head.field_count,
        .known_host = duet__text_of(request->server->known_host,
                                    request->server->known_host_length),
    };
    int status;

    *reason = "";
    status = duet__request_check(&head, &request->head.framing, reason);
    if (request->connection->is_shed) {
        *reason = "too many connections";
        return 503;
    }
    if (status != 0)
        return status;
    remember_host(request->server, request->head.framing.host);
    request->head.path = path_of(request->head.target);
    request->refusal = find_route(request);
    request->body.is_discarded = request->refusal != 0;
    if (request->head.framing.has_body && !accepts_body(request)) {
        *reason = "the body is larger than body_bytes_max";
        return 413;
    }
    request->server->counts.requests++;
    return 0;
}

/* --- the handler --------------------------------------------------------- */

/* What the handler spawned ends before what it deferred, and borrowed, does. */
static void end_children(duet_task *task)
{
    if (duet__list_is_empty(&task->children.running))
        return;
    duet__scope_cancel(&task->children);
    (void)duet__scope_wait(&task->children);
}

static void run_deferred(duet_request *request)
{
    while (request->run.deferred != NULL) {
        duet__deferred *deferred = request->run.deferred;

        request->run.deferred = deferred->older;
        deferred->function(deferred->argument);
    }
}

static void conclude(duet_request *request, int result)
{
    duet__error_page_conclude(request, result);
    if (duet__reply_is_to_be_coded(request))
        duet__reply_code(request);
}

static int run_handler(void *argument)
{
    duet_request *request = argument;
    const duet__route *route = request->run.match.route;
    int result = route->handler(request, route->context);

    if (request->stream != NULL)
        duet__reply_stream_conclude(request, result);
    else
        conclude(request, result);
    end_children(request->run.task);
    run_deferred(request);
    if (request->body.is_coming)
        duet__early_reply(request);
    else
        duet__half_close_reply(request);
    return 0;
}

void duet__request_run(duet_request *request)
{
    duet_server *server = request->server;
    const duet_spawn_options options = {
        .name = request->head.target.bytes,
        .stack_bytes = server->settings.stack_bytes,
    };

    request->phase = DUET__REQUEST_RUNNING;
    if (duet__task_new(server->loop, &server->handlers, run_handler, request,
                       &options, &request->run.task) != 0) {
        request->run.task = NULL;
        duet__error_page(request, 503, "no memory for the handler's task");
        request->phase = DUET__REQUEST_ENDED;
        return;
    }
    server->counts.running++;
    duet__task_run_inline(request->run.task);
    /* Suspending a connection costs more than all else: not for a handler that
     * only lets others run while there are none. */
    for (int i = 0; i < RUNS_AGAIN && request->run.task != NULL; i++) {
        if (!duet__task_run_again_inline(request->run.task))
            break;
    }
}

static void begin_to_drain(duet_request *request)
{
    request->phase = DUET__REQUEST_DRAINED;
    duet__connection_expect(request->connection, request->connection->is_refused
                                                     ? DUET__EXPECT_LINGER
                                                     : DUET__EXPECT_BODY);
}

static void end_abandoned(duet_request *request)
{
    duet__connection *connection = request->connection;

    if (request->server->settings.access_log != NULL && !connection->is_refused)
        duet__access_log_write(connection, DUET__STATUS_CLIENT_LEFT, 0);
    duet__request_end(request);
    duet__connections_forget(connection);
}

static void resume(duet_request *request)
{
    if (request->run.is_abandoned)
        end_abandoned(request);
    else if (!duet__link_is_in(&request->link)) /* by request_body.c */
        duet__mhd_resume(&request->server->mhd, &request->link);
}

void duet__request_abandon(duet_request *request)
{
    duet__connection *connection = request->connection;

    request->run.is_abandoned = true;
    request->run.is_suspended = true; /* its end is waited for */
    request->body.is_coming = false;
    if (connection->has_hung_up) /* and the task knows */
        return;
    connection->has_hung_up = true;
    duet__request_body_fail(request, DUET_EDISCONNECTED, 503);
    if (connection->outgoing != NULL)
        connection->outgoing->look(connection->outgoing);
    duet__request_peer_gone(request);
}

void duet__request_task_ended(duet__scope *scope, duet_task *task)
{
    duet_request *request = task->argument;

    (void)scope;
    request->run.task = NULL;
    request->phase = DUET__REQUEST_ENDED;
    request->server->counts.running--;
    duet__deadline_clear(&request->connection->deadline);
    if (request->body.is_coming)
        begin_to_drain(request);
    if (request->run.is_suspended)
        resume(request);
}
