# SPDX-License-Identifier: MIT
"""Examples in which something fails say so by their exit status, or their
reply, and end.

    python3 test_faults.py FOLDER-OF-PROGRAMS FAULTS-LIBRARY

What fails is described in faults.c.
"""

import os
import sys
import tempfile
import unittest

import run

FOLDER, LIBRARY = sys.argv[1:3]

NOBODY = "http://127.0.0.1:1"  # an upstream that no example here asks

STORE = """$ 14_json_api 0
listening on http://127.0.0.1:{number}
> POST /items
>
> {"name": "viola"}
< 500
> GET /items
< 200
<
< []
"""


class Faults(unittest.TestCase):
    def play(self, fault, transcript):
        before = dict(os.environ)
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write(transcript)
            file.flush()
            os.environ.update(LD_PRELOAD=LIBRARY, DUET_FAULT=fault,
                              ASAN_OPTIONS="verify_asan_link_order=0")
            try:
                return run.run_transcript(file.name, FOLDER, NOBODY,
                                          timeout=20)
            finally:
                os.environ.clear()
                os.environ.update(before)

    def assert_plays(self, fault, transcript):
        self.assertIsNone(self.play(fault, transcript))

    def test_map_without_a_result_fails(self):
        for name in ("20_process_pool", "21_process_map"):
            with self.subTest(name):
                self.assert_plays("worker", f"$ {name}\n? 1\n")

    def test_process_that_died_is_missed(self):
        for name in ("22_shared_counter", "23_value_and_array"):
            with self.subTest(name):
                self.assert_plays("shared", f"$ {name}\n? 1\n")

    def test_calls_that_wait_for_others_end(self):
        self.assert_plays("submit", "$ 18_as_completed\n? 1\n")

    def test_what_is_not_stored_is_not_created(self):
        self.assert_plays("append", STORE)

    def test_library_is_loaded(self):
        self.assert_plays("none", "$ 23_value_and_array\n3.1415927\n...\n")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
