/* SPDX-License-Identifier: MIT */
/* soak.c - mixed traffic on one loop for as long as wanted, and whether
 * anything grows.
 *
 *     soak [SECONDS]      default: 30
 *
 * A server, a session that fetches from it, files, threads, processes and child
 * programs work in rounds: WORKERS tasks do what chance says, often given up at
 * a deadline or by a hang-up, until the round ends; then all is quiet. What is
 * left then is looked at: tasks, descriptors and mappings, bytes that are
 * allocated, resident memory. The first third of the rounds fills what is kept
 * on purpose (pools, caches, connections); behind it nothing may grow. */
#include <arpa/inet.h>
#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/fuzz.h"
#include "support/guard.h"

enum {
    WORKERS = 32,
    ROUND_MS = 3000,
    FEWEST_ROUNDS = 9,
    BODY_BYTES = 100000,
    PROCESSES = 2,
};

typedef struct soak {
    duet_application *application;
    duet_server *server;
    duet_session *session;
    duet_session
        *upstream; /* its own slots: who waits for it holds one above */
    duet_thread_pool *threads;
    duet_process_pool *processes;
    duet_temporary_folder *folder;
    uint64_t random;
    int64_t round_ends_ns;
    char body[BODY_BYTES];
} soak;

typedef struct worker {
    soak *all;
    int number;
} worker;

_Noreturn static void fail(const char *what, int status)
{
    fprintf(stderr, "soak: %s: %s (%s)\n", what, duet_error_message(status),
            duet_error_name(status));
    exit(1);
}

static void must(int status, const char *what)
{
    if (status != 0)
        fail(what, status);
}

static uint64_t pick(soak *all, uint64_t below)
{
    return (fuzz_next(&all->random) >> 16) % below;
}

/* One in four gives up soon. */
static duet_deadline some_deadline(soak *all)
{
    return pick(all, 4) == 0 ? duet_in_ms((int64_t)pick(all, 8))
                             : duet_in_ms(60000);
}

/* --- the server ---------------------------------------------------------- */

static int give_text(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_textf(request, 200, "%s",
                            duet_request_parameter(request, "name"));
}

static int give_late(duet_request *request, void *context)
{
    int status = duet_sleep(duet_in_ms((int64_t)pick(context, 10)));

    return status != 0 ? status : duet_reply_text(request, 200, "late");
}

static int give_large(duet_request *request, void *context)
{
    const soak *all = context;

    return duet_reply_bytes(request, 200, all->body, sizeof all->body,
                            "application/octet-stream");
}

static int echo(duet_request *request, void *context)
{
    size_t count;
    const char *body = duet_request_body(request, &count);

    (void)context;
    return duet_reply_bytes(request, 200, body, count, "text/plain");
}

static int redirect(duet_request *request, void *context)
{
    (void)context;
    (void)!duet_reply_field(request, "Location", "/text/redirected");
    return duet_reply_text(request, 302, "");
}

static int give_from_upstream(duet_request *request, void *context)
{
    const soak *all = context;
    const char *url =
        duet_request_printf(request, "%s/late", duet_server_url(all->server));
    duet_response *response;
    int status;

    if (url == NULL)
        return DUET_ENOMEM;
    status = duet_get(all->upstream, url, NULL, &response, duet_in_ms(60000));
    if (status != 0)
        return status;
    status = duet_reply_text(request, 200, duet_response_body(response, NULL));
    duet_response_free(response);
    return status;
}

static void serve(soak *all)
{
    const duet_server_options options = {.error_log = NULL};

    must(duet_application_new(NULL, &all->application), "application");
    must(duet_route(all->application, "GET", "/text/{name}", give_text, all),
         "route");
    must(duet_route(all->application, "GET", "/late", give_late, all), "route");
    must(duet_route(all->application, "GET", "/large", give_large, all),
         "route");
    must(duet_route(all->application, "POST", "/echo", echo, all), "route");
    must(duet_route(all->application, "GET", "/redirect", redirect, all),
         "route");
    must(duet_route(all->application, "GET", "/upstream", give_from_upstream,
                    all),
         "route");
    must(duet_server_start(all->application, &options, &all->server), "server");
}

/* --- what a worker does -------------------------------------------------- */

static int fetch(worker *own, const char *method, const char *path,
                 size_t body_bytes)
{
    soak *all = own->all;
    const duet_fetch_options options = {.body = all->body,
                                        .body_bytes = body_bytes};
    duet_response *response;
    char url[128];
    int status;

    snprintf(url, sizeof url, "%s%s", duet_server_url(all->server), path);
    status =
        duet_fetch(all->session, method, url, body_bytes > 0 ? &options : NULL,
                   &response, some_deadline(all));
    if (status == 0)
        duet_response_free(response);
    return status;
}

static int fetch_text(worker *own)
{
    char path[64];

    snprintf(path, sizeof path, "/text/%d-%d", own->number,
             (int)pick(own->all, 1000));
    return fetch(own, "GET", path, 0);
}

static int fetch_late(worker *own)
{
    return fetch(own, "GET", "/late", 0);
}

static int fetch_large(worker *own)
{
    return fetch(own, "GET", "/large", 0);
}

static int post(worker *own)
{
    return fetch(own, "POST", "/echo", 1 + pick(own->all, BODY_BYTES));
}

static int follow(worker *own)
{
    return fetch(own, "GET", "/redirect", 0);
}

static int proxy(worker *own)
{
    return fetch(own, "GET", "/upstream", 0);
}

static int fetch_nothing(worker *own)
{
    return fetch(own, "GET", "/nowhere", 0) == 0 ? 0 : DUET_ETIMEDOUT;
}

/* A stranger: part of a request, or a whole one, and gone. */
static int hang_up(worker *own)
{
    static const char request[] =
        "POST /echo HTTP/1.1\r\nHost: soak\r\nContent-Length: 5\r\n\r\nhello";
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(duet_server_port(own->all->server)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    struct linger reset = {.l_onoff = pick(own->all, 2) == 0};
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    size_t count = 1 + pick(own->all, sizeof request - 1);
    int status = 0;

    if (client < 0 ||
        connect(client, (struct sockaddr *)&address, sizeof address) != 0)
        return DUET_ESTATE;
    if (send(client, request, count, MSG_NOSIGNAL) == (ssize_t)count)
        status = duet_sleep(duet_in_ms((int64_t)pick(own->all, 5)));
    setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(client);
    return status;
}

/* A write that is given up may still replace the file, later: so a file tells
 * itself how long it is. */
static int write_file(worker *own, const char *path)
{
    const duet_replacement_options options = {.no_sync = true};
    size_t length = 16 + pick(own->all, BODY_BYTES - 16);
    char *bytes = malloc(length);
    int status;

    if (bytes == NULL)
        return DUET_ENOMEM;
    memset(bytes, ' ', length);
    bytes[snprintf(bytes, length, "%zu", length)] = ' ';
    status = duet_whole_file_write(path, bytes, length, &options,
                                   some_deadline(own->all));
    free(bytes);
    return status;
}

static int use_file(worker *own)
{
    char path[512], *bytes;
    size_t length;
    int status;

    snprintf(path, sizeof path, "%s/%d",
             duet_temporary_folder_path(own->all->folder), own->number);
    status = write_file(own, path);
    if (status == 0)
        status = duet_whole_file_read(path, NULL, &bytes, &length,
                                      some_deadline(own->all));
    if (status != 0)
        return status;
    if (strtoul(bytes, NULL, 10) != length)
        fail("a file is not whole", DUET_EINVAL);
    free(bytes);
    return 0;
}

static int pause_in_thread(void *argument)
{
    (void)argument;
    usleep(500);
    return 0;
}

static int use_thread(worker *own)
{
    duet_thread_call *call;
    int status =
        duet_thread_pool_submit(own->all->threads, pause_in_thread, NULL, NULL,
                                &call, some_deadline(own->all));

    if (status != 0)
        return status;
    status = duet_thread_call_wait(call, NULL, some_deadline(own->all));
    duet_thread_call_free(call);
    return status;
}

static int reverse(const void *input, size_t length, void **out_output,
                   size_t *out_length)
{
    const char *from = input;
    char *to = malloc(length + 1);

    if (to == NULL)
        return DUET_ENOMEM;
    for (size_t i = 0; i < length; i++)
        to[i] = from[length - 1 - i];
    *out_output = to;
    *out_length = length;
    return 0;
}

static int use_process(worker *own)
{
    duet_process_output output;
    int status = duet_process_pool_call(own->all->processes, reverse, "abc", 3,
                                        &output, duet_in_ms(60000));

    if (status == 0)
        duet_process_output_clear(&output);
    return status;
}

static int use_child(worker *own)
{
    static const char *const command[] = {"/bin/cat", NULL};
    duet_child_output output;
    int status;

    if (pick(own->all, 10) > 0)
        return duet_yield();
    status = duet_child_run(command, NULL, "hello", 5, &output,
                            some_deadline(own->all));
    if (status == 0)
        duet_child_output_clear(&output);
    return status;
}

static int sleep_a_little(worker *own)
{
    return duet_sleep(duet_in_ms((int64_t)pick(own->all, 5)));
}

static struct {
    const char *name;
    int (*work)(worker *own);
    uint64_t done, given_up;
} works[] = {
    {"small replies", fetch_text, 0, 0},
    {"late replies", fetch_late, 0, 0},
    {"large replies", fetch_large, 0, 0},
    {"uploads", post, 0, 0},
    {"redirects", follow, 0, 0},
    {"through upstream", proxy, 0, 0},
    {"not found", fetch_nothing, 0, 0},
    {"hang-ups", hang_up, 0, 0},
    {"files", use_file, 0, 0},
    {"threads", use_thread, 0, 0},
    {"processes", use_process, 0, 0},
    {"child programs", use_child, 0, 0},
    {"sleeps", sleep_a_little, 0, 0},
};

enum { WORKS = sizeof works / sizeof works[0] };

static int work(void *argument)
{
    worker *own = argument;

    while (duet_clock_ns() < own->all->round_ends_ns) {
        size_t chosen = pick(own->all, WORKS);
        int status = works[chosen].work(own);

        if (status == 0)
            works[chosen].done++;
        else if (status == DUET_ETIMEDOUT)
            works[chosen].given_up++;
        else
            fail(works[chosen].name, status);
    }
    return 0;
}

/* --- what is left when all is quiet -------------------------------------- */

typedef struct figures {
    long tasks, descriptors, mappings, allocated_kib, resident_kib;
} figures;

static long count_entries(const char *path)
{
    DIR *folder = opendir(path);
    long count = 0;

    while (folder != NULL && readdir(folder) != NULL)
        count++;
    if (folder != NULL)
        closedir(folder);
    return count - 3; /* itself, and . and .. */
}

static long count_lines(const char *path)
{
    FILE *file = fopen(path, "r");
    long count = 0;
    int byte;

    while (file != NULL && (byte = getc(file)) != EOF)
        count += byte == '\n';
    if (file != NULL)
        fclose(file);
    return count;
}

static long resident_kib(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long pages = 0;

    if (file == NULL || fscanf(file, "%*d %ld", &pages) != 1)
        pages = 0;
    if (file != NULL)
        fclose(file);
    return pages * sysconf(_SC_PAGESIZE) / 1024;
}

static figures look(void)
{
    struct mallinfo2 memory = mallinfo2();
    duet_loop_counters counters;

    duet_loop_get_counters(duet_current_loop(), &counters);
    return (figures){
        .tasks = (long)counters.tasks,
        .descriptors = count_entries("/proc/self/fd"),
        .mappings = count_lines("/proc/self/maps"),
        .allocated_kib = (long)((memory.uordblks + memory.hblkhd) / 1024),
        .resident_kib = resident_kib(),
    };
}

static figures most_of(figures a, figures b)
{
    return (figures){
        .tasks = a.tasks > b.tasks ? a.tasks : b.tasks,
        .descriptors =
            a.descriptors > b.descriptors ? a.descriptors : b.descriptors,
        .mappings = a.mappings > b.mappings ? a.mappings : b.mappings,
        .allocated_kib = a.allocated_kib > b.allocated_kib ? a.allocated_kib
                                                           : b.allocated_kib,
        .resident_kib =
            a.resident_kib > b.resident_kib ? a.resident_kib : b.resident_kib,
    };
}

static void print(const char *when, figures of)
{
    printf("%-14s %6ld %12ld %9ld %14ld %13ld\n", when, of.tasks,
           of.descriptors, of.mappings, of.allocated_kib, of.resident_kib);
    fflush(stdout);
}

/* `some`: what the number may vary by, as its worst moment is chance. */
static bool grew(const char *what, long early, long late, long some)
{
    if (late <= early + some)
        return false;
    fprintf(stderr, "soak: %s grew from %ld to %ld\n", what, early, late);
    return true;
}

/* All are looked at, and told. */
static bool any_grew(figures early, figures late)
{
    const bool grown[] = {
        grew("tasks", early.tasks, late.tasks, 0),
        grew("descriptors", early.descriptors, late.descriptors, 8),
        grew("mappings", early.mappings, late.mappings,
             16 + early.mappings / 10),
        grew("KiB allocated", early.allocated_kib, late.allocated_kib,
             256 + early.allocated_kib / 20),
        grew("KiB resident", early.resident_kib, late.resident_kib,
             2048 + early.resident_kib / 10),
    };
    bool any = false;

    for (size_t i = 0; i < sizeof grown / sizeof *grown; i++)
        any = any || grown[i];
    return any;
}

/* --- rounds -------------------------------------------------------------- */

static bool only_idle(soak *all, long tasks)
{
    duet_server_counts counts;
    duet_loop_counters counters;

    duet_server_count(all->server, &counts);
    duet_loop_get_counters(duet_current_loop(), &counters);
    return counts.running == 0 && (long)counters.tasks <= tasks;
}

/* Until the handlers of clients that have gone have ended, too. */
static void be_quiet(soak *all, long tasks)
{
    for (int i = 0; i < 1000 && !only_idle(all, tasks); i++)
        must(duet_sleep(duet_in_ms(10)), "quiet");
    must(duet_sleep(duet_in_ms(100)), "quiet");
}

static void run_round(soak *all)
{
    worker workers[WORKERS];
    duet_call calls[WORKERS];

    all->round_ends_ns = duet_clock_ns() + ROUND_MS * INT64_C(1000000);
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = (worker){all, i};
        calls[i] = (duet_call){work, &workers[i], 0};
    }
    must(duet_gather(calls, WORKERS, NULL, DUET_NEVER), "a worker");
}

static bool run_rounds(soak *all, int rounds)
{
    figures early = {0}, late = {0}, begin = look();
    char when[32];

    printf("%-14s %6s %12s %9s %14s %13s\n", "when quiet", "tasks",
           "descriptors", "mappings", "KiB allocated", "KiB resident");
    print("begin", begin);
    for (int i = 0; i < rounds; i++) {
        figures now;

        test_guard_begin("a round of the soak");
        run_round(all);
        be_quiet(all, begin.tasks);
        now = look();
        snprintf(when, sizeof when, "round %d", i + 1);
        if (i % (1 + rounds / 20) == 0)
            print(when, now);
        if (i >= rounds / 3 && i < rounds * 2 / 3)
            early = most_of(early, now);
        if (i >= rounds * 2 / 3)
            late = most_of(late, now);
    }
    test_guard_end();
    print("second third", early);
    print("last third", late);
    return !any_grew(early, late) && !grew("tasks", begin.tasks, late.tasks, 0);
}

static int run(void *argument)
{
    static soak all;
    int64_t seconds = *(int64_t *)argument;
    int rounds = (int)(seconds * 1000 / (ROUND_MS + 100));
    const duet_process_pool_options processes = {.workers = PROCESSES};
    bool is_flat;

    all.random = 1;
    memset(all.body, 'x', sizeof all.body);
    must(duet_temporary_folder_open(NULL, &all.folder, DUET_NEVER), "folder");
    must(duet_process_pool_new(&processes, &all.processes), "processes");
    must(duet_thread_pool_new(NULL, &all.threads), "threads");
    must(duet_session_open(NULL, &all.session), "session");
    must(duet_session_open(NULL, &all.upstream), "session");
    serve(&all);
    is_flat = run_rounds(&all, rounds > FEWEST_ROUNDS ? rounds : FEWEST_ROUNDS);
    duet_session_close(all.session);
    duet_session_close(all.upstream);
    must(duet_server_stop(all.server, duet_in_ms(10000)), "stop");
    duet_application_free(all.application);
    must(duet_thread_pool_shutdown(all.threads, false, DUET_NEVER), "threads");
    duet_thread_pool_free(all.threads);
    must(duet_process_pool_shutdown(all.processes, false, DUET_NEVER),
         "processes");
    duet_process_pool_free(all.processes);
    must(duet_temporary_folder_close(all.folder, DUET_NEVER), "folder");
    return is_flat ? 0 : 1;
}

int main(int count, char **arguments)
{
    int64_t seconds = count > 1 ? strtoll(arguments[1], NULL, 10) : 30;
    int status = duet_process_server_start();

    if (status == 0)
        status = duet_run(run, &seconds, NULL);
    duet_process_server_stop();
    for (int i = 0; i < WORKS; i++)
        printf("%-16s %9ju done %9ju given up\n", works[i].name,
               (uintmax_t)works[i].done, (uintmax_t)works[i].given_up);
    puts(status == 0 ? "soak: nothing grew" : "soak: FAILED");
    return status != 0;
}
