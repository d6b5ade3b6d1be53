/* SPDX-License-Identifier: MIT */
/* folder_list.c - lists the entries of a folder.
 *
 * Invariant: while a folder is read, `names` holds for each entry one byte for
 * its kind, then its name with the NUL. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <duet/path.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/life.h"
#include "base/limit.h"
#include "base/list.h"
#include "file/blocking/job.h"
#include "file/blocking/stat.h"

enum { ENTRIES_DEFAULT = 1000000 };

DUET__LIVES("folder list")

struct duet_folder_list {
    DUET__LIFE
    char *names; /* owned; the entries point into it */
    size_t count;
    duet_folder_entry entries[];
};

typedef struct list_job {
    duet__job job;
    size_t limit;
    duet_folder_list *list; /* the result */
} list_job;

static duet_file_kind kind_of(DIR *folder, const struct dirent *entry)
{
    struct stat facts;

    if (entry->d_type != DT_UNKNOWN)
        return duet__kind_of_mode(DTTOIF(entry->d_type));
    if (fstatat(dirfd(folder), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0)
        return DUET_KIND_OTHER;
    return duet__kind_of_mode(facts.st_mode);
}

/* Reads all entries; the code for errno on failure. */
static int read_names(DIR *folder, size_t limit, duet__buffer *names,
                      size_t *count)
{
    struct dirent *entry;
    int status = 0;

    for (*count = 0; status == 0;) {
        char kind;

        errno = 0;
        entry = readdir(folder);
        if (entry == NULL)
            return errno == 0 ? 0 : duet__error_from_errno(errno);
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (++*count > limit)
            return DUET_ETOOLARGE;
        kind = (char)kind_of(folder, entry);
        status = duet__buffer_append(names, &kind, 1);
        if (status == 0)
            status = duet__buffer_append(names, entry->d_name,
                                         strlen(entry->d_name) + 1);
    }
    return status;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(((const duet_folder_entry *)left)->name,
                  ((const duet_folder_entry *)right)->name);
}

static int make_list(duet__buffer *names, size_t count,
                     duet_folder_list **out_list)
{
    duet_folder_list *list =
        calloc(1, sizeof *list + count * sizeof list->entries[0]);
    const char *next;

    if (list == NULL)
        return DUET_ENOMEM;
    if (count > 0 && duet__buffer_take(names, &list->names, NULL) != 0) {
        free(list);
        return DUET_ENOMEM;
    }
    next = list->names;
    for (size_t i = 0; i < count; i++) {
        list->entries[i] = (duet_folder_entry){.kind = (duet_file_kind)next[0],
                                               .name = next + 1};
        next += strlen(next + 1) + 2;
    }
    qsort(list->entries, count, sizeof list->entries[0], compare_names);
    list->count = count;
    DUET__LIFE_BEGINS(list);
    *out_list = list;
    return 0;
}

static int run_list(duet__job *job)
{
    list_job *self = DUET__MEMBER(job, list_job, job);
    duet__buffer names;
    size_t count;
    int status;
    DIR *folder = opendir(job->path); /* closes on exec */

    if (folder == NULL)
        return duet__job_errno(job);
    duet__buffer_init(&names, SIZE_MAX);
    status = read_names(folder, self->limit, &names, &count);
    closedir(folder);
    if (status == 0)
        status = make_list(&names, count, &self->list);
    duet__buffer_free(&names);
    if (status == DUET_ETOOLARGE)
        return duet__fail(status, "list %s: more than %zu entries", job->path,
                          self->limit);
    return status == 0 ? 0 : duet__job_fail(job, status);
}

static void free_list_job(duet__job *job)
{
    list_job *self = DUET__MEMBER(job, list_job, job);

    duet_folder_list_free(self->list);
    free(self);
}

int duet_path_list(const char *path, const duet_folder_options *options,
                   duet_folder_list **out_list, duet_deadline deadline)
{
    size_t limit;
    list_job *self;
    int status = duet__limit_read("entries_limit",
                                  options != NULL ? options->entries_limit : 0,
                                  ENTRIES_DEFAULT, &limit);

    *out_list = NULL;
    if (status != 0)
        return status;
    self = duet__job_new(sizeof *self, run_list, free_list_job, "list", path,
                         NULL);
    if (self == NULL)
        return DUET_ENOMEM;
    self->limit = limit;
    status = duet__job_run(&self->job, NULL, deadline);
    if (status != 0)
        return status;
    *out_list = self->list;
    self->list = NULL;
    free_list_job(&self->job);
    return 0;
}

size_t duet_folder_list_count(const duet_folder_list *list)
{
    return list->count;
}

const duet_folder_entry *duet_folder_list_at(const duet_folder_list *list,
                                             size_t index)
{
    return index < list->count ? &list->entries[index] : NULL;
}

void duet_folder_list_free(duet_folder_list *list)
{
    if (list == NULL)
        return;
    DUET__LIFE_ENDS(list);
    free(list->names);
    free(list);
}
