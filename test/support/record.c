/* SPDX-License-Identifier: MIT */
/* record.c - the marks of a program.
 *
 * They lie in a file that is mapped before main() and shared with all processes
 * that are forked, so that a mark outlives whatever end a process takes.
 * Invariant: the marks in a file are of the program whose size and time it
 * names; another's are dropped. */
#include "support/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <duet/error.h>

enum {
#define CODE_NUMBER(name, value, sentence) NUMBER_OF_##name,
    DUET_ERROR_TABLE(CODE_NUMBER)
#undef CODE_NUMBER
        CODES
};

/* As codes.py reads it. */
typedef struct record {
    int64_t program_bytes;
    int64_t program_ns; /* when it was built */
    int64_t skipped;    /* it has left a case out */
    int64_t reserved;
    uint8_t marks[TEST_RECORD_FUNCTIONS][CODES];
} record;

static record *marks_of_program;

static int number_of(int status)
{
    switch (status) {
#define CODE_CASE(name, value, sentence)                                       \
    case name:                                                                 \
        return NUMBER_OF_##name;
        DUET_ERROR_TABLE(CODE_CASE)
#undef CODE_CASE
    default:
        return -1;
    }
}

int test_record(int function, int status)
{
    int number =
        status < 0 && marks_of_program != NULL ? number_of(status) : -1;
    int error = errno;

    if (number >= 0)
        __atomic_store_n(&marks_of_program->marks[function][number], 1,
                         __ATOMIC_RELAXED);
    errno = error;
    return status;
}

void test_record_skip(void)
{
    if (marks_of_program != NULL)
        marks_of_program->skipped = 1;
}

static void begin(int descriptor, const struct stat *program)
{
    int64_t ns = (int64_t)program->st_mtim.tv_sec * 1000000000 +
                 program->st_mtim.tv_nsec;
    record *own;

    if (ftruncate(descriptor, sizeof *own) != 0)
        return;
    own = mmap(NULL, sizeof *own, PROT_READ | PROT_WRITE, MAP_SHARED,
               descriptor, 0);
    if (own == MAP_FAILED)
        return;
    if (own->program_bytes != program->st_size || own->program_ns != ns)
        memset(own, 0, sizeof *own);
    own->program_bytes = program->st_size;
    own->program_ns = ns;
    marks_of_program = own;
}

__attribute__((constructor)) static void open_record(void)
{
    char program[4096] = "";
    char path[8192];
    struct stat facts;
    int descriptor;

    if (readlink("/proc/self/exe", program, sizeof program - 1) < 0 ||
        stat(program, &facts) != 0 || strrchr(program, '/') == NULL)
        return;
    mkdir(DUET_BUILD_DIR "/codes", 0777);
    snprintf(path, sizeof path, DUET_BUILD_DIR "/codes%s",
             strrchr(program, '/'));
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return;
    begin(descriptor, &facts);
    close(descriptor);
}
