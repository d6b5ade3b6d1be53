/* SPDX-License-Identifier: MIT */
/* replay.c - feeds the files in the folders it is given to a fuzz target. A
 * word that begins with '-' is an option for libFuzzer, and skipped. */
#include "fuzz/fuzz.h"

#include <dirent.h>

/* In memory of the file's size, so that a sanitizer sees every byte too far. */
static void replay_file(const char *folder, const char *name)
{
    char path[4096];
    FILE *file;
    uint8_t *bytes;
    long length;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "rb");
    FUZZ_CHECK(file != NULL && fseek(file, 0, SEEK_END) == 0);
    length = ftell(file);
    FUZZ_CHECK(length >= 0 && fseek(file, 0, SEEK_SET) == 0);
    bytes = malloc((size_t)length + (length == 0));
    FUZZ_CHECK(bytes != NULL);
    FUZZ_CHECK(fread(bytes, 1, (size_t)length, file) == (size_t)length);
    fclose(file);
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(bytes, (size_t)length);
    free(bytes);
}

static int replay_folder(const char *folder)
{
    DIR *stream = opendir(folder);
    const struct dirent *entry;
    int count = 0;

    FUZZ_CHECK(stream != NULL);
    while ((entry = readdir(stream)) != NULL)
        if (entry->d_name[0] != '.') {
            replay_file(folder, entry->d_name);
            count++;
        }
    closedir(stream);
    return count;
}

int main(int argc, char **argv)
{
    int count = 0;

    for (int i = 1; i < argc; i++)
        if (argv[i][0] != '-')
            count += replay_folder(argv[i]);
    FUZZ_CHECK(count > 0);
    return 0;
}
