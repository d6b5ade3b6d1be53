/* SPDX-License-Identifier: MIT */
#include "file/blocking/stat.h"

#include "support/test.h"

static void kinds_follow_the_mode(void **state)
{
    (void)state;
    assert_int_equal(duet__kind_of_mode(S_IFREG | 0644), DUET_KIND_FILE);
    assert_int_equal(duet__kind_of_mode(S_IFDIR | 0755), DUET_KIND_FOLDER);
    assert_int_equal(duet__kind_of_mode(S_IFLNK | 0777), DUET_KIND_SYMLINK);
    assert_int_equal(duet__kind_of_mode(S_IFIFO), DUET_KIND_PIPE);
    assert_int_equal(duet__kind_of_mode(S_IFBLK), DUET_KIND_DEVICE);
    assert_int_equal(duet__kind_of_mode(S_IFCHR), DUET_KIND_DEVICE);
    assert_int_equal(duet__kind_of_mode(S_IFSOCK), DUET_KIND_OTHER);
}

static void facts_are_copied(void **state)
{
    const struct stat facts = {.st_mode = S_IFREG | 04751,
                               .st_size = 1000,
                               .st_blocks = 3,
                               .st_mtim = {.tv_sec = 2, .tv_nsec = 5},
                               .st_atim = {.tv_sec = 3, .tv_nsec = 6},
                               .st_ctim = {.tv_sec = -1, .tv_nsec = 7},
                               .st_dev = 11,
                               .st_ino = 12,
                               .st_nlink = 13,
                               .st_uid = 14,
                               .st_gid = 15};
    duet_stat stat = duet__stat_from(&facts);

    (void)state;
    assert_int_equal(stat.kind, DUET_KIND_FILE);
    assert_int_equal(stat.permissions, 04751);
    assert_int_equal(stat.size_bytes, 1000);
    assert_int_equal(stat.used_bytes, 1536);
    assert_true(stat.modified_ns == 2000000005);
    assert_true(stat.accessed_ns == 3000000006);
    assert_true(stat.changed_ns == -999999993);
    assert_int_equal(stat.device, 11);
    assert_int_equal(stat.inode, 12);
    assert_int_equal(stat.links, 13);
    assert_int_equal(stat.user, 14);
    assert_int_equal(stat.group, 15);
}

TEST_MAIN(test(kinds_follow_the_mode), test(facts_are_copied))
