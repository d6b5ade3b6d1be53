/* SPDX-License-Identifier: MIT */
#include "file/blocking/mode.h"

#include <fcntl.h>

#include "support/test.h"

static void each_mode_has_its_flags(void **state)
{
    static const struct {
        const char *mode;
        int flags;
    } cases[] = {
        {"r", O_RDONLY},
        {"rb", O_RDONLY},
        {"r+", O_RDWR},
        {"rb+", O_RDWR},
        {"r+b", O_RDWR},
        {"w", O_WRONLY | O_CREAT | O_TRUNC},
        {"w+", O_RDWR | O_CREAT | O_TRUNC},
        {"a", O_WRONLY | O_CREAT | O_APPEND},
        {"a+b", O_RDWR | O_CREAT | O_APPEND},
        {"x", O_WRONLY | O_CREAT | O_EXCL},
        {"x+", O_RDWR | O_CREAT | O_EXCL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int flags = -1;

        assert_status(duet__mode_parse(cases[i].mode, &flags), 0);
        assert_int_equal(flags, cases[i].flags);
    }
}

static void other_texts_are_refused(void **state)
{
    static const char *const cases[] = {"",   "+",   "b",    "q",  "rw", "r++",
                                        "rt", "rbb", "r+b+", "br", "R",  "r "};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int flags = -1;

        assert_status(duet__mode_parse(cases[i], &flags), DUET_EINVAL);
        assert_int_equal(flags, -1);
        assert_non_null(strstr(duet_error_detail(), "mode '"));
    }
}

static void permissions_above_their_bits_are_refused(void **state)
{
    unsigned permissions = 1;

    (void)state;
    assert_status(duet__permissions_read(0, 0666, &permissions), 0);
    assert_int_equal(permissions, 0666);
    assert_status(duet__permissions_read(07777, 0666, &permissions), 0);
    assert_int_equal(permissions, 07777);
    assert_status(duet__permissions_read(010000, 0666, &permissions),
                  DUET_EINVAL);
}

TEST_MAIN(test(each_mode_has_its_flags), test(other_texts_are_refused),
          test(permissions_above_their_bits_are_refused))
