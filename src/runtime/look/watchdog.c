/* SPDX-License-Identifier: MIT */
/* watchdog.c - the thread that watches a loop, and its signal.
 *
 * Owns the handler of SIGURG while any loop is watched. Invariant: the answer
 * belongs to the handler between pthread_kill() and sem_post(), and to the
 * watchdog's thread at all other times. */
#include "runtime/look/watchdog.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "runtime/context/backtrace.h"
#include "runtime/core/report.h"
#include "runtime/core/task.h"

/* Frames of a handler's backtrace before the interrupted one: its own, and the
 * one that returns from the signal. */
enum { FRAMES_OF_HANDLER = 2, LOOKS_PER_LIMIT = 4 };

struct duet__watchdog {
    duet_loop *loop;
    int64_t slow_ns;
    pthread_t watched;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t stopped; /* on CLOCK_MONOTONIC */
    bool stop;              /* guarded by mutex */

    sem_t answered;
    struct {
        _Atomic uint64_t progress; /* of the step in question */
        bool is_current;           /* false: that step had ended */
        char task[32];             /* "" if it is not a task */
        duet__backtrace calls;
    } answer;
};

/* For the handler. */
static _Thread_local duet__watchdog *of_this_thread
    __attribute__((tls_model("initial-exec")));

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int users;                 /* guarded by mutex */
static struct sigaction previous; /* guarded by mutex */

/* Increases with each step. Read from another thread without synchronization:
 * an old value only delays the report. */
__attribute__((no_sanitize("thread"))) static uint64_t
progress_of(const duet_loop *loop)
{
    const volatile uint64_t *turns = &loop->counters.turns;
    const volatile uint64_t *switches = &loop->counters.switches;

    return *turns + *switches;
}

__attribute__((no_sanitize("thread"))) static bool
is_polling(const duet_loop *loop)
{
    return *(const volatile bool *)&loop->is_polling;
}

/* --- in the loop's thread ------------------------------------------------ */

static void answer(int signal)
{
    duet__watchdog *watchdog = of_this_thread;
    duet_loop *loop;
    int error = errno;

    (void)signal;
    if (watchdog == NULL)
        return; /* a SIGURG from elsewhere */
    loop = watchdog->loop;
    watchdog->answer.is_current =
        atomic_load(&watchdog->answer.progress) == progress_of(loop);
    watchdog->answer.task[0] = '\0';
    if (loop->current != NULL)
        memcpy(watchdog->answer.task, loop->current->name,
               sizeof watchdog->answer.task);
    duet__backtrace_here(&watchdog->answer.calls);
    sem_post(&watchdog->answered);
    errno = error;
}

/* --- in the watchdog's thread -------------------------------------------- */

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static struct timespec time_of(int64_t ns)
{
    return (struct timespec){.tv_sec = ns / 1000000000,
                             .tv_nsec = ns % 1000000000};
}

static void leave_out_handler(duet__backtrace *calls)
{
    if (calls->count < FRAMES_OF_HANDLER)
        return;
    calls->count -= FRAMES_OF_HANDLER;
    memmove(calls->frames, calls->frames + FRAMES_OF_HANDLER,
            calls->count * sizeof calls->frames[0]);
}

static void report(duet__watchdog *watchdog, int64_t since_ns)
{
    duet__buffer text;
    int status;

    leave_out_handler(&watchdog->answer.calls);
    duet__buffer_init(&text, SIZE_MAX);
    status = duet__buffer_appendf(
        &text, "duet: %s%s%s has run for %jd ms without suspending:\n",
        watchdog->answer.task[0] != '\0' ? "task '" : "the loop itself",
        watchdog->answer.task, watchdog->answer.task[0] != '\0' ? "'" : "",
        (intmax_t)(now_ns() - since_ns) / 1000000);
    if (status == 0)
        status = duet__backtrace_append(&text, "    ", &watchdog->answer.calls);
    if (status == 0)
        duet__write_all(duet__report_descriptor(watchdog->loop), text.bytes,
                        text.length);
    duet__buffer_free(&text);
}

/* Asks the loop's thread for its call stack. The answer may take long: a signal
 * does not interrupt everything. */
static void ask(duet__watchdog *watchdog, uint64_t progress, int64_t since_ns)
{
    atomic_store(&watchdog->answer.progress, progress);
    if (pthread_kill(watchdog->watched, SIGURG) != 0)
        return;
    while (sem_wait(&watchdog->answered) != 0 && errno == EINTR)
        continue;
    if (watchdog->answer.is_current)
        report(watchdog, since_ns);
}

/* Waits until the next check; false when the watchdog is to stop. */
static bool pause_until(duet__watchdog *watchdog, int64_t next_ns)
{
    struct timespec next = time_of(next_ns);
    int error = 0;
    bool stop;

    pthread_mutex_lock(&watchdog->mutex);
    while (!watchdog->stop && error == 0)
        error =
            pthread_cond_timedwait(&watchdog->stopped, &watchdog->mutex, &next);
    stop = watchdog->stop;
    pthread_mutex_unlock(&watchdog->mutex);
    return !stop;
}

static void *watch(void *argument)
{
    duet__watchdog *watchdog = argument;
    int64_t pause_ns = watchdog->slow_ns / LOOKS_PER_LIMIT + 1;
    uint64_t last = progress_of(watchdog->loop);
    int64_t since_ns = now_ns();
    bool reported = false;

    while (pause_until(watchdog, now_ns() + pause_ns)) {
        uint64_t progress = progress_of(watchdog->loop);

        if (progress != last || is_polling(watchdog->loop)) {
            last = progress;
            since_ns = now_ns();
            reported = false;
        } else if (!reported && now_ns() - since_ns >= watchdog->slow_ns) {
            reported = true;
            ask(watchdog, progress, since_ns);
        }
    }
    return NULL;
}

/* --- life ---------------------------------------------------------------- */

static void use_signal(void)
{
    struct sigaction action = {.sa_handler = answer,
                               .sa_flags = SA_RESTART | SA_ONSTACK};
    duet__backtrace calls;

    duet__backtrace_here(&calls); /* loads the unwinder, which allocates */
    pthread_mutex_lock(&mutex);
    if (users++ == 0)
        sigaction(SIGURG, &action, &previous);
    pthread_mutex_unlock(&mutex);
}

static void leave_signal(void)
{
    pthread_mutex_lock(&mutex);
    if (--users == 0)
        sigaction(SIGURG, &previous, NULL);
    pthread_mutex_unlock(&mutex);
}

static void free_watchdog(duet__watchdog *watchdog)
{
    of_this_thread = NULL;
    leave_signal();
    sem_destroy(&watchdog->answered);
    pthread_cond_destroy(&watchdog->stopped);
    pthread_mutex_destroy(&watchdog->mutex);
    free(watchdog);
}

/* The thread blocks all signals: they go to other threads. */
static int start_thread(duet__watchdog *watchdog)
{
    sigset_t all;
    sigset_t before;
    int error;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&watchdog->thread, NULL, watch, watchdog);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error != 0 ? duet__error_from_errno(error) : 0;
}

int duet__watchdog_start(duet_loop *loop, int64_t slow_ns,
                         duet__watchdog **out_watchdog)
{
    duet__watchdog *watchdog = calloc(1, sizeof *watchdog);
    pthread_condattr_t monotonic;
    int status;

    *out_watchdog = NULL;
    if (watchdog == NULL)
        return DUET_ENOMEM;
    watchdog->loop = loop;
    watchdog->slow_ns = slow_ns;
    watchdog->watched = pthread_self();
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&watchdog->stopped, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&watchdog->mutex, NULL);
    sem_init(&watchdog->answered, 0, 0);
    use_signal();
    of_this_thread = watchdog;
    *out_watchdog = watchdog;
    status = start_thread(watchdog);
    if (status != 0) {
        *out_watchdog = NULL;
        free_watchdog(watchdog);
    }
    return status;
}

void duet__watchdog_stop(duet__watchdog *watchdog)
{
    if (watchdog == NULL)
        return;
    pthread_mutex_lock(&watchdog->mutex);
    watchdog->stop = true;
    pthread_cond_signal(&watchdog->stopped);
    pthread_mutex_unlock(&watchdog->mutex);
    pthread_join(watchdog->thread, NULL);
    free_watchdog(watchdog);
}
