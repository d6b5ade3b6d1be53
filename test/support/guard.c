/* SPDX-License-Identifier: MIT */
/* guard.c - a timer whose signal goes to the guarded thread, which asks all
 * others where they are before it ends the program.
 *
 * A program that hangs may hold any lock. So what may be said without one is
 * said first, and a second alarm ends the program where the rest takes one. */
#include "support/guard.h"

#include <dirent.h>
#include <execinfo.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <duet/inspect.h>

#include "support/valgrind.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

enum {
    GUARD_SIGNAL = SIGPROF, /* nobody else uses it */
    LIMIT_SECONDS = 120, /* much longer than any case takes on a busy machine */
    LAST_WORDS_SECONDS = 20,
};

static struct {
    const char *what;
    pid_t process, thread;
    timer_t timer;
    bool has_timer;
    int report; /* a descriptor */
    sem_t heard;
} guard;

static pid_t this_thread(void)
{
    return (pid_t)syscall(SYS_gettid);
}

/* How much longer everything takes here. */
static long slowness(void)
{
    if (test_on_valgrind() || sizeof DUET_EMULATOR > 1)
        return 6;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return 2;
#else
    return 1;
#endif
}

static long limit_seconds(void)
{
    const char *given = getenv("DUET_TEST_GUARD_SECONDS");

    return given != NULL ? strtol(given, NULL, 10) : LIMIT_SECONDS * slowness();
}

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
    char text[256];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length > 0 && write(guard.report, text, strnlen(text, sizeof text)) < 0)
        return;
}

static void show_this_thread(void)
{
    static const duet_inspect_options options = {.backtraces = true};
    const duet_loop *loop = duet_current_loop();
    void *calls[48];

    say("guard: thread %d is in\n", (int)this_thread());
    backtrace_symbols_fd(calls, backtrace(calls, 48), guard.report);
    if (loop == NULL)
        return;
    say("guard: the loop of thread %d: ", (int)this_thread());
    duet_inspect_write(loop, &options, guard.report);
}

/* Calls visit(number) for each number that is a name in the folder. */
static void for_each_number(const char *path, void (*visit)(pid_t number))
{
    DIR *folder = opendir(path);
    const struct dirent *entry;

    if (folder == NULL)
        return;
    while ((entry = readdir(folder)) != NULL)
        if (strspn(entry->d_name, "0123456789") > 0)
            visit((pid_t)strtol(entry->d_name, NULL, 10));
    closedir(folder);
}

static void ask_thread(pid_t thread)
{
    struct timespec end;

    if (thread == this_thread())
        return;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec++;
    if (syscall(SYS_tgkill, getpid(), thread, SIGALRM) == 0 &&
        sem_timedwait(&guard.heard, &end) != 0)
        say("guard: thread %d does not answer\n", (int)thread);
}

/* They would outlive the program, and hold its output open. */
static void end_children(pid_t thread)
{
    char text[4096], path[64], *at = text;
    FILE *file;
    size_t length;

    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)thread);
    file = fopen(path, "r");
    if (file == NULL)
        return;
    length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    fclose(file);
    while (strspn(at, "0123456789 ") > 0 && *at != '\0') {
        pid_t child = (pid_t)strtol(at, &at, 10);

        if (child <= 0)
            break;
        say("guard: its process %d is ended\n", (int)child);
        kill(child, SIGKILL);
    }
}

static void print_report(void)
{
    char text[4096];
    ssize_t length;

    lseek(guard.report, 0, SEEK_SET);
    while ((length = read(guard.report, text, sizeof text)) > 0 &&
           write(STDERR_FILENO, text, (size_t)length) == length)
        continue;
}

/* Of what the report names by its place alone: what is not exported. */
static void print_names(void)
{
    static const char script[] = "grep -oE \"$1[(+]+0x[0-9a-f]+\" | "
                                 "grep -oE '0x[0-9a-f]+$' | sort -u | "
                                 "xargs -r addr2line -afps -e \"$1\" >&2";
    char exe[512] = "";
    pid_t child;

    if (readlink("/proc/self/exe", exe, sizeof exe - 1) < 0)
        return;
    lseek(guard.report, 0, SEEK_SET);
    child = fork();
    if (child == 0) {
        dup2(guard.report, STDIN_FILENO);
        execl("/bin/sh", "sh", "-c", script, "sh", exe, (char *)NULL);
        _exit(127);
    }
    waitpid(child, NULL, 0);
}

/* What could be said so far has to do: something holds a lock. */
static void end_at_once(int signal)
{
    (void)signal;
    print_report();
    _exit(TEST_GUARD_STATUS);
}

static _Noreturn void end_program(void)
{
    const struct sigaction at_once = {.sa_handler = end_at_once};
    int report = memfd_create("guard", MFD_CLOEXEC);

    say("guard: this takes too long: %s\n", guard.what);
    guard.report = report;
    sigaction(SIGALRM, &at_once, NULL);
    alarm(LAST_WORDS_SECONDS);
    show_this_thread();
    for_each_number("/proc/self/task", ask_thread);
    for_each_number("/proc/self/task", end_children);
    print_report();
    print_names();
    _exit(TEST_GUARD_STATUS);
}

/* In the guarded thread when the time is over, in the others when that asks. */
static void asked(int signal)
{
    (void)signal;
    if (this_thread() == guard.thread)
        end_program();
    show_this_thread();
    sem_post(&guard.heard);
}

/* --- the timer ----------------------------------------------------------- */

/* A forked process has no timer: the first guard there makes its own. */
static bool make_timer(void)
{
    const struct sigaction action = {.sa_handler = asked,
                                     .sa_flags = SA_RESTART};
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID,
                             .sigev_signo = GUARD_SIGNAL};

    if (guard.has_timer && guard.process == getpid())
        return true;
    guard.process = getpid();
    guard.thread = event.sigev_notify_thread_id = this_thread();
    guard.report = STDERR_FILENO;
    sem_init(&guard.heard, 0, 0);
    guard.has_timer = sigaction(GUARD_SIGNAL, &action, NULL) == 0 &&
                      timer_create(CLOCK_MONOTONIC, &event, &guard.timer) == 0;
    return guard.has_timer;
}

void test_guard_begin(const char *what)
{
    const struct itimerspec time = {.it_value.tv_sec = limit_seconds()};

    guard.what = what;
    if (make_timer())
        timer_settime(guard.timer, 0, &time, NULL);
}

void test_guard_end(void)
{
    static const struct itimerspec never;

    if (guard.has_timer && guard.process == getpid())
        timer_settime(guard.timer, 0, &never, NULL);
}
