# SPDX-License-Identifier: MIT
"""Every check complains about a bad sample and is silent about good ones."""

import os
import tempfile
import unittest

import checks
import header
import source
import snippets

SPDX = "/* SPDX-License-Identifier: MIT */\n"

# What every check must accept.
TOUR = ("`url.h`\n## A tour of the source\n1. `src/base/`: `text.c`, "
        "`src/http/`: `url/`, `src/client/`: `curl/`, `src/server/`: `mhd/`.\n")

LADDER = "| 1 | `fetch` | a page |\n"

GOOD = {
    "README.md": TOUR + LADDER,
    "include/duet/url.h": SPDX + '''\
#ifndef DUET_URL_H
#define DUET_URL_H
#include <stddef.h>
#include <duet/export.h>
DUET_BEGIN_DECLARATIONS
/* A URL in its parts. */
typedef struct duet_url duet_url;
/* What to accept. */
struct duet_url_options {
    int (*judge)(const char *host, void *context); /* may be NULL */
    size_t limit_bytes;                            /* 0: 8 KiB */
};
/* Reads one, such as "a  b".
 *
 *   length  of the text
 *           and so on
 *
 * Returns 0, or
 *   DUET_EURL  no host */
DUET_API DUET_MUST_USE int duet_url_parse(const char *text, size_t length,
                                          duet_url **url);
/* Calls back. */
DUET_API void duet_url_walk(const duet_url *url,
                            int (*visit)(const char *part, void *context),
                            void *context);
/* Says. */
DUET_PRINTF(1, 2)
DUET_API int duet_url_print(const char *format, ...);
/* Counts. */
DUET_API unsigned long duet_url_count(void);
static inline int duet_url_is(int x)
{
    return x;
}
/* Ends. */
DUET_API void duet_url_free(duet_url *url) __attribute__((cold));
DUET_END_DECLARATIONS
#endif
''',
    "src/base/text.h": SPDX + "#include <stddef.h>\n",
    "src/base/text.c": SPDX + '''\
#include "base/text.h"
/* sprintf(x) in a comment, and duet_url of a higher floor: */
struct text {
    int x;
};
int duet__text(int gmtime)
{
    return snprintf(0, 0, "strcpy(a, b) %d", gmtime);
}
''',
    "src/http/url/url.c": SPDX + '#include "base/text.h"\n#include <duet/url.h>\n',
    "src/client/curl/easy.c": SPDX + "#include <curl/curl.h>\n"
                                     '#include <duet/url.h>\n',
    "src/server/mhd/daemon.c": SPDX + "#include <microhttpd.h>\n",
    "test/unit/base/text.c": SPDX,
    "test/unit/http/url/url.c": SPDX,
    "test/unit/client/curl/easy.c": SPDX,
    "test/unit/server/mhd/daemon.c": SPDX,
    "examples/01_fetch.c": SPDX,
    "examples/expected/01_fetch.txt": "$ 01_fetch\n",
}

# check -> (files that replace or join the good ones, part of the finding)
BAD = {
    "includes_go_down": [
        ({"src/base/text.c": SPDX + '#include "http/url/url.h"\n',
          "src/http/url/url.h": SPDX}, "src/base/text.c:2: base includes http/url"),
        ({"src/base/text.c": SPDX + "#include <duet/url.h>\n"}, "of http"),
        ({"src/server/mhd/daemon.c": SPDX + '#include "client/pool.h"\n',
          "src/client/pool.h": SPDX}, "server includes client/pool.h"),
        ({"src/base/text.c": SPDX + '#include "text.h"\n'}, "below src/"),
        ({"src/cellar/rat.c": SPDX}, "no floor"),
    ],
    "only_drivers_see_their_library": [
        ({"src/client/session/session.c": SPDX + "#include <curl/curl.h>\n"},
         "src/client/session/session.c:2: <curl/curl.h> is for src/client/curl/"),
        ({"examples/01_fetch.c": SPDX + "#include <microhttpd.h>\n"}, "mhd/"),
    ],
    "http_has_no_io": [
        ({"src/http/url/url.c": SPDX + "#include <sys/socket.h>\n"}, ":2: http/"),
        ({"src/http/url/url.c": SPDX + "long f(void)\n{\n return time(0);\n}\n"},
         "url.c:4: http/ is bytes in, bytes out: no time"),
    ],
    "public_headers_stand_alone": [
        ({"include/duet/a.h": SPDX + '#include "base/text.h"\n'}, "a.h:2:"),
    ],
    "public_prototypes": [
        ({"include/duet/a.h": SPDX + "/* c */\nint duet_a(int x);\n"},
         "a.h:3: duet_a: prototype without DUET_API"),
        ({"include/duet/a.h": SPDX + "/* c */\nDUET_API int open_a(int x);\n"},
         "open_a: public names"),
        ({"include/duet/a.h": SPDX + "/* c */\nDUET_API int duet__a(int x);\n"},
         "duet__a: public names"),
        ({"include/duet/a.h": SPDX + "/* c */\n\nDUET_API int duet_a(int x);\n"},
         "duet_a: no contract"),
        ({"include/duet/a.h": SPDX + "/* c */\nDUET_API int duet_a(int x);\n"
                                     "DUET_API int duet_b(int x);\n"},
         "a.h:4: duet_b: no contract"),
        ({"include/duet/a.h": SPDX + "/* c */\nDUET_API int duet_a(int x,\n"
          "    duet_deadline);\n"}, "'duet_deadline' has no name"),
        ({"include/duet/a.h": SPDX + "/* c */\nDUET_API int duet_a(const "
          "char *);\n"}, "'const char *' has no name"),
        ({"include/duet/a.h": SPDX + "/* c */\nDUET_API int duet_a(struct b "
          "*b,\n int (*)(int x));\n"}, "'int (*)(int x)' has no name"),
        ({"include/duet/a.h": SPDX + "/* c */\nDUET_API int duet_a();\n"},
         "'' has no name"),
        ({"include/duet/a.h": SPDX + "/* c */\nDUET_API int duet_a(char "
          "**out_text);\n"}, "duet_a: gives something and is not DUET_MUST_USE"),
    ],
    "lists_in_comments_are_no_prose": [
        ({"include/duet/a.h": SPDX + "/* Returns 0, or\n *   DUET_EURL  no "
          "host, and so\n * on DUET_ENOMEM  no memory */\n"},
         "a.h:4: a list that was filled into prose: 'on DUET_ENOMEM"),
        ({"src/base/text.c": SPDX + "    /*\n     * nor that count      how "
          "many */\n"}, "text.c:3: a list"),
    ],
    "contracts_list_one_entry_a_line": [
        ({"include/duet/a.h": SPDX + "/* Returns 0, or\n *   DUET_EURL  no "
          "host DUET_ENOMEM  no memory */\n"}, "a.h:3: two entries"),
        ({"include/duet/a.h": SPDX + "/* Returns 0, or\n *   DUET_EURL  no "
          "host,\n *              none DUET_ENOMEM  no memory */\n"},
         "a.h:4: two entries"),
        ({"include/duet/a.h": SPDX + "/* Returns 0, or\n *   DUET_EURL  no "
          "host and the codes of duet_b() */\n"}, "a.h:3: two entries"),
        ({"include/duet/a.h": SPDX + "/* Returns 0, or DUET_EURL no host\n"
          " *   DUET_ENOMEM  no memory */\n"}, "a.h:2: two entries"),
    ],
    "public_macros": [
        ({"include/duet/a.h": SPDX + "#define MAX(a) a\n"}, "a.h:2: MAX"),
        ({"include/duet/a.h": SPDX + "#define DUET__A 1\n"}, "DUET__A"),
    ],
    "only_public_headers_export": [
        ({"src/base/text.h": SPDX + "DUET_API int duet_a(int x);\n"},
         "text.h:2: DUET_API"),
    ],
    "columns": [
        ({"src/base/text.c": SPDX + "/*" + 79 * "x" + "*/\n"}, "83 columns"),
    ],
    "file_lines": [
        ({"src/base/text.c": SPDX + 600 * "int x;\n"}, "601 lines"),
        ({"examples/01_fetch.c": SPDX + 60 * "\n"}, "61 lines, 60 allowed"),
    ],
    "function_lines": [
        ({"src/base/text.c": SPDX + "int duet__text(int x,\n  int y)\n{\n"
          + 69 * "x++;\n" + "}\n"}, "text.c:4: duet__text: 71 lines"),
    ],
    "banned_calls": [
        ({"src/base/text.c": SPDX + "int f(char *x)\n{\n  sprintf(x, 0);\n}\n"},
         "text.c:4: sprintf: use snprintf"),
        ({"examples/01_fetch.c": SPDX + "x = strtok (a, b);\n"}, "strtok"),
        ({"src/base/text.c": SPDX + "assert(x);\n"}, "DUET__CHECK"),
    ],
    "skipping_says_what_is_lost": [
        ({"test/unit/base/text.c": SPDX + "if (x)\n    skip();\n"}, "text.c:3:"),
        ({"test/unit/base/text.c": SPDX + "exit(77);\n"}, "test_skip"),
    ],
    "unfinished": [
        ({"README.md": "one\n" + "TO" + "DO\n"}, "README.md:2:"),
        ({"test/run.sh": "# FIX" + "ME\n"}, "run.sh:1:"),
    ],
    "licence_line": [
        ({"src/runtime/core/switch.S": ".text\n"}, "switch.S:1: the first line"),
        ({"test/unit/base/text.c": "\n" + SPDX}, "test/unit/base/text.c:1:"),
    ],
    "every_source_has_a_unit_test": [
        ({"src/base/list.c": SPDX}, "test/unit/base/list.c is missing"),
    ],
    "every_unit_test_has_a_source": [
        ({"test/unit/base/ghost.c": SPDX}, "ghost.c:1: no src/base/ghost.c"),
    ],
    "every_example_has_a_transcript": [
        ({"examples/02_more.c": SPDX}, "examples/expected/02_more.txt"),
    ],
    "readme_lists_the_ladder": [
        ({"README.md": TOUR}, "examples/01_fetch.c:1: README"),
        ({"examples/02_more.c": SPDX}, "examples/02_more.c:1: README"),
        ({"README.md": LADDER + "| 2 | `more` | and more |\n"},
         "README.md:2: there is no example 2, more"),
        ({"README.md": LADDER + "| 3 | `more` | and more |\n",
          "examples/03_more.c": SPDX}, "03_more.c:1: the number 2 is next"),
    ],
    "readme_tours_the_tree": [
        ({"README.md": TOUR.replace("`curl/`", "`curl/`, `cellar/`")},
         "README.md:3: src/client/cellar/ is not there"),
        ({"README.md": TOUR.replace("`text.c`", "`rat.c`")},
         "src/base/rat.c is not there"),
        ({"README.md": TOUR.replace("`url/`", "urls")},
         "the tour does not name src/http/url/"),
    ],
    "readme_is_true": [
        ({"README.md": "`url.h`\n`duet_url_pars`\n"},
         "README.md:2: duet_url_pars: in no public header"),
        ({"README.md": "`duet_url_parse`\n"}, "url.h is not named"),
    ],
}


def findings(check, tree):
    return [f"{finding.path}:{finding.line}: {finding.what}"
            for finding in check(tree)]


class Checks(unittest.TestCase):
    def test_each_has_a_bad_sample(self):
        names = {check.__name__.replace("check_", "") for check in
                 checks.CHECKS}
        self.assertEqual(names, set(BAD))

    def test_each_is_silent_about_the_good_tree(self):
        for check in checks.CHECKS:
            self.assertEqual(findings(check, GOOD), [], check.__name__)

    def test_each_complains_about_its_bad_samples(self):
        for name, samples in BAD.items():
            check = getattr(checks, "check_" + name)
            for files, expected in samples:
                with self.subTest(name, expected=expected):
                    found = findings(check, {**GOOD, **files})
                    self.assertEqual(len(found), 1, found)
                    self.assertIn(expected, found[0])

    def test_format_is_checked_where_the_tool_is(self):
        files = {"src/base/a.c": "int a;\n", "src/base/b.c": "int  b ;\n"}
        with tempfile.TemporaryDirectory() as root:
            os.makedirs(os.path.join(root, "src/base"))
            for path, text in files.items():
                with open(os.path.join(root, path), "w") as file:
                    file.write(text)
            found = checks.check_format(root, files)
        if found is None:
            self.skipTest("no clang-format 14")
        self.assertEqual([(f.path, f.line) for f in found],
                         [("src/base/b.c", 1)])

    def test_an_exception_covers_its_file_and_must_be_needed(self):
        tree = {**GOOD, "src/base/list.c": SPDX}
        check = checks.check_every_source_has_a_unit_test
        key = ("every_source_has_a_unit_test", "src/base/list.c")
        self.assertEqual(list(checks.run_checks(tree, {key: "why"}, [check])),
                         [])
        found = list(checks.run_checks(GOOD, {key: "why"}, [check]))
        self.assertIn("no longer needed", found[0].what)


class Source(unittest.TestCase):
    def test_code_keeps_its_place_without_comments_and_strings(self):
        text = 'a /* b\n c */ d "e\\"f" \'"\' g // h\ni'
        code = source.code_only(text)
        self.assertEqual(len(code), len(text))
        self.assertEqual(code.split(), ["a", "d", '"', '"', "'", "'", "g", "i"])
        self.assertEqual(code.count("\n"), 2)


class Header(unittest.TestCase):
    def test_prototypes_are_found_with_their_parameters(self):
        found = {function.name: function.parameters for function
                 in header.prototypes(GOOD["include/duet/url.h"])}
        self.assertEqual(set(found), {
            "duet_url_parse", "duet_url_walk", "duet_url_print",
            "duet_url_count", "duet_url_free"})
        self.assertEqual(found["duet_url_walk"][1],
                         "int (*visit)(const char *part, void *context)")


class Snippets(unittest.TestCase):
    def test_readme_blocks_and_header_examples_are_found(self):
        tree = {
            "README.md": "Text\n```c\nint main(void) {}\n```\n```sh\nls\n```\n"
                         "<!-- given: int x -->\n```c\nx++;\n```\n",
            "include/duet/a.h": SPDX + "/* One.\n *\n * Example, given int y,\n"
                                " * int z:\n *\n *     y = z;\n *\n"
                                " *     if (y)\n *         z++;\n"
                                " *\n * More. */\n",
        }
        found = list(snippets.find(tree))
        self.assertEqual([(s.path, s.line, s.given, s.code) for s in found], [
            ("README.md", 3, "", "int main(void) {}\n"),
            ("README.md", 10, "int x", "x++;\n"),
            ("include/duet/a.h", 7, "int y, int z",
             "y = z;\n\nif (y)\n    z++;\n"),
        ])

    def test_whole_programs_are_not_wrapped_and_fragments_are(self):
        whole = snippets.Snippet("README.md", 1, "", "int main(void)\n{\n}\n")
        part = snippets.Snippet("README.md", 7, "int x", "x++;\n")
        self.assertNotIn("snippet", snippets.program(whole, []))
        self.assertIn("(int x)", snippets.program(part, []))
        self.assertIn('#line 7 "README.md"\nx++;', snippets.program(part, []))


if __name__ == "__main__":
    unittest.main()
