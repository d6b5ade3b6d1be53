/* SPDX-License-Identifier: MIT */
/* overflow.c - the SIGSEGV handler that tells a stack overflow from other bugs.
 *
 * The handler runs on an alternate stack, one for each thread with a loop: the
 * task's own is exhausted. It only reads memory and writes one line. */
#include "runtime/look/overflow.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include "runtime/core/clock.h"
#include "runtime/core/task.h"

enum { ALTERNATE_BYTES = 64 * 1024 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int users;                 /* guarded by mutex */
static struct sigaction previous; /* guarded by mutex */
static _Thread_local void *alternate;

static void put(const char *text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0)
        return;
}

static void put_number(size_t number)
{
    char digits[24];
    char *first = digits + sizeof digits - 1;

    *first = '\0';
    do
        *--first = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    put(first);
}

/* True if the stack pointer was outside the stack of `task`: a frame larger
 * than stack and guard together moves it beyond both, and the fault can be
 * anywhere. False on architectures where that is unknown. */
static bool is_outside(const duet_task *task, const void *context)
{
    const ucontext_t *interrupted = context;
    uintptr_t low = (uintptr_t)task->stack.low;
    uintptr_t pointer = low;

#if defined(__x86_64__)
    pointer = (uintptr_t)interrupted->uc_mcontext.gregs[REG_RSP];
#elif defined(__aarch64__)
    pointer = (uintptr_t)interrupted->uc_mcontext.sp;
#else
    (void)interrupted;
#endif
    return pointer < low || pointer > low + task->stack.bytes;
}

/* For messages: the option that gives the task a larger stack. */
static const char *stack_option(const duet_task *task)
{
    if (task == task->loop->main)
        return "duet_loop_options.main_stack_bytes";
    return task->scope->stack_option != NULL ? task->scope->stack_option
                                             : "duet_spawn_options.stack_bytes";
}

static void handle(int signal, siginfo_t *info, void *context)
{
    duet_loop *loop = duet__loop_current;
    const duet_task *task = loop != NULL ? loop->current : NULL;

    if (task != NULL && (duet__stack_guards(&loop->stacks, info->si_addr) ||
                         is_outside(task, context))) {
        put("duet: stack overflow in task '");
        put(task->name);
        put("': its stack has ");
        put_number(task->stack.bytes);
        put(" bytes; give it more with ");
        put(stack_option(task));
        put("\n");
    }
    sigaction(signal, &previous, NULL); /* and the fault happens again */
}

static void use_alternate_stack(void)
{
    stack_t now;
    stack_t own = {.ss_size = ALTERNATE_BYTES};

    if (sigaltstack(NULL, &now) != 0 || !(now.ss_flags & SS_DISABLE))
        return;
    alternate = malloc(ALTERNATE_BYTES);
    if (alternate == NULL)
        return;
    own.ss_sp = alternate;
    if (sigaltstack(&own, NULL) != 0) {
        free(alternate);
        alternate = NULL;
    }
}

void duet__overflow_report_start(duet_loop *loop)
{
    struct sigaction action = {.sa_sigaction = handle,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK};

    (void)loop;
    use_alternate_stack();
    pthread_mutex_lock(&mutex);
    if (users++ == 0) {
        sigaction(SIGSEGV, NULL, &previous);
        if (!(previous.sa_flags & SA_SIGINFO) && previous.sa_handler == SIG_DFL)
            sigaction(SIGSEGV, &action, NULL);
    }
    pthread_mutex_unlock(&mutex);
}

void duet__overflow_report_stop(duet_loop *loop)
{
    stack_t none = {.ss_flags = SS_DISABLE};

    if (loop->options.no_overflow_report)
        return;
    pthread_mutex_lock(&mutex);
    if (--users == 0)
        sigaction(SIGSEGV, &previous, NULL);
    pthread_mutex_unlock(&mutex);
    if (alternate != NULL) {
        sigaltstack(&none, NULL);
        free(alternate);
        alternate = NULL;
    }
}

void duet__overflow_forget(void)
{
    pthread_mutex_init(&mutex, NULL);
    users = 0;
}
