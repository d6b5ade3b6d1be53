/* SPDX-License-Identifier: MIT */
/* request_life.c - a request's way: taken from the pool, its head checked, its
 * handler run, put back.
 *
 * Invariant: request->task is set exactly while the task runs, and the request
 * is not put back meanwhile. */
#include <jansson.h>
#include <stdlib.h>

#include "base/check.h"
#include "http/message/request_check.h"
#include "runtime/core/scope.h"
#include "runtime/core/switch.h"
#include "server/application/application.h"
#include "server/request/error_page.h"
#include "server/connection/half_close_reply.h"
#include "server/request/request.h"
#include "server/connection/request_life.h"
#include "server/request/server_state.h"

/* More idle requests than this are not kept. */
enum { POOL_MAX = 256 };

/* How often a handler that yields is run again before the loop has its turn. */
enum { RUNS_AGAIN = 4 };

/* --- the pool ------------------------------------------------------------ */

static duet_request *take(duet_server *server)
{
    duet__link *link = duet__list_pop_front(&server->pool);
    duet_request *request;

    if (link != NULL) {
        server->pool_count--;
        return DUET__MEMBER(link, duet_request, link);
    }
    request = malloc(sizeof *request);
    if (request == NULL)
        return NULL;
    duet__link_init(&request->link);
    duet__arena_init(&request->arena, request->first, sizeof request->first);
    duet__buffer_init(&request->body, server->settings.body_bytes_max);
    return request;
}

duet_request *duet__request_begin(duet__connection *connection,
                                  duet__text target)
{
    duet_request *request = take(connection->server);
    const char *copy;

    if (request == NULL)
        return NULL;
    copy = duet__arena_copy(&request->arena, target);
    if (copy == NULL) { /* without it another target would be answered */
        duet__arena_reset(&request->arena);
        free(request);
        return NULL;
    }
    request->target = duet__text_of(copy, target.length);
    request->server = connection->server;
    request->connection = connection;
    request->phase = DUET__REQUEST_LINE;
    request->refusal = 0;
    request->is_suspended = false;
    request->discards_body = false;
    request->discarded_bytes = 0;
    request->keeps_on_disconnect = false;
    request->has_timed_out = false;
    request->is_answered = false;
    request->json_is_malformed = false;
    request->wire = NULL;
    request->wire_differs = false;
    request->begun_ns = connection->server->loop->now_ns;
    request->task = NULL;
    request->method = request->version = request->path = DUET__TEXT("");
    request->fields = request->first_fields;
    request->field_count = 0;
    request->field_room = DUET__REQUEST_FIELDS_FIRST;
    request->match.captures.count = 0;
    request->decoded_path = NULL;
    request->queries = NULL;
    request->field_list = NULL;
    request->json = NULL;
    request->deferred = NULL;
    duet__reply_init(&request->reply);
    connection->request = request;
    return request;
}

void duet__request_end(duet_request *request)
{
    duet_server *server = request->server;

    DUET__CHECK(request->task == NULL, "its task still runs");
    request->connection->request = NULL;
    duet__reply_reset(&request->reply);
    if (request->queries != NULL)
        duet_query_free(request->queries);
    if (request->field_list != NULL)
        duet_fields_free(request->field_list);
    if (request->json != NULL)
        json_decref(request->json);
    if (request->body.bytes != NULL)
        duet__buffer_free(&request->body);
    duet__arena_reset(&request->arena);
    if (server->pool_count >= POOL_MAX) {
        free(request);
        return;
    }
    duet__list_push_front(&server->pool, &request->link);
    server->pool_count++;
}

void duet__request_pool_free(duet_server *server)
{
    duet__link *link;

    while ((link = duet__list_pop_front(&server->pool)) != NULL)
        free(DUET__MEMBER(link, duet_request, link));
    server->pool_count = 0;
}

/* --- the head ------------------------------------------------------------ */

static bool make_room_for_field(duet_request *request)
{
    size_t room = request->field_room * 2;
    duet__raw_field *fields =
        duet__arena_alloc(&request->arena, room * sizeof *fields);

    if (fields == NULL)
        return false;
    memcpy(fields, request->fields, request->field_count * sizeof *fields);
    request->fields = fields;
    request->field_room = room;
    return true;
}

static bool ends_with_blank(duet__text text)
{
    return text.length > 0 && (text.bytes[text.length - 1] == ' ' ||
                               text.bytes[text.length - 1] == '\t');
}

int duet__request_add_field(duet_request *request, duet__raw_field field)
{
    if (request->field_count == DUET__REQUEST_FIELDS_MAX)
        return 431;
    if (request->field_count == request->field_room &&
        !make_room_for_field(request))
        return 503;
    if (ends_with_blank(field.value)) {
        field.value = duet__text_trim(field.value);
        field.value.bytes = duet__arena_copy(&request->arena, field.value);
        if (field.value.bytes == NULL)
            return 503;
    }
    request->fields[request->field_count++] = field;
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
    if (duet__text_equal(request->target, DUET__TEXT("*")))
        return 200;
    return duet__router_find(&request->server->application->router,
                             request->method, request->path, &request->arena,
                             &request->match);
}

int duet__request_check_head(duet_request *request, const char **reason)
{
    const duet__request_head head = {
        .method = request->method,
        .target = request->target,
        .version = request->version,
        .fields = request->fields,
        .field_count = request->field_count,
        .known_host = duet__text_of(request->server->known_host,
                                    request->server->known_host_length),
    };
    int status;

    *reason = "";
    status = duet__request_check(&head, &request->framing, reason);
    if (request->connection->is_shed) {
        *reason = "too many connections";
        return 503;
    }
    if (status != 0)
        return status;
    remember_host(request->server, request->framing.host);
    if (request->framing.length > request->server->settings.body_bytes_max) {
        *reason = "the body is larger than body_bytes_max";
        return 413;
    }
    request->path = path_of(request->target);
    request->refusal = find_route(request);
    request->discards_body = request->refusal != 0;
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
    while (request->deferred != NULL) {
        duet__deferred *deferred = request->deferred;

        request->deferred = deferred->older;
        deferred->function(deferred->argument);
    }
}

static int run_handler(void *argument)
{
    duet_request *request = argument;
    const duet__route *route = request->match.route;

    duet__error_page_conclude(request, route->handler(request, route->context));
    end_children(request->task);
    run_deferred(request);
    duet__half_close_reply(request);
    return 0;
}

void duet__request_run(duet_request *request)
{
    duet_server *server = request->server;
    const duet_spawn_options options = {
        .name = request->target.bytes,
        .stack_bytes = server->settings.stack_bytes,
    };

    request->phase = DUET__REQUEST_RUNNING;
    if (duet__task_new(server->loop, &server->handlers, run_handler, request,
                       &options, &request->task) != 0) {
        request->task = NULL;
        duet__error_page(request, 503, "no memory for the handler's task");
        request->phase = DUET__REQUEST_ENDED;
        return;
    }
    server->counts.running++;
    duet__task_run_inline(request->task);
    /* Suspending a connection costs more than all else: not for a handler that
     * only lets others run while there are none. */
    for (int i = 0; i < RUNS_AGAIN && request->task != NULL; i++) {
        if (!duet__task_run_again_inline(request->task))
            break;
    }
}

void duet__request_task_ended(duet__scope *scope, duet_task *task)
{
    duet_request *request = task->argument;

    (void)scope;
    request->task = NULL;
    request->phase = DUET__REQUEST_ENDED;
    request->server->counts.running--;
    duet__deadline_clear(&request->connection->deadline);
    if (request->is_suspended)
        duet__mhd_resume(&request->server->mhd, &request->link);
}
