# SPDX-License-Identifier: MIT
"""The check of the check: circles that are made on purpose."""

import os
import subprocess
import tempfile
import unittest

import calls

A = "void duet__b(void);\nvoid duet__a(void)\n{\n    duet__b();\n}\n"
B = "void duet__b(void)\n{\n}\n"
B_BACK = "void duet__c(void);\nvoid duet__b(void)\n{\n    duet__c();\n}\n"
ROOMS = {"src/rooms.cmake": "set(duet_rooms base base/y base/x) # list\n"}
C = "void duet__a(void);\nvoid duet__c(void)\n{\n    duet__a();\n}\n"


def check(files):
    """What the check says of a src/ with these files, compiled."""
    files = {**ROOMS, **files}
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            source = os.path.join(root, path)
            os.makedirs(os.path.dirname(source), exist_ok=True)
            with open(source, "w", encoding="utf-8") as file:
                file.write(text)
        objects = [os.path.join(root, path + ".o") for path in files
                   if path.endswith(".c")]
        for path in objects:
            subprocess.run([os.environ.get("CC", "cc"), "-I", root + "/src",
                            "-c", path[:-2], "-o", path], check=True)
        return [f"{finding.path}: {finding.what}" for finding
                in calls.check(files, "nm", objects)]


class Calls(unittest.TestCase):
    def test_files_that_use_each_other_downwards_are_fine(self):
        self.assertEqual(check({"src/base/x/a.c": A, "src/base/y/b.c": B}), [])

    def test_circle_of_three_files_is_found(self):
        found = check({"src/base/a.c": A, "src/base/b.c": B_BACK,
                       "src/base/c.c": C})
        self.assertEqual(found, [
            "src/base/a.c: a circle of files: "
            "src/base/a.c uses duet__b of src/base/b.c; "
            "src/base/b.c uses duet__c of src/base/c.c; "
            "src/base/c.c uses duet__a of src/base/a.c"])

    def test_room_that_reaches_up_is_found(self):
        found = check({"src/base/y/a.c": A, "src/base/x/b.c": B,
                       "src/base/y/d.c": '#include "base/x/e.h"\n',
                       "src/base/x/e.h": ""})
        self.assertEqual(found, [
            "src/base/y/a.c: uses src/base/x/b.c, and base/x stands above "
            "base/y in src/rooms.cmake",
            "src/base/y/d.c: uses src/base/x/e.h, and base/x stands above "
            "base/y in src/rooms.cmake"])

    def test_room_that_has_become_a_hall_is_found(self):
        found = check({f"src/base/x/f{i}.c": ""
                       for i in range(calls.ROOM_FILES + 1)})
        self.assertEqual(len(found), 1, found)
        self.assertIn("src/base/x has 18 sources", found[0])

    def test_room_that_is_in_no_list_is_found(self):
        self.assertEqual(check({"src/base/z/b.c": B}), [
            "src/base/z/b.c: src/base/z is not in src/rooms.cmake"])

    def test_header_that_declares_for_another_file_is_found(self):
        found = check({"src/base/a.c": A, "src/base/b.c": B,
                       "src/base/a.h": "void duet__a(void);\n"
                                       "void duet__b(void);\n"})
        self.assertEqual(found, [
            "src/base/a.h: duet__b is defined in src/base/b.c"])


if __name__ == "__main__":
    unittest.main()
