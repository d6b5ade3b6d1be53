/* SPDX-License-Identifier: MIT */
/* cases.c - the cases of a program, each by itself.
 *
 * Each is guarded against hanging. cmocka leaves a failed case by longjmp(),
 * which only its own stack allows: where a task fails, a callback of a loop or
 * another thread, the loop would stay behind, in the middle of a turn, and fail
 * all later cases. There the program says what failed and begins anew, as
 * another program in the same process, with the case behind. */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <duet/loop.h>

#include "support/guard.h"
#include "support/memory.h"
#include "support/test.h"

/* "GROUP CASE": where to begin, both counted from 0; a case failed before. */
static const char begin_variable[] = "DUET_TEST_BEGIN";

static struct {
    pid_t process;
    int groups; /* begun so far */
    size_t begun, count;
    const struct CMUnitTest *cases;
    bool failed_before;
    sigset_t signals;
} run;

/* --- beginning anew ------------------------------------------------------ */

static void close_at_exec(void)
{
    int most = (int)sysconf(_SC_OPEN_MAX);

    for (int i = STDERR_FILENO + 1; i < most && i < 65536; i++)
        fcntl(i, F_SETFD, FD_CLOEXEC);
}

/* Goes on with case number `next`; 1 for its exit status if that cannot be. */
static _Noreturn void go_on_with(size_t next)
{
    char exe[512] = "", begin[64];
    char *arguments[] = {exe, NULL};

    snprintf(begin, sizeof begin, "%d %zu", run.groups - 1, next);
    test_guard_end();
    fflush(NULL);
    if (setenv(begin_variable, begin, 1) == 0 &&
        readlink("/proc/self/exe", exe, sizeof exe - 1) > 0) {
        close_at_exec();
        sigprocmask(SIG_SETMASK, &run.signals, NULL);
        execv(exe, arguments);
    }
    fprintf(stderr, "the cases behind it cannot be run\n");
    _exit(EXIT_FAILURE);
}

/* --- failures ------------------------------------------------------------ */

/* Both stand before cmocka's, which call each other by these names. */
void _fail(const char *const file, const int line)
    __attribute__((visibility("default")));
void cm_print_error(const char *const format, ...)
    __attribute__((visibility("default"), format(printf, 1, 2)));

/* At once: cmocka would keep it until the case has ended. */
void cm_print_error(const char *const format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vprint_error(format, arguments);
    va_end(arguments);
    if (strchr(format, '\n') == NULL)
        print_error("\n");
}

static bool may_jump(void)
{
    return getpid() == run.process &&
           syscall(SYS_gettid) == (long)run.process &&
           duet_current_loop() == NULL;
}

void _fail(const char *const file, const int line)
{
    void (*of_cmocka)(const char *, int);

    test_fail_allocation(0);
    if (may_jump()) {
        *(void **)&of_cmocka = dlsym(RTLD_NEXT, "_fail");
        of_cmocka(file, line);
    }
    print_error("%s:%d: error: Failure!\n", file, line);
    if (getpid() != run.process) /* a child's end is its parent's to judge */
        _exit(EXIT_FAILURE);
    print_error("[  FAILED  ] %s\n", run.cases[run.begun - 1].name);
    go_on_with(run.begun);
}

/* --- the group ----------------------------------------------------------- */

/* The set-up of each case stands behind this one. */
static int begin_case(void **state)
{
    const struct CMUnitTest *own = &run.cases[run.begun++];

    if (duet_current_loop() != NULL) /* a signal ended the case before */
        go_on_with(run.begun - 1);
    test_guard_begin(own->name);
    return own->setup_func != NULL ? own->setup_func(state) : 0;
}

/* Where this group begins: at its end if the program begins behind it. */
static size_t first_case(void)
{
    const char *begin = getenv(begin_variable);
    int group;
    size_t first;

    if (begin == NULL || sscanf(begin, "%d %zu", &group, &first) != 2)
        return 0;
    run.failed_before = true;
    if (run.groups - 1 < group)
        return run.count;
    return run.groups - 1 == group ? first : 0;
}

int __real__cmocka_run_group_tests(const char *name,
                                   const struct CMUnitTest *cases, size_t count,
                                   CMFixtureFunction set_up,
                                   CMFixtureFunction tear_down);
int __wrap__cmocka_run_group_tests(const char *name,
                                   const struct CMUnitTest *cases, size_t count,
                                   CMFixtureFunction set_up,
                                   CMFixtureFunction tear_down);

int __wrap__cmocka_run_group_tests(const char *name,
                                   const struct CMUnitTest *cases, size_t count,
                                   CMFixtureFunction set_up,
                                   CMFixtureFunction tear_down)
{
    struct CMUnitTest *guarded = calloc(count, sizeof *guarded);
    int failed = 0;

    if (guarded == NULL)
        return EXIT_FAILURE;
    memcpy(guarded, cases, count * sizeof *guarded);
    for (size_t i = 0; i < count; i++)
        guarded[i].setup_func = begin_case;
    run.process = getpid();
    run.groups++;
    run.cases = cases;
    run.count = count;
    run.begun = first_case();
    sigprocmask(SIG_SETMASK, NULL, &run.signals);
    if (run.begun < count)
        failed = __real__cmocka_run_group_tests(
            name, guarded + run.begun, count - run.begun, set_up, tear_down);
    test_guard_end();
    free(guarded);
    return failed == 0 && run.failed_before ? EXIT_FAILURE : failed;
}
