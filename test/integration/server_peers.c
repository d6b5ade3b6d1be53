/* SPDX-License-Identifier: MIT */
/* The server as a program of its own, with real clients: curl, aiohttp, and
 * thousands of plain sockets. */
#include "support/test.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/duet.h>

#include "runtime/context/context.h"
#include "support/peer.h"
#include "support/program.h"

#ifdef DUET__THREAD_SANITIZER
enum { THREADS = 2 }; /* one is the sanitizer's own, after a fork */
#else
enum { THREADS = 1 + (sizeof DUET_EMULATOR > 1) }; /* or an emulator's */
#endif
enum { MANY = 5000 };

/* --- the server ---------------------------------------------------------- */

static int running;
static int peak;
static int cancelled;
static int children;

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello\n");
}

static int user(duet_request *request, void *context)
{
    const char *query = duet_request_query(request, "q");

    (void)context;
    return duet_reply_json(
        request, 200,
        json_pack("{s:s,s:s,s:s,s:s?}", "method", duet_request_method(request),
                  "path", duet_request_path(request), "id",
                  duet_request_parameter(request, "id"), "q", query));
}

static int echo_json(duet_request *request, void *context)
{
    json_t *json;
    int status = duet_request_json(request, &json);

    (void)context;
    if (status != 0)
        return status;
    return duet_reply_json(request, 201, json_incref(json));
}

static int echo(duet_request *request, void *context)
{
    size_t count;
    const char *bytes = duet_request_body(request, &count);
    const char *type = duet_request_field(request, "content-type");

    (void)context;
    (void)!duet_reply_field(request, "X-Length",
                            duet_request_printf(request, "%zu", count));
    return duet_reply_bytes(request, 200, bytes, count, type);
}

static int give_back(duet_request *request, void *context)
{
    (void)context;
    return (int)strtol(duet_request_parameter(request, "value"), NULL, 10);
}

static int child(void *argument)
{
    int status;

    (void)argument;
    children++;
    status = duet_sleep(DUET_NEVER);
    children--;
    return status;
}

static int wait_for_ever(duet_request *request, void *context)
{
    int status;

    (void)request;
    (void)context;
    status = duet_spawn(child, NULL, NULL, NULL);
    running++;
    if (status == 0)
        status = duet_sleep(DUET_NEVER);
    running--;
    cancelled += status == DUET_ECANCELED;
    return status;
}

/* Ends when as many requests as there will be are here, and a second after. */
static int wait_for_all(duet_request *request, void *context)
{
    int status = 0;

    (void)context;
    running++;
    if (running > peak)
        peak = running;
    while (status == 0 && peak < MANY)
        status = duet_sleep(duet_in_ms(200));
    if (status == 0)
        status = duet_sleep(duet_in_ms(1000));
    running--;
    return status != 0 ? status : duet_reply_text(request, 200, "all\n");
}

static int slow(duet_request *request, void *context)
{
    int status = duet_sleep(duet_in_ms(300));

    (void)context;
    return status != 0 ? status : duet_reply_text(request, 200, "slow\n");
}

/* A form with a title and a file. */
static int form(duet_request *request, void *context)
{
    duet_form_field *file;
    duet_form *form;
    size_t position = 0;
    int status = duet_request_form(request, NULL, &form, DUET_NEVER);

    (void)context;
    if (status != 0)
        return status;
    file = duet_form_next(form, "file", &position);
    if (file == NULL)
        return 400;
    return duet_reply_textf(
        request, 200, "%s %s %lld\n", duet_form_text(form, "title", NULL),
        duet_form_field_filename(file),
        (long long)duet_reader_remaining(duet_form_field_reader(file)));
}

/* The same, part by part, while they come. */
static int parts(duet_request *request, void *context)
{
    char told[500] = "";
    size_t length = 0;
    duet_part *part;
    int status;

    (void)context;
    while ((status = duet_next_part(request, &part, DUET_NEVER)) == 0) {
        duet_reader *reader = duet_part_reader(part);

        status = duet_read_skip(reader, SIZE_MAX, NULL, DUET_NEVER);
        if (status != 0)
            return status;
        if (length < sizeof told)
            length +=
                (size_t)snprintf(told + length, sizeof told - length,
                                 "%s %llu\n", duet_part_name(part),
                                 (unsigned long long)duet_reader_count(reader));
    }
    return status != DUET_EEMPTY ? status : duet_reply_text(request, 200, told);
}

static int counts(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_json(request, 200,
                           json_pack("{s:i,s:i,s:i,s:i}", "running", running,
                                     "peak", peak, "cancelled", cancelled,
                                     "children", children));
}

static int serve(void)
{
    static const struct {
        const char *method;
        const char *pattern;
        duet_handler *handler;
    } routes[] = {
        {"GET", "/", hello},
        {"GET", "/users/{id}", user},
        {"DELETE", "/users/{id}", user},
        {"POST", "/json", echo_json},
        {"PUT", "/echo", echo},
        {"POST", "/echo", echo},
        {"POST", "/form", form},
        {"GET", "/give/{value}", give_back},
        {"GET", "/wait", wait_for_ever},
        {"GET", "/all", wait_for_all},
        {"GET", "/slow", slow},
        {"GET", "/counts", counts},
    };
    const duet_server_options options = {
        .body_bytes_max = 100000,
        .header_timeout_ms = DUET_NO_LIMIT,
        .body_timeout_ms = DUET_NO_LIMIT,
        .handler_timeout_ms = DUET_NO_LIMIT,
    };
    const duet_route_options streaming = {.streams_body = true,
                                          .body_bytes_max = DUET_NO_LIMIT};
    const duet_route_options compressing = {.compression = DUET_COMPRESSION_ON};
    duet_application *application;
    int status = duet_application_new(NULL, &application);

    for (size_t i = 0; i < sizeof routes / sizeof *routes && status == 0; i++)
        status = duet_route(application, routes[i].method, routes[i].pattern,
                            routes[i].handler, NULL);
    if (status == 0)
        status = duet_route_with_options(application, "POST", "/parts", parts,
                                         NULL, &streaming);
    if (status == 0)
        status = duet_route_with_options(application, "PUT", "/smaller", echo,
                                         NULL, &compressing);
    if (status == 0)
        status = duet_serve(application, &options);
    duet_application_free(application);
    return status == 0 ? 0 : 1;
}

/* --- clients ------------------------------------------------------------- */

/* Runs a Python script of this folder with the server's URL. */
static void run_script(const test_program *program, const char *name)
{
    char folder[TEST_FOLDER_BYTES];
    char path[512];

    snprintf(path, sizeof path, "%s/test/integration/%s", DUET_SOURCE_DIR,
             name);
    test_folder_make(folder);
    test_command(folder, DUET_PYTHON, "-B", path, program->url, NULL);
    test_folder_remove(folder);
}

static void aiohttp_and_the_server_understand_each_other(void **state)
{
    test_program program = test_program_start(serve);

    (void)state;
    if (system(DUET_PYTHON " -c 'import aiohttp' 2>/dev/null") != 0)
        test_skip("no aiohttp here: it is not tried as a client");
    run_script(&program, "server_aiohttp.py");
    assert_int_equal(test_program_end(&program, SIGTERM), 0);
}

static void curl_and_the_server_understand_each_other(void **state)
{
    test_program program = test_program_start(serve);
    char folder[TEST_FOLDER_BYTES];
    char command[4096];
    static const char script[] =
        "set -e; U=%s\n"
        "is() { [ \"$1\" = \"$2\" ] || { echo \"got $1, not $2\"; exit 1; }; "
        "}\n"
        "code() { curl -s -o /dev/null -w '%%{http_code}' \"$@\"; }\n"
        "is \"$(curl -s $U/)\" hello\n"
        "is \"$(curl -sI $U/ | tr -d '\\r' | grep -i ^content-length)\" "
        "'Content-Length: 6'\n"
        "head -c 100000 /dev/zero > fits; head -c 100001 /dev/zero > over\n"
        "head -c 20000000 /dev/zero > far; head -c 90000 far > part\n"
        "is \"$(curl -s -T fits $U/echo | cmp - fits && echo same)\" same\n"
        "for way in 'Expect:' 'Expect: 100-continue'; do\n"
        "  is $(code -H \"$way\" -T over $U/echo) 413\n"
        "  is $(code -H \"$way\" -T far $U/echo) 413\n"
        "  is $(code -H \"$way\" -H 'Transfer-Encoding: chunked' -T far "
        "$U/echo) 413\n"
        "done\n"
        "is $(code $U/nope) 404; is $(code -X PATCH $U/echo) 405\n"
        "is $(code $U/give/418) 418; is $(code $U/give/-5) 500\n"
        "is $(code --path-as-is $U/users/..) 200\n"
        "is $(code -0 $U/) 200\n"
        "is \"$(curl -s -F title='a \"b\"' -F 'file=@part;filename=x/y z.bin' "
        "$U/form)\" 'a \"b\" y z.bin 90000'\n"
        "is \"$(curl -s -F title=c -F file=@far -F end=d $U/parts | tr '\\n' "
        "' ')\" 'title 1 file 20000000 end 1 '\n"
        "is $(code -F file=@over $U/form) 413\n"
        "is $(code -d title=c $U/parts) 415; is $(code -d a=b $U/form) 400\n"
        "is $(code -H 'Content-Type: multipart/form-data' -d a=b $U/form) 400\n"
        "for coding in gzip br zstd; do\n"
        "  is \"$(curl -s --compressed -H \"Accept-Encoding: $coding\" -D head "
        "-H 'Content-Type: text/plain' -T fits $U/smaller | cmp - fits && "
        "tr -d '\\r' < head | grep ^Content-E)\" \"Content-Encoding: "
        "$coding\"\n"
        "done\n"
        "curl -sv $U/ $U/ $U/slow $U/ 2>&1 | grep -c 'Re-using' > reused\n"
        "is $(cat reused) 3\n";

    (void)state;
    snprintf(command, sizeof command, script, program.url);
    test_folder_make(folder);
    test_command(folder, "sh", "-c", command, NULL);
    test_folder_remove(folder);
    assert_int_equal(test_program_end(&program, SIGTERM), 0);
}

static int connect_to(const test_program *program)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)program->port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int client = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(client >= 0);
    assert_int_equal(
        connect(client, (struct sockaddr *)&address, sizeof address), 0);
    return client;
}

static void send_text(int client, const char *text)
{
    assert_int_equal(send(client, text, strlen(text), MSG_NOSIGNAL),
                     strlen(text));
}

static void expect_ok(int client)
{
    char reply[512];
    ssize_t length = recv(client, reply, sizeof reply - 1, 0);

    assert_true(length > 0);
    reply[length] = '\0';
    if (strncmp(reply, "HTTP/1.1 200 ", 13) != 0)
        fail_msg("got %.100s", reply);
}

static int threads_of(pid_t pid)
{
    char line[128];
    int threads = 0;
    FILE *file;

    snprintf(line, sizeof line, "/proc/%d/status", pid);
    file = fopen(line, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL)
        (void)!sscanf(line, "Threads: %d", &threads);
    fclose(file);
    return threads;
}

static void one_thread_serves_thousands_that_wait(void **state)
{
    struct rlimit limit;
    test_program program;
    int *clients;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_max < MANY * 3 / 2)
        test_skip("%d descriptors are not allowed here", MANY * 3 / 2);
    limit.rlim_cur = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    clients = calloc(MANY, sizeof *clients);
    assert_non_null(clients);
    program = test_program_start(serve);
    for (int i = 0; i < MANY; i++) {
        clients[i] = connect_to(&program);
        send_text(clients[i], "GET /all HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    assert_int_equal(threads_of(program.pid), THREADS);
    for (int i = 0; i < MANY; i++) {
        expect_ok(clients[i]);
        close(clients[i]);
    }
    free(clients);
    assert_int_equal(test_program_end(&program, SIGTERM), 0);
}

static void request_in_flight_finishes_when_the_program_is_stopped(void **state)
{
    test_program program = test_program_start(serve);
    int busy = connect_to(&program);
    int idle = connect_to(&program);

    (void)state;
    send_text(idle, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_ok(idle);
    send_text(busy, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    /* A second client's reply proves that the first request has arrived. */
    send_text(idle, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_ok(idle);
    assert_int_equal(test_program_end(&program, SIGTERM), 0);
    expect_ok(busy);
    close(busy);
    close(idle);
}

TEST_MAIN(test(aiohttp_and_the_server_understand_each_other),
          test(curl_and_the_server_understand_each_other),
          test(one_thread_serves_thousands_that_wait),
          test(request_in_flight_finishes_when_the_program_is_stopped))
