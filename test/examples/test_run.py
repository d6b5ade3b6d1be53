# SPDX-License-Identifier: MIT
"""The runner accepts what is as expected and tells what is not."""

import os
import sys
import tempfile
import unittest

import run
from upstream import Upstream

os.environ.pop("DUET_EMULATOR", None)  # these programs need none

CLIENT = '''
import sys, urllib.request
for url in sys.argv[1:]:
    print(urllib.request.urlopen(url).read().decode().strip(), "from", url)
print("took 0.12 s")
'''

SERVER = '''
import http.server, signal, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print("asked for", self.path, flush=True)
        self.send_response(200 if self.path == "/hello" else 404)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"hello\\nyou\\n")
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.end_headers()
        self.wfile.write(self.headers["X-Part"].encode() + b" " + body)
    def log_message(self, *a):
        print("log", *a, file=sys.stderr)
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
def stop(*a):
    print("stopped", flush=True)
    sys.exit(int(sys.argv[2]))
signal.signal(signal.SIGTERM, stop)
print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
'''

STREAMS = '''
import socketserver
class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line.upper())
class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
with Server(("127.0.0.1", 0), Handler) as server:
    print(f"listening on 127.0.0.1:{server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
'''

STUBBORN = '''
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("listening on http://127.0.0.1:1", flush=True)
while True:
    time.sleep(1)
'''

LISTENING = "$ server 0 0\nlistening on http://127.0.0.1:{number}\n"


class Runner(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        programs = {"client": CLIENT, "server": SERVER, "stubborn": STUBBORN,
                    "streams": STREAMS,
                    "fails": "raise SystemExit(3)"}
        for name, code in programs.items():
            path = os.path.join(cls.folder.name, name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"#!{sys.executable}\n{code}")
            os.chmod(path, 0o755)
        cls.upstream = Upstream()
        cls.url = cls.upstream.__enter__()
        cls.addClassCleanup(cls.upstream.__exit__)

    def difference(self, transcript, timeout=20):
        path = os.path.join(self.folder.name, "transcript.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write(transcript)
        found = run.run_transcript(path, self.folder.name, self.url, timeout)
        return found and found.removeprefix(path + ":")

    def assert_differs(self, transcript, expected, timeout=20):
        found = self.difference(transcript, timeout)
        self.assertIsNotNone(found)
        self.assertTrue(found.startswith(expected), found)

    def test_client_as_expected(self):
        self.assertIsNone(self.difference(
            "# A remark.\n$ client {upstream}/hello {upstream}/redirect/json\n"
            "hello from {upstream}/hello\n"
            '{"name": "duet", {any}} from {any}\ntook {number} s\n'
            "\n$ fails\n? 3\n"))

    def test_lines_may_be_skipped(self):
        self.assertIsNone(self.difference(
            "$ client {upstream}/number/1 {upstream}/number/2\n"
            "...\n2 from {any}\n...\n"))

    def test_wrong_missing_and_extra_lines_differ(self):
        start = "$ client {upstream}/hello\nhello from {upstream}/hello\n"
        self.assert_differs(start + "took long\n",
                            "3: expected 'took long', got 'took 0.12 s'")
        self.assert_differs(start + "took 0.12 s\nmore\n",
                            "4: expected 'more', got the end")
        self.assert_differs(start, "2: expected the end of output, got 'took")

    def test_wrong_exit_status_differs_and_shows_standard_error(self):
        self.assert_differs("$ fails\n", "1: expected exit status 0, got 3")
        found = self.difference("$ client nonsense\n? 1\n...\n")
        self.assertIsNone(found)
        self.assertIn("unknown url type", self.difference("$ client nonsense"))

    def test_server_as_expected(self):
        self.assertIsNone(self.difference(
            LISTENING + "> GET /hello\n"
            "< 200\n< Content-Type: text/plain{any}\n<\n< hello\n< you\n"
            "asked for /hello\n"
            "> POST /items\n> X-Part: viola\n>\n> {}\n< 201\n<\n< viola {}\n"
            "> GET /nothing\n< 404\nasked for /nothing\nstopped\n"))

    def test_wrong_responses_differ(self):
        ask = LISTENING + "> GET /hello\n"
        self.assert_differs(ask + "< 404\n", "4: expected status 404, got 200")
        self.assert_differs(ask + "< 200\n< Content-Type: text/html\n",
                            "4: expected 'Content-Type: text/html', got")
        self.assert_differs(ask + "< 200\n< Location: /\n",
                            "4: expected 'Location: /', got None")
        self.assert_differs(ask + "< 200\n<\n< hello\n",
                            "4: expected the body 'hello'")

    def test_lines_of_streams_are_said_and_heard(self):
        ask = "$ streams\nlistening on 127.0.0.1:{number}\n1> one\n2> two\n"
        self.assertIsNone(self.difference(ask + "2< TWO\n1< ONE\n"))
        self.assert_differs(ask + "1< TWO\n", "5: expected 'TWO', got 'ONE'")
        self.assert_differs("$ fails\n1> one\n",
                            "2: the example has not said 'listening on '")

    def test_servers_exit_status_counts(self):
        self.assert_differs(
            "$ server 0 5\nlistening on {any}\n> GET /hello\n< 200\n"
            "asked for {any}\nstopped\n", "6: expected exit status 0, got 5")

    def test_what_hangs_differs(self):
        self.assert_differs("$ stubborn\nlistening on {any}\nmore\n",
                            "3: waited 1 s for the line 'more'", timeout=1)
        self.assert_differs("$ stubborn\nlistening on {any}\n",
                            "2: waited 1 s for the line 'the end", timeout=1)

    def test_broken_transcripts_differ(self):
        self.assert_differs("hello\n", "1: a transcript begins with")
        self.assert_differs("", "1: an empty transcript")
        self.assert_differs("$ nobody\n", "1: no program")
        self.assert_differs("$ fails\n> GET /\n< 200\n", "2: the example has")


if __name__ == "__main__":
    unittest.main()
