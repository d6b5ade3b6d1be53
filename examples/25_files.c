/* SPDX-License-Identifier: MIT */
/* 25_files.c - writes a file and reads it line by line.
 * Shows:  files, a file replaced as a whole, lines read ahead, cleaning up.
 * Run:    ./25_files
 * Prints: each line with its number */
#include <duet/duet.h>
#include <stdio.h>
#include <string.h>

static const char poem[] = "Two voices\non one loop:\nneither waits\n";

static int print_lines(duet_file *file, duet_deadline deadline)
{
    duet_reader *reader;
    const char *line;
    int status = duet_file_reader(file, NULL, &reader);

    for (int number = 1; status == 0; number++) {
        status = duet_read_line(reader, &line, NULL, deadline);
        if (status == 0)
            printf("%d %s\n", number, line);
    }
    duet_reader_close(reader);
    return status == DUET_EEMPTY ? 0 : status;
}

static int write_and_read(void *unused)
{
    duet_deadline deadline = duet_in_ms(10000);
    duet_temporary_folder *folder;
    duet_file *file;
    char path[4096];
    int closed = 0, removed;
    int status = duet_temporary_folder_open(NULL, &folder, deadline);

    (void)unused;
    if (status != 0)
        return status;
    snprintf(path, sizeof path, "%s/poem", duet_temporary_folder_path(folder));
    status = duet_whole_file_write(path, poem, strlen(poem), NULL, deadline);
    if (status == 0)
        status = duet_file_open(path, "r", NULL, &file, deadline);
    if (status == 0) {
        status = print_lines(file, deadline);
        closed = duet_file_close(file, deadline);
    }
    removed = duet_temporary_folder_close(folder, deadline);
    if (status == 0)
        status = closed;
    return status != 0 ? status : removed;
}

int main(void)
{
    int status = duet_run(write_and_read, NULL, NULL);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
