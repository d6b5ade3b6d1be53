/* SPDX-License-Identifier: MIT */
/* peer.c - starting and stopping programs for tests. */
#include "support/peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/test.h"

enum { ARGUMENTS_MAX = 32, PATH_BYTES = 512, UP_MS = 200000, POLL_MS = 10 };

static void pause_ms(int ms)
{
    struct timespec time = {.tv_sec = ms / 1000,
                            .tv_nsec = ms % 1000 * 1000000L};

    nanosleep(&time, NULL);
}

/* --- files --------------------------------------------------------------- */

static bool has_program(const char *name, const char *path)
{
    char file[PATH_BYTES];

    while (path != NULL && *path != '\0') {
        size_t length = strcspn(path, ":");

        snprintf(file, sizeof file, "%.*s/%s", (int)length, path, name);
        if (access(file, X_OK) == 0)
            return true;
        path += length + (path[length] == ':');
    }
    return false;
}

/* Debian keeps servers out of a user's PATH. */
bool test_has_program(const char *name)
{
    const char *path = getenv("PATH");
    char *longer;
    bool is_set;

    if (path == NULL || has_program(name, path))
        return path != NULL;
    if (!has_program(name, "/usr/sbin") ||
        asprintf(&longer, "%s:/usr/sbin", path) < 0)
        return false;
    is_set = setenv("PATH", longer, 1) == 0;
    free(longer);
    return is_set;
}

void test_file_write(const char *folder, const char *name, const void *bytes,
                     size_t count)
{
    char path[PATH_BYTES];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    for (char *slash = path + strlen(folder) + 1;
         (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

/* --- ports --------------------------------------------------------------- */

static struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

int test_hold_port(int *out_descriptor)
{
    static const int on = 1;
    struct sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(descriptor >= 0);
    assert_int_equal(
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
    assert_int_equal(bind(descriptor, (void *)&address, length), 0);
    assert_int_equal(getsockname(descriptor, (void *)&address, &length), 0);
    *out_descriptor = descriptor;
    return ntohs(address.sin_port);
}

static bool takes_connections(int port)
{
    struct sockaddr_in address = loopback(port);
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool taken = connect(descriptor, (void *)&address, sizeof address) == 0;

    close(descriptor);
    return taken;
}

/* --- programs ------------------------------------------------------------ */

static void collect(const char **arguments, const char *program, va_list list)
{
    int count = 0;

    arguments[count++] = program;
    while ((arguments[count] = va_arg(list, const char *)) != NULL) {
        count++;
        assert_true(count < ARGUMENTS_MAX);
    }
}

/* In the new process. */
static _Noreturn void become(const char *folder, const char *const *arguments,
                             pid_t parent)
{
    char log[PATH_BYTES];
    int descriptor;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it was too late for that */
        _exit(127);
    snprintf(log, sizeof log, "%s/log", folder);
    descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(descriptor, STDOUT_FILENO);
    dup2(descriptor, STDERR_FILENO);
    close(descriptor);
    if (chdir(folder) == 0)
        execvp(arguments[0], (char *const *)(uintptr_t)arguments);
    fprintf(stderr, "%s: %s\n", arguments[0], strerror(errno));
    _exit(127);
}

static pid_t start(const char *folder, const char *const *arguments)
{
    pid_t parent = getpid();
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        become(folder, arguments, parent);
    setpgid(pid, pid);
    return pid;
}

static void show_log(const char *folder)
{
    char path[PATH_BYTES];
    char line[PATH_BYTES];
    FILE *file;

    snprintf(path, sizeof path, "%s/log", folder);
    file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        print_error("  %s", line);
    if (file != NULL)
        fclose(file);
}

void test_peer_init(test_peer *peer)
{
    *peer = (test_peer){0};
    peer->port = test_hold_port(&peer->held_port);
    test_folder_make(peer->folder);
}

void test_peer_start(test_peer *peer, const char *program, ...)
{
    const char *arguments[ARGUMENTS_MAX];
    va_list list;

    va_start(list, program);
    collect(arguments, program, list);
    va_end(list);
    peer->pid = start(peer->folder, arguments);
    for (int waited = 0; waited < UP_MS; waited += POLL_MS) {
        if (takes_connections(peer->port))
            return;
        if (waitpid(peer->pid, NULL, WNOHANG) == peer->pid)
            break;
        pause_ms(POLL_MS);
    }
    print_error("%s did not come up on port %d\n", program, peer->port);
    show_log(peer->folder);
    fail();
}

void test_nginx_start(test_peer *peer, const char *http)
{
    static const char form[] =
        "daemon off; master_process off; pid %s/pid;\n"
        "error_log %s/error.log;\n"
        "events { worker_connections 1000; }\n"
        "http { access_log off; client_body_temp_path %s/a;\n"
        "proxy_temp_path %s/b; fastcgi_temp_path %s/c;\n"
        "uwsgi_temp_path %s/d; scgi_temp_path %s/e;\n%s}\n";
    const char *f = peer->folder;
    char path[PATH_BYTES];
    char *text;

    assert_true(asprintf(&text, form, f, f, f, f, f, f, f, http) > 0);
    test_file_write(f, "nginx.conf", text, strlen(text));
    free(text);
    snprintf(path, sizeof path, "%s/nginx.conf", f);
    test_peer_start(peer, "nginx", "-p", f, "-e", "error.log", "-c", path,
                    NULL);
}

void test_peer_stop(test_peer *peer)
{
    if (peer->pid > 0) {
        kill(-peer->pid, SIGTERM);
        for (int waited = 0;
             waitpid(peer->pid, NULL, WNOHANG) == 0 && waited < UP_MS;
             waited += POLL_MS) {
            if (waited == 20000)
                kill(-peer->pid, SIGKILL);
            pause_ms(POLL_MS);
        }
        kill(-peer->pid, SIGKILL); /* what it left behind */
    }
    peer->pid = 0;
    close(peer->held_port);
    test_folder_remove(peer->folder);
}

void test_command(const char *folder, const char *program, ...)
{
    const char *arguments[ARGUMENTS_MAX];
    va_list list;
    int status;

    va_start(list, program);
    collect(arguments, program, list);
    va_end(list);
    assert_int_not_equal(waitpid(start(folder, arguments), &status, 0), -1);
    if (status != 0) {
        print_error("%s failed\n", program);
        show_log(folder);
    }
    assert_int_equal(status, 0);
}
