/* SPDX-License-Identifier: MIT */
/* fetch_help.c - what `duet help fetch` prints. Owns nothing. */
#include "tool/fetch_help.h"

#include <stddef.h>

/* Two constants, as C11 guarantees string literals of 4095 bytes only. */
#define USAGE                                                                  \
    "usage: duet fetch [options] [URL...]\n"                                   \
    "\n"                                                                       \
    "Fetches URLs, many at once, and writes one line of JSON for each to\n"    \
    "standard output, in the order in which they end. Progress goes to\n"      \
    "standard error.\n"                                                        \
    "\n"                                                                       \
    "input:\n"                                                                 \
    "  URL                  an http or https URL; an argument without '://'\n" \
    "                       that is the name of a file is read like -i\n"      \
    "  -i, --input FILE     read URLs from FILE, one in each line; '-' is\n"   \
    "                       standard input; may be given more than once.\n"    \
    "                       Empty lines and lines that begin with '#' are\n"   \
    "                       skipped\n"                                         \
    "output:\n"                                                                \
    "  -o, --output DIR     write each body to a file of its own in DIR,\n"    \
    "                       which is made if it is not there. A file has "     \
    "its\n"                                                                    \
    "                       name when it is whole; nothing is overwritten.\n"  \
    "                       Without -o bodies are only counted and hashed\n"   \
    "      --skip-existing  do not fetch what has a file in DIR already\n"     \
    "  -q, --quiet          no progress and no summary\n"                      \
    "      --progress       progress: one line that changes on a terminal,\n"  \
    "                       else a line every ten seconds (default)\n"         \
    "      --no-progress    only the summary\n"                                \
    "limits:\n"                                                                \
    "  -n, --at-once N      exchanges at once (default 64), as far as files\n" \
    "                       may be open (ulimit -n). One that has received\n"  \
    "                       nothing for a second is not counted while "        \
    "others\n"                                                                 \
    "                       could begin; up to 1024 more are open then\n"      \
    "      --per-host N     the same for one host (default: that of -n, of "   \
    "which\n"                                                                  \
    "                       a host gets up to 16, or a quarter, before it\n"   \
    "                       answers, and more with each answer)\n"             \
    "      --timeout S      seconds for a URL with all its attempts, such "    \
    "as\n"                                                                     \
    "                       30 or 0.5; 0 for no limit (default 300)\n"         \
    "      --retries N      attempts after the first, to 100 (default 2).\n"   \
    "                       Tried again are connections that failed or "       \
    "broke\n"                                                                  \
    "                       and the statuses 408, 429, 500, 502, 503, 504, "   \
    "of\n"                                                                     \
    "                       methods that may be repeated. The waits double\n"  \
    "                       from 0.5 to 30 seconds; Retry-After is obeyed "    \
    "up\n"                                                                     \
    "                       to 120 seconds, beyond it is not tried again.\n"   \
    "                       A host that sends it with 429 or 503 is left\n"    \
    "                       alone so long, and given up when it does so "      \
    "more\n"                                                                   \
    "                       often than N times, with no other answer "         \
    "between\n"                                                                \
    "      --max-bytes N    the longest body, such as 500, 64k, 10M\n"         \
    "                       (default: no limit)\n"                             \
    "      --max-redirects N  redirects followed for a URL (default 10)\n"     \
    "  -L, --location       does nothing: redirects are followed\n"            \
    "requests:\n"                                                              \
    "  -X, --method METHOD  (default GET)\n"                                   \
    "  -H, --header 'NAME: VALUE'  sent with each request; may be repeated\n"  \
    "  -A, --user-agent TEXT  in place of duet's own\n"                        \
    "      --ca-file FILE   certificates to trust, in place of the system's\n" \
    "      --dns-servers LIST  name servers in place of the system's, such "   \
    "as\n"                                                                     \
    "                       192.0.2.1,192.0.2.2:5353\n"                        \
    "  -k, --insecure       do not check certificates\n"

#define RECORDS                                                                \
    "\n"                                                                       \
    "Each record has all of these; what is not known is null:\n"               \
    "  url            as in the input, a password as ***\n"                    \
    "  url_encoded    the same with bytes that are no UTF-8 as %XX; null if "  \
    "there\n"                                                                  \
    "                 are none\n"                                              \
    "  final_url      after redirects\n"                                       \
    "  status         of the response\n"                                       \
    "  error          null if it was fetched, that is, wholly and with a\n"    \
    "                 status of 2xx; else a code, such as DUET_ETIMEDOUT;\n"   \
    "                 DUET_EHTTP for another status\n"                         \
    "  error_phase    input, queue, resolve, connect, tls, send, first "       \
    "byte,\n"                                                                  \
    "                 body, status, file\n"                                    \
    "  error_detail   a sentence for people\n"                                 \
    "  bytes          of the body that arrived\n"                              \
    "  sha256         of the whole body\n"                                     \
    "  content_type   of the response\n"                                       \
    "  timings        milliseconds of the last attempt: queue_ms, "            \
    "resolve_ms,\n"                                                            \
    "                 connect_ms, tls_ms, first_byte_ms, body_ms; total_ms "   \
    "is\n"                                                                     \
    "                 that of all attempts and the waits between them\n"       \
    "  reused         whether an open connection was used\n"                   \
    "  attempts       how many\n"                                              \
    "  file           where the body is\n"                                     \
    "  skipped        whether it was there before (--skip-existing)\n"         \
    "  input, line    the file and the line in it; 'arguments' and null\n"     \
    "  index          the number of the URL in the input, from 1\n"            \
    "A line that is no URL is a record with an error.\n"                       \
    "\n"                                                                       \
    "What waits, for its host, its name or its next attempt, holds up "        \
    "nothing\n"                                                                \
    "else: the list is read on, until 32 MiB of URLs wait.\n"                  \
    "\n"                                                                       \
    "The first interrupt (Ctrl-C, or SIGTERM) takes no further URL and lets\n" \
    "what is in flight end; the second stops at once. What was read and not\n" \
    "begun has a record with DUET_ECANCELED.\n"                                \
    "\n"                                                                       \
    "exit status:\n"                                                           \
    "  0    every URL was fetched\n"                                           \
    "  1    some were not; their records say why\n"                            \
    "  2    the command line is wrong, or a file it names cannot be opened\n"  \
    "  3    it could not go on: the records could not be written, the input\n" \
    "       could not be read, or there was no memory\n"                       \
    "  130  it was interrupted\n"

const char *const duet__fetch_help[] = {USAGE, RECORDS, NULL};
