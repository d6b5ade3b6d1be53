/* SPDX-License-Identifier: MIT */
/* Faults for test_faults.py, loaded before an example's libraries: the calls
 * here stand in for theirs. $DUET_FAULT names the one that goes wrong. */
#include <dlfcn.h>
#include <jansson.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/duet.h>

static pid_t program;

__attribute__((constructor)) static void remember_program(void)
{
    program = getpid();
}

static bool is_wanted(const char *fault)
{
    const char *wanted = getenv("DUET_FAULT");

    return wanted != NULL && strcmp(wanted, fault) == 0;
}

/* What of that name stands behind this library. */
static void find_next(const char *name, void *out_function)
{
    void *function = dlsym(RTLD_NEXT, name);

    memcpy(out_function, &function, sizeof function);
}

/* "worker": a worker of a pool dies when it has its input. */
ssize_t recv(int socket, void *bytes, size_t room, int flags)
{
    enum { INPUT = 3 }; /* behind the call's head, and its length */
    static int received;
    ssize_t (*next)(int, void *, size_t, int);
    ssize_t length;

    find_next("recv", &next);
    length = next(socket, bytes, room, flags);
    if (length > 0 && getpid() != program && is_wanted("worker") &&
        ++received == INPUT)
        raise(SIGKILL);
    return length;
}

/* "shared": a process dies before it uses what it shares. */
duet_shared *duet_process_shared(size_t index)
{
    duet_shared *(*next)(size_t);

    if (is_wanted("shared"))
        raise(SIGKILL);
    find_next("duet_process_shared", &next);
    return next(index);
}

/* "submit": only one call is taken, and runs already. */
int duet_thread_pool_submit(duet_thread_pool *pool,
                            duet_thread_function *function, void *argument,
                            void (*free_argument)(void *argument),
                            duet_thread_call **out_call, duet_deadline deadline)
{
    static int submitted;
    int (*next)(duet_thread_pool *, duet_thread_function *, void *,
                void (*)(void *), duet_thread_call **, duet_deadline);
    int status;

    if (is_wanted("submit") && ++submitted > 1) {
        *out_call = NULL;
        return DUET_ELIMIT;
    }
    find_next("duet_thread_pool_submit", &next);
    status = next(pool, function, argument, free_argument, out_call, deadline);
    while (status == 0 && is_wanted("submit") &&
           !duet_thread_call_is_running(*out_call))
        usleep(1000);
    return status;
}

/* "append": there is no room in an array. */
int json_array_append_new(json_t *array, json_t *value)
{
    int (*next)(json_t *, json_t *);

    if (is_wanted("append")) {
        json_decref(value);
        return -1;
    }
    find_next("json_array_append_new", &next);
    return next(array, value);
}
