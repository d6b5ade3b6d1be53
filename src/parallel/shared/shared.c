/* SPDX-License-Identifier: MIT */
/* shared.c - elements and a robust lock in memory behind a descriptor.
 *
 * Owns the mapping and the descriptor. Invariant: everything that processes
 * must agree on is in the memory's header, of which only the mutex changes. */
#include "parallel/shared/shared.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "base/error.h"
#include "base/life.h"
#include "runtime/core/loop.h"
#include "runtime/core/sleep.h"
#include "runtime/core/wait.h"

static const uint64_t MAGIC = 0x6475657473686172; /* "duetshar" */

/* How long a task waits before it tries the lock again. */
enum { SHORTEST_NS = 50 * 1000, LONGEST_NS = 5 * 1000 * 1000 };

typedef struct header {
    uint64_t magic;
    uint64_t bytes; /* of the whole */
    uint64_t count;
    uint64_t element_bytes;
    pthread_mutex_t mutex;
    _Alignas(64) char elements[];
} header;

DUET__LIVES("shared memory")

struct duet_shared {
    DUET__LIFE
    header *memory;
    size_t bytes;
    int descriptor;
};

/* --- life ---------------------------------------------------------------- */

static int map(int descriptor, size_t bytes, duet_shared **out_shared)
{
    duet_shared *shared = malloc(sizeof *shared);
    void *memory;
    int status;

    if (shared == NULL)
        return DUET_ENOMEM;
    memory =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (memory == MAP_FAILED) {
        status = duet__error_from_errno(errno);
        free(shared);
        return status;
    }
    *shared = (duet_shared){
        .memory = memory, .bytes = bytes, .descriptor = descriptor};
    DUET__LIFE_BEGINS(shared);
    *out_shared = shared;
    return 0;
}

static int init_mutex(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t attributes;
    int error;

    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    error = pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    return error != 0 ? duet__error_from_errno(error) : 0;
}

static int make(int descriptor, size_t bytes, duet_shared **out_shared)
{
    if (ftruncate(descriptor, (off_t)bytes) != 0)
        return errno == EINVAL || errno == EFBIG
                   ? DUET_ETOOLARGE
                   : duet__error_from_errno(errno);
    return map(descriptor, bytes, out_shared);
}

int duet_shared_new(size_t count, size_t element_bytes,
                    duet_shared **out_shared)
{
    size_t bytes;
    int descriptor;
    int status;

    *out_shared = NULL;
    if (count == 0 || element_bytes == 0)
        return duet__fail(DUET_EINVAL, "shared memory of no size");
    if (__builtin_mul_overflow(count, element_bytes, &bytes) ||
        __builtin_add_overflow(bytes, sizeof(header), &bytes) ||
        bytes > INT64_MAX)
        return duet__fail(DUET_ETOOLARGE, "%zu elements of %zu bytes", count,
                          element_bytes);
    descriptor = memfd_create("duet-shared", MFD_CLOEXEC);
    if (descriptor < 0)
        return duet__error_from_errno(errno);
    status = make(descriptor, bytes, out_shared);
    if (status != 0) {
        close(descriptor);
        return status;
    }
    header *memory = (*out_shared)->memory;

    memory->magic = MAGIC;
    memory->bytes = bytes;
    memory->count = count;
    memory->element_bytes = element_bytes;
    status = init_mutex(&memory->mutex);
    if (status != 0) {
        duet_shared_free(*out_shared);
        *out_shared = NULL;
    }
    return status;
}

int duet__shared_descriptor(const duet_shared *shared)
{
    return shared->descriptor;
}

int duet__shared_open(int descriptor, duet_shared **out_shared)
{
    struct stat file;
    int status = DUET_EINVAL;

    *out_shared = NULL;
    if (fstat(descriptor, &file) == 0 && (size_t)file.st_size > sizeof(header))
        status = map(descriptor, (size_t)file.st_size, out_shared);
    if (status != 0) {
        close(descriptor);
        return status;
    }
    if ((*out_shared)->memory->magic == MAGIC &&
        (*out_shared)->memory->bytes == (uint64_t)file.st_size)
        return 0;
    duet_shared_free(*out_shared);
    *out_shared = NULL;
    return duet__fail_plainly(DUET_EINVAL);
}

void duet_shared_free(duet_shared *shared)
{
    if (shared == NULL)
        return;
    DUET__LIFE_ENDS(shared);
    /* The mutex is not destroyed: other processes may hold it. */
    munmap(shared->memory, shared->bytes);
    close(shared->descriptor);
    free(shared);
}

/* --- elements ------------------------------------------------------------ */

size_t duet_shared_count(const duet_shared *shared)
{
    return shared->memory->count;
}

void *duet_shared_at(const duet_shared *shared, size_t index)
{
    DUET__CHECK(index < shared->memory->count, "no such element");
    return shared->memory->elements + index * shared->memory->element_bytes;
}

static _Atomic int64_t *number_at(const duet_shared *shared, size_t index)
{
    DUET__CHECK(shared->memory->element_bytes == sizeof(int64_t),
                "the elements are no 64-bit numbers");
    return duet_shared_at(shared, index);
}

int64_t duet_shared_add(duet_shared *shared, size_t index, int64_t number)
{
    int64_t before = atomic_fetch_add(number_at(shared, index), number);

    return (int64_t)((uint64_t)before + (uint64_t)number);
}

int64_t duet_shared_get(const duet_shared *shared, size_t index)
{
    return atomic_load(number_at(shared, index));
}

/* --- the lock ------------------------------------------------------------ */

/* Interprets the result of a pthread call on the mutex; on success the caller
 * holds it. For a task it is no deadlock if another task of its thread holds
 * the lock. */
static int locked(duet_shared *shared, int error, bool *out_owner_died)
{
    if (out_owner_died != NULL)
        *out_owner_died = error == EOWNERDEAD;
    if (error == EOWNERDEAD)
        error = pthread_mutex_consistent(&shared->memory->mutex);
    if (error == EDEADLK && duet_current_loop() != NULL)
        error = EBUSY;
    return error != 0 ? duet__error_from_errno(error) : 0;
}

static int lock_as_thread(duet_shared *shared, bool *out_owner_died,
                          duet_deadline deadline)
{
    pthread_mutex_t *mutex = &shared->memory->mutex;
    const struct timespec until = {.tv_sec = deadline.at_ns / 1000000000,
                                   .tv_nsec = deadline.at_ns % 1000000000};

    if (duet_deadline_is_never(deadline))
        return locked(shared, pthread_mutex_lock(mutex), out_owner_died);
    if (duet_deadline_is_now(deadline))
        return duet__fail_plainly(DUET_ETIMEDOUT);
    return locked(shared,
                  pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &until),
                  out_owner_died);
}

static int lock_as_task(duet_shared *shared, bool *out_owner_died,
                        duet_deadline deadline)
{
    int64_t pause_ns = SHORTEST_NS;
    int status = DUET_EBUSY;

    while (status == DUET_EBUSY) {
        duet_deadline next = duet_in_ns(pause_ns);

        if (duet_deadline_left_ns(deadline) == 0)
            return duet__fail_plainly(DUET_ETIMEDOUT);
        status =
            duet__sleep_between_looks(duet_deadline_earlier(next, deadline));
        if (status == 0)
            status =
                locked(shared, pthread_mutex_trylock(&shared->memory->mutex),
                       out_owner_died);
        pause_ns = pause_ns < LONGEST_NS / 2 ? pause_ns * 2 : LONGEST_NS;
    }
    return status;
}

int duet_shared_lock(duet_shared *shared, bool *out_owner_died,
                     duet_deadline deadline)
{
    duet_loop *loop = duet_current_loop();
    int status = locked(shared, pthread_mutex_trylock(&shared->memory->mutex),
                        out_owner_died);

    if (status != DUET_EBUSY)
        return status;
    if (loop == NULL)
        return lock_as_thread(shared, out_owner_died, deadline);
    if (loop->current == NULL)
        return DUET_ENOLOOP;
    return lock_as_task(shared, out_owner_died, deadline);
}

void duet_shared_unlock(duet_shared *shared)
{
    int error = pthread_mutex_unlock(&shared->memory->mutex);

    DUET__CHECK(error == 0, "the lock is not held by this thread");
}
