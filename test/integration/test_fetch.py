# SPDX-License-Identifier: MIT
"""`duet fetch` as people run it: against nginx, and against a server that is
busy, slow or silent on request."""

import contextlib
import hashlib
import http.server
import json
import os
import pty
import random
import resource
import select
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                             "../support"))
import mortal

DUET = os.path.join(os.environ["DUET_BUILD_DIR"], "duet")
EMULATOR = shlex.split(os.environ.get("DUET_EMULATOR", ""))
FILES = 10000
LIMIT_S = 300  # for what ends by itself

NGINX = """
daemon off; master_process off; pid {0}/pid; error_log {0}/error.log;
worker_rlimit_nofile 4096;
events {{ worker_connections 1000; }}
http {{
    access_log off; default_type text/plain;
    client_body_temp_path {0}/a; proxy_temp_path {0}/b;
    fastcgi_temp_path {0}/c; uwsgi_temp_path {0}/d; scgi_temp_path {0}/e;
    server {{ listen 127.0.0.1:{1}; root {0}/files; }}
}}
"""


def await_full(process):
    """Until the pipe that it writes to holds no more."""
    pipe = os.open(f"/proc/{process.pid}/fd/1", os.O_WRONLY | os.O_NONBLOCK)
    until = time.monotonic() + LIMIT_S
    while select.select([], [pipe], [], 0)[1] and time.monotonic() < until:
        time.sleep(0.01)
    os.close(pipe)


def hold_port():
    """A socket whose port nobody else is given as long as it is open."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return held


class Nginx:
    """nginx with files of random bytes."""

    def __init__(self, folder):
        self.folder = folder
        os.mkdir(f"{folder}/files")
        os.chmod(folder, 0o755)
        chance = random.Random(1)
        for i in range(FILES):
            with open(f"{folder}/files/{i:05}.bin", "wb") as file:
                file.write(chance.randbytes(chance.choice(
                    [0, 1, 500, 3000, 20000])))
        self.held_port = hold_port()
        port = self.held_port.getsockname()[1]
        self.origin = f"http://127.0.0.1:{port}"
        with open(f"{folder}/nginx.conf", "w", encoding="ascii") as file:
            file.write(NGINX.format(folder, port))
        program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        self.process = mortal.start(
            [program, "-p", folder, "-e", "error.log", "-c",
             f"{folder}/nginx.conf"])
        for _ in range(4000):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("nginx does not listen")

    def content(self, url):
        with open(f"{self.folder}/files/{url.rsplit('/', 1)[1]}", "rb") as file:
            return file.read()

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.held_port.close()


class Answers(http.server.BaseHTTPRequestHandler):
    """/N/busy/S: 503 with Retry-After S the first time; /N/away/S: always,
    without S for 100; /N/moved, /N/loop: redirects with a password; /N/held: no answer
    until the server lets go; /N/echo: the fields of the request; all else: the
    path."""
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet

    def do_GET(self):
        seen, parts = self.server.seen, self.path.split("/")
        with self.server.lock:
            seen.append((self.path, time.monotonic()))
            times = sum(path == self.path for path, _ in seen)
        if parts[-2] == "busy" and times == 1:
            self.answer(503, b"", {"Retry-After": parts[-1]})
        elif parts[-1] == "held":
            self.server.go.wait(LIMIT_S)
            self.answer(200, b"at last")
        elif parts[-1] == "echo":
            self.answer(200, str(self.headers).encode())
        elif parts[-1] == "away":
            self.answer(503, b"", {"Retry-After": "100"})
        elif parts[-2] == "away":
            self.answer(503, b"", {"Retry-After": parts[-1]})
        elif parts[-1] in ("loop", "moved"):
            to = "loop" if parts[-1] == "loop" else "b"
            self.answer(302, b"", {"Location":
                                   f"http://me:secret@{self.headers['Host']}"
                                   f"/a/{to}"})
        elif parts[-1] == "teapot":
            self.answer(418, b"short and stout")
        else:
            self.answer(200, self.path.encode())

    def answer(self, status, body, headers=()):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.seen, self.lock, self.go = [], threading.Lock(), threading.Event()
        self.origin = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        pass  # a client that went away

    def await_requests(self, count):
        until = time.monotonic() + LIMIT_S
        while len(self.seen) < count and time.monotonic() < until:
            time.sleep(0.01)


class FetchCase(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def serve(self):
        server = Server()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.addCleanup(server.go.set)
        return server

    def list_of(self, data):
        name = os.path.join(self.folder, "list")
        with open(name, "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())
        return name

    def start(self, *arguments, before=(), **options):
        """`before`: words in front of the command, as of env or nice."""
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
                   "cwd": self.folder, **options}
        process = mortal.start(
            [*before, *EMULATOR, DUET, "fetch", *arguments], **options)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in process.stdin, process.stdout, process.stderr:
            if stream:
                stream.close()

    def finish(self, process, status):
        """Its records and what it said, once it has ended so."""
        output, errors = process.communicate(timeout=LIMIT_S)
        self.assertEqual(process.returncode, status, errors)
        lines = output.decode().split("\n")
        self.assertEqual(lines.pop(), "", "the last record is cut")
        return [json.loads(line) for line in lines], errors.decode()

    def fetch(self, *arguments, status=0, **options):
        return self.finish(self.start(*arguments, **options), status)


class FetchFiles(FetchCase):
    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.mkdtemp()
        cls.nginx = Nginx(cls.home)

    @classmethod
    def tearDownClass(cls):
        cls.nginx.stop()
        shutil.rmtree(cls.home)

    def test_ten_thousand_files_arrive_with_their_hashes(self):
        urls = [f"{self.nginx.origin}/{i:05}.bin" for i in range(FILES)]
        records, errors = self.fetch("-i", self.list_of("\n".join(urls)),
                                     "-o", "out", "-n", "64")
        self.assertEqual(len(records), FILES)
        self.assertEqual({record["url"] for record in records}, set(urls))
        for record in records:
            content = self.nginx.content(record["url"])
            self.assertEqual(record["sha256"],
                             hashlib.sha256(content).hexdigest())
            self.assertEqual(record["bytes"], len(content))
            with open(f"{self.folder}/{record['file']}", "rb") as file:
                self.assertEqual(file.read(), content)
        self.assertEqual(len(os.listdir(f"{self.folder}/out")), FILES)
        self.assertIn("10000 fetched, 0 failed", errors)
        self.assertIn("at most 64 at once", errors)

    def test_few_descriptors_mean_less_at_once(self):
        urls = [f"{self.nginx.origin}/{i:05}.bin" for i in range(300)]
        limit = (60, 60)
        records, errors = self.fetch(
            "-n", "64", "-o", "out", *urls, preexec_fn=lambda:
            resource.setrlimit(resource.RLIMIT_NOFILE, limit))
        self.assertEqual(len(records), 300)
        self.assertIn("only 60 files may be open", errors)

    def test_url_given_twice_gets_two_files(self):
        url = f"{self.nginx.origin}/00007.bin"
        for _ in range(2):
            records, _ = self.fetch("-o", "out", url, url, url)
            self.assertEqual(len({record["file"] for record in records}), 3)
        self.assertEqual(len(os.listdir(f"{self.folder}/out")), 6)

    def test_second_run_says_that_its_files_got_other_names(self):
        url = f"{self.nginx.origin}/00007.bin"
        _, errors = self.fetch("-o", "out", url)
        self.assertNotIn("other names", errors)
        _, errors = self.fetch("-o", "out", url)
        self.assertIn("1 got other names", errors)

    def test_what_is_there_can_be_skipped(self):
        urls = [f"{self.nginx.origin}/{i:05}.bin" for i in range(40)]
        first, _ = self.fetch("-o", "out", *urls[:20])
        names = {record["url"]: record["file"] for record in first}
        records, errors = self.fetch("--skip-existing", "-o", "out", *urls,
                                     *urls[30:])
        self.assertIn("20 fetched, 0 failed, 30 skipped", errors)
        self.assertEqual(len(os.listdir(f"{self.folder}/out")), 40)
        for record in records:
            self.assertEqual(record["skipped"], record["attempts"] == 0)
            self.assertIsNone(record["error"])
            if record["url"] in names:
                self.assertTrue(record["skipped"])
                self.assertEqual(record["file"], names[record["url"]])

    def test_missing_parents_of_the_folder_are_made(self):
        records, _ = self.fetch("-o", "a/b//c/", f"{self.nginx.origin}/00007.bin")
        self.assertTrue(os.path.exists(f"{self.folder}/{records[0]['file']}"))

    def test_file_beyond_the_limit_of_the_system_is_a_failure(self):
        urls = [f"{self.nginx.origin}/{i:05}.bin" for i in range(100)]
        records, _ = self.fetch(
            "-o", "out", *urls, status=1, preexec_fn=lambda:
            resource.setrlimit(resource.RLIMIT_FSIZE, (10000, 10000)))
        errors = {record["error"] for record in records}
        self.assertEqual(errors, {None, "DUET_EFBIG"})
        for record in records:
            large = len(self.nginx.content(record["url"])) > 10000
            self.assertEqual(record["error"] is not None, large)

    def small_folder(self, size, name, output=""):
        """What makes a command see a file system of `size` bytes in a folder,
        which is copied to "kept" behind it."""
        os.mkdir(f"{self.folder}/{name}")
        mount = f"mount -t tmpfs -o size={size} none {name}"
        isolate = ["unshare", "-r", "-m", "sh", "-c"]
        try:
            subprocess.run([*isolate, mount], cwd=self.folder, check=True,
                           capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            self.skipTest("nothing may be mounted here: no disk is filled")
        return [*isolate, f'{mount} && {{ "$@" {output}; status=$?; '
                f"cp -r {name} kept; exit $status; }}", "sh"]

    def test_full_file_system_fails_bodies_and_leaves_no_part(self):
        urls = [f"{self.nginx.origin}/{i:05}.bin" for i in range(200)]
        records, errors = self.fetch(
            "-o", "out", *urls, status=3,
            before=self.small_folder(256 * 1024, "out"))
        self.assertEqual(len(records), 200)
        self.assertEqual({record["error"] for record in records},
                         {None, "DUET_ENOSPC", "DUET_ECANCELED"})
        whole = {record["file"]: record["url"] for record in records
                 if record["error"] is None}
        self.assertIn(f"duet: {len(whole)} fetched, ", errors)
        self.assertIn("No space left on device", errors)
        self.assertEqual({f"out/{name}" for name in
                          os.listdir(f"{self.folder}/kept")}, set(whole))
        for name, url in whole.items():
            with open(f"{self.folder}/kept/{name[4:]}", "rb") as file:
                self.assertEqual(file.read(), self.nginx.content(url))

    def test_full_file_system_for_records_ends_the_run(self):
        urls = [f"{self.nginx.origin}/{i:05}.bin" for i in range(200)]
        process = self.start("-o", "out", *urls, before=self.small_folder(
            16 * 1024, "records", ">records/all"))
        errors = process.communicate(timeout=LIMIT_S)[1].decode()
        self.assertEqual(process.returncode, 3, errors)
        self.assertIn("records: No space left on device", errors)
        with open(f"{self.folder}/kept/all", encoding="ascii") as file:
            lines = file.read().split("\n")
        kept = {json.loads(line)["file"] for line in lines[:-1]}
        self.assertEqual({f"out/{name}" for name in
                          os.listdir(f"{self.folder}/out")}, kept)
        self.assertLess(len(kept), 200)

    def test_body_whose_record_is_lost_is_not_kept(self):
        urls = [f"{self.nginx.origin}/{i:05}.bin" for i in range(200)]
        process = self.start("-o", "out", *urls)
        os.set_blocking(process.stdout.fileno(), True)
        process.stdout.close()
        errors = process.stderr.read().decode()
        self.assertEqual(process.wait(LIMIT_S), 3)
        fetched = int(errors.split("duet: ")[1].split(" ")[0])
        self.assertEqual(len(os.listdir(f"{self.folder}/out")), fetched)
        self.assertLess(fetched, 200)

    def test_missing_file_is_a_failure_without_a_file(self):
        records, errors = self.fetch("-o", "out", f"{self.nginx.origin}/no",
                                     status=1)
        self.assertEqual(records[0]["status"], 404)
        self.assertEqual(records[0]["error"], "DUET_EHTTP")
        self.assertEqual(records[0]["error_detail"], "404 Not Found")
        self.assertIsNone(records[0]["file"])
        self.assertEqual(os.listdir(f"{self.folder}/out"), [])
        self.assertIn("0 fetched, 1 failed", errors)

    def test_bad_lines_are_records_with_their_numbers(self):
        good = f"{self.nginx.origin}/00001.bin".encode()
        lines = [b"\xef\xbb\xbf# list", good + b"\r", b"", b"nonsense",
                 b"http://" + b"x" * 70000 + b"/", b"http://h/\0", b" \t",
                 b"ftp://h/", b"http://\xff\xfe/", b"http://h:99999/", good]
        records, _ = self.fetch("-i", self.list_of(b"\n".join(lines)), status=1)
        found = {record["line"]: record["error"] for record in records}
        self.assertEqual(found, {
            2: None, 4: "DUET_EURL", 5: "DUET_ETOOLARGE", 6: "DUET_EURL",
            8: "DUET_ESCHEME", 9: "DUET_EURL", 10: "DUET_EURL", 11: None})

    def test_input_comes_from_a_slow_pipe(self):
        process = self.start("-i", "-", stdin=subprocess.PIPE)
        for piece in (b"%s/000", b"01.bin\n%s/00002.bin", b"\n# end\n"):
            process.stdin.write(piece.replace(
                b"%s", self.nginx.origin.encode()))
            process.stdin.flush()
            if piece.endswith(b"02.bin"):
                # the first one is fetched while the second has no end
                self.assertTrue(select.select([process.stdout], [], [],
                                              LIMIT_S)[0])
        records, _ = self.finish(process, 0)
        self.assertEqual([record["line"] for record in records], [1, 2])

    def test_records_stay_whole_in_a_pipe_that_is_read_slowly(self):
        urls = [f"{self.nginx.origin}/00001.bin?{'x' * (i % 9000)}"
                for i in range(0, 9000, 7)]
        process = self.start("-n", "64", "--no-progress", "-i",
                             self.list_of("\n".join(urls)))
        await_full(process)
        records, _ = self.finish(process, 1)
        self.assertEqual({record["url"] for record in records}, set(urls))

    def test_closed_pipe_ends_the_run(self):
        url = f"{self.nginx.origin}/00001.bin\n"
        process = self.start("-i", self.list_of(url * 10000))
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read().decode()
        self.assertEqual(process.wait(LIMIT_S), 3)
        self.assertIn("duet fetch: records: their reader has gone", errors)
        self.assertRegex(errors, r"duet: \d+ fetched, 0 failed")
        self.assertRegex(errors, r"\d+ records were not written")

    def test_memory_does_not_grow_with_the_input(self):
        with open(DUET, "rb") as file:
            program = file.read()
        if b"__asan_init" in program or b"__tsan_init" in program:
            print("SKIPPED: the sanitizer needs memory of its own")
            self.skipTest("")
        process = self.start("-q", "-n", "16", "-i", "-",
                             stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        line = f"{self.nginx.origin}/00000.bin\n".encode()

        def peak():
            with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
                return next(int(line.split()[1]) for line in file
                            if line.startswith("VmHWM"))

        process.stdin.write(line * 3000)
        process.stdin.flush()
        before = peak()
        process.stdin.write(line * 40000)
        process.stdin.flush()
        self.assertLess(peak() - before, 8 * 1024)
        process.stdin.close()
        self.assertEqual(process.wait(LIMIT_S), 0)


class FetchTrouble(FetchCase):
    def test_retry_after_is_obeyed(self):
        server = self.serve()
        records, _ = self.fetch("--retries", "2", f"{server.origin}/busy/1")
        self.assertEqual(records[0]["attempts"], 2)
        self.assertEqual(records[0]["status"], 200)
        (_, first), (_, second) = server.seen
        self.assertGreaterEqual(second - first, 1)

    def test_retries_end(self):
        server = self.serve()
        records, _ = self.fetch("--retries", "0", f"{server.origin}/busy/0",
                                status=1)
        self.assertEqual(records[0]["attempts"], 1)
        self.assertEqual(records[0]["error_detail"], "503 Service Unavailable")

    def test_url_that_waits_for_its_retry_holds_up_nobody(self):
        server = self.serve()
        urls = [f"{server.origin}/busy/3"]
        urls += [f"{self.serve().origin}/{i}/quick" for i in range(50)]
        records, _ = self.fetch("-n", "1", *urls)
        self.assertEqual(len(records), 51)
        self.assertNotEqual(records[0]["index"], 1)

    def test_status_that_does_not_pass_is_not_tried_again(self):
        server = self.serve()
        records, _ = self.fetch(f"{server.origin}/teapot", status=1)
        self.assertEqual(records[0]["attempts"], 1)
        self.assertEqual(records[0]["bytes"], 15)

    def test_timeout_names_its_phase(self):
        server, timeout = self.serve(), 0.3
        while not server.seen:  # else it took longer to come that far
            records, _ = self.fetch("--timeout", str(timeout),
                                    f"{server.origin}/held", status=1)
            timeout *= 4
        self.assertEqual(records[0]["error"], "DUET_ETIMEDOUT")
        self.assertEqual(records[0]["error_phase"], "first byte")
        self.assertIsNone(records[0]["sha256"])

    def test_per_host_limits_what_a_host_sees(self):
        server = self.serve()
        urls = [f"{server.origin}/{i}/held" for i in range(20)]
        process = self.start("-n", "20", "--per-host", "3", *urls)
        server.await_requests(3)
        time.sleep(0.3)
        self.assertEqual(len(server.seen), 3)
        server.go.set()
        records, _ = self.finish(process, 0)
        self.assertEqual(len(records), 20)

    def test_slow_host_leaves_the_others_their_slots(self):
        slow, quick = self.serve(), self.serve()
        urls = [f"{slow.origin}/{i}/held" for i in range(20)]
        urls += [f"{quick.origin}/{i}/hello" for i in range(20)]
        process = self.start("-n", "4", "--per-host", "2", *urls)
        quick.await_requests(20)
        self.assertEqual(len(slow.seen), 2)
        slow.go.set()
        records, _ = self.finish(process, 0)
        self.assertEqual(len(records), 40)

    def fetch_beside(self, server, lines, others, *options):
        """Fetches many URLs that lead nowhere and then as many of a good
        server as `others`; returns the run once the latter are fetched."""
        urls = [f"{server.origin}/{i}/hello" for i in range(others)]
        process = self.start("-q", *options, "-i",
                             self.list_of("\n".join(lines + urls)))
        fetched = 0
        while fetched < others:
            record = json.loads(process.stdout.readline())
            if record["url"].startswith(server.origin):
                self.assertEqual(record["status"], 200)
                fetched += 1
        return process

    def test_host_that_rests_leaves_the_others_all_they_need(self):
        busy = self.serve()
        lines = [f"{busy.origin}/{i}/away" for i in range(6000)]
        for options in [], ["--per-host", "2"], ["-n", "2"]:
            busy.seen.clear()
            process = self.fetch_beside(self.serve(), lines, 600, *options)
            # it is left alone once it has asked for it
            self.assertLessEqual(len(busy.seen), 64)
            process.send_signal(signal.SIGINT)
            records, _ = self.finish(process, 130)
            self.assertEqual(len(records), 6000)

    def test_silent_host_leaves_the_others_most_places(self):
        silent = self.serve()
        lines = [f"{silent.origin}/{i}/held" for i in range(200)]
        process = self.fetch_beside(self.serve(), lines, 500)
        self.assertLessEqual(len(silent.seen), 64)
        self.assertGreater(len(silent.seen), 0)

    def test_many_silent_hosts_hold_up_nobody(self):
        with contextlib.ExitStack() as stack:
            lines = []
            for _ in range(12):  # connections are taken, and that is all
                silent = stack.enter_context(
                    socket.create_server(("127.0.0.1", 0)))
                lines += [f"http://127.0.0.1:{silent.getsockname()[1]}/{i}"
                          for i in range(20)]
            self.fetch_beside(self.serve(), lines, 100, "-n", "4")

    def test_names_that_nobody_knows_hold_up_nobody(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as name_server:
            name_server.bind(("127.0.0.1", 0))  # and never answers
            lines = [f"http://h{i}.example/" for i in range(3000)]
            lines += ["http://same.example/"] * 1000
            self.fetch_beside(
                self.serve(), lines, 500, "--dns-servers",
                f"127.0.0.1:{name_server.getsockname()[1]}")

    def test_host_that_asks_for_rest_again_and_again_is_given_up(self):
        server = self.serve()
        urls = [f"{server.origin}/{i}/away/1" for i in range(200)]
        records, _ = self.fetch("-n", "4", "--retries", "1", "-i",
                                self.list_of("\n".join(urls)), status=1)
        self.assertEqual(len(records), 200)
        self.assertLess(len(server.seen), 20)
        for record in records:
            self.assertEqual(record["error"], "DUET_EHTTP")

    def test_interrupt_leaves_what_waits_for_its_host(self):
        server = self.serve()
        urls = [f"{server.origin}/{i}/held" for i in range(20)]
        process = self.start("-n", "4", "--per-host", "2", *urls)
        server.await_requests(2)
        process.send_signal(signal.SIGINT)
        process.stderr.readline()
        server.go.set()
        records, _ = self.finish(process, 130)
        self.assertEqual(len(records), 20)
        begun = [record for record in records if record["attempts"]]
        self.assertEqual([record["status"] for record in begun], [200, 200])
        for record in records:
            if not record["attempts"]:
                self.assertEqual(record["error"], "DUET_ECANCELED")

    def test_killed_run_leaves_nothing_to_the_next(self):
        server = self.serve()
        held = [f"{server.origin}/{i}/held" for i in range(4)]

        def parts():
            return [name for name in os.listdir(f"{self.folder}/out")
                    if name.endswith(".part")]

        killed = self.start("-o", "out", *held)
        server.await_requests(4)
        killed.kill()
        killed.wait()
        self.assertEqual(len(parts()), 4)
        running = self.start("-o", "out", *held)  # removes these
        server.await_requests(8)
        self.assertEqual(len(parts()), 4)
        # one that is running is left alone
        self.fetch("-o", "out", f"{server.origin}/1/hello")
        self.assertEqual(len(parts()), 4)
        server.go.set()
        self.finish(running, 0)
        self.assertEqual(parts(), [])

    def test_failure_tells_what_is_known(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def serve():
            peer, _ = listener.accept()
            peer.recv(10000)
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                         b"Content-Length: 100\r\n\r\n12345")
            peer.close()

        threading.Thread(target=serve, daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        records, _ = self.fetch("--retries", "0", url, status=1)
        self.assertEqual(records[0]["error"], "DUET_ETRUNCATED")
        self.assertEqual(records[0]["status"], 200)
        self.assertEqual(records[0]["final_url"], url)
        self.assertEqual(records[0]["content_type"], "text/plain")
        self.assertEqual(records[0]["bytes"], 5)
        self.assertIsNotNone(records[0]["timings"]["connect_ms"])

    def interrupt(self, times, number=signal.SIGINT):
        """Interrupts a run that has 5 of 100 in flight; returns the server,
        too."""
        server = self.serve()
        urls = "\n".join(f"{server.origin}/{i}/held" for i in range(100))
        process = self.start("-n", "5", "-o", "out", "-i", self.list_of(urls))
        server.await_requests(5)
        process.send_signal(number)
        said = process.stderr.readline().decode()
        self.assertIn("finishing 5 in flight", said)
        if times > 1:
            process.send_signal(number)
        else:
            server.go.set()
        records, _ = self.finish(process, 130)
        self.assertEqual(len(server.seen), 5)
        begun = [record for record in records if record["attempts"]]
        self.assertEqual(len(begun), 5)
        for record in records:
            if not record["attempts"]:  # it was taken from the input
                self.assertEqual(record["error"], "DUET_ECANCELED")
        return begun

    def test_first_interrupt_finishes_what_is_in_flight(self):
        for number in signal.SIGINT, signal.SIGTERM:
            for record in self.interrupt(1, number):
                self.assertEqual(record["status"], 200)
            self.assertEqual(len(os.listdir(f"{self.folder}/out")), 5)
            shutil.rmtree(f"{self.folder}/out")

    def test_second_interrupt_stops_at_once_and_leaves_no_part(self):
        for record in self.interrupt(2):
            self.assertEqual(record["error"], "DUET_ECANCELED")
        self.assertEqual(os.listdir(f"{self.folder}/out"), [])

    def test_second_interrupt_stops_while_nobody_reads(self):
        server = self.serve()
        urls = "\n".join(f"{server.origin}/{i}/{'x' * 5000}"
                         for i in range(100))
        process = self.start("-n", "5", "-i", self.list_of(urls))
        server.await_requests(10)
        await_full(process)
        process.send_signal(signal.SIGINT)
        self.assertIn(b"finishing", process.stderr.readline())
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(LIMIT_S), 130)
        self.assertIn(b"records: the reader takes no more",
                      process.stderr.read())
        self.assertLess(len(server.seen), 100)

    def test_interrupt_ends_the_wait_for_input(self):
        process = self.start("-i", "-", stdin=subprocess.PIPE)
        process.stdin.write(f"{self.serve().origin}/1\n".encode())
        process.stdin.flush()
        process.stdout.readline()  # now it waits for the second line
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(LIMIT_S), 130)
        self.assertEqual(process.stdout.read(), b"")


class FetchRequests(FetchCase):
    def secure(self):
        """A server whose certificate nobody vouches for."""
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
             "-keyout", "key.pem", "-out", "certificate.pem", "-days", "2",
             "-subj", "/CN=localhost", "-addext",
             "subjectAltName=IP:127.0.0.1"],
            cwd=self.folder, check=True, capture_output=True)
        server = self.serve()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{self.folder}/certificate.pem",
                                f"{self.folder}/key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        return server.origin.replace("http:", "https:")

    def test_certificates_are_checked_unless_told_otherwise(self):
        url = f"{self.secure()}/a/b"
        records, _ = self.fetch(url, status=1)
        self.assertEqual(records[0]["error"], "DUET_ECERTIFICATE")
        self.assertEqual(records[0]["error_phase"], "tls")
        self.assertEqual(records[0]["attempts"], 1)
        for trust in ["-k"], ["--ca-file", "certificate.pem"]:
            records, _ = self.fetch(*trust, url)
            self.assertGreater(records[0]["timings"]["tls_ms"], 0)

    def test_requests_say_what_they_are_told_to(self):
        server = self.serve()
        records, _ = self.fetch("-o", "out", "-H", "X-A: b", "-A", "me/1",
                                f"{server.origin}/a/echo")
        with open(f"{self.folder}/{records[0]['file']}",
                  encoding="utf-8") as file:
            said = file.read().split("\n")
        self.assertIn("X-A: b", said)
        self.assertIn("User-Agent: me/1", said)

    def test_body_beyond_the_limit_is_a_failure(self):
        server = self.serve()
        records, _ = self.fetch("--max-bytes", "3", "-o", "out",
                                f"{server.origin}/a/b", status=1)
        self.assertEqual(records[0]["error"], "DUET_ETOOLARGE")
        self.assertEqual(os.listdir(f"{self.folder}/out"), [])


    def test_passwords_are_told_nowhere(self):
        server = self.serve()
        port = server.server_port
        urls = [f"http://me:secret@127.0.0.1:{port}/a/b",
                f"http://me:secret@127.0.0.1:{port}/a/teapot",
                f"http://me:secret@127.0.0.1:{port}/a/loop",
                "http://me:secret@127.0.0.1:1/",
                "http://me:secret@[/", "http://me:sec/secret@h/",
                "http://me:secret@h:port/", "http://a@b:secret@h/",
                "ftp://me:secret@h/", "http://me:secret@h/a b",
                "me:secret@h/"]
        process = self.start("--retries", "0", "-o", "out", "-i",
                             self.list_of("\n".join(urls)))
        output, errors = process.communicate(timeout=LIMIT_S)
        self.assertEqual(len(output.split(b"\n")), len(urls) + 1)
        for said in output, errors, *map(os.fsencode, os.listdir(
                f"{self.folder}/out")):
            self.assertNotIn(b"secret", said)
        process = self.start("me:secret@h/list")
        _, errors = process.communicate(timeout=LIMIT_S)
        self.assertEqual(process.returncode, 2)
        self.assertNotIn(b"secret", errors)

    def test_list_that_is_none_is_told_so(self):
        records, _ = self.fetch("-i", self.list_of("http://h/ name\n"),
                                status=1)
        self.assertIn("looks like columns", records[0]["error_detail"])
        _, errors = self.fetch("-i", self.list_of("http://h/".encode("utf-16")),
                               status=3)
        self.assertIn("looks like UTF-16", errors)
        for name in "urls.txt", "example.org/":
            _, errors = self.fetch(name, status=2)
            self.assertIn(f"'{name}' is no file that is there", errors)

    def test_bytes_that_are_no_text_are_told_as_they_are(self):
        server = self.serve()
        records, _ = self.fetch("-i", self.list_of(
            server.origin.encode() + b"/\xff\xc3\xa9/a"))
        self.assertEqual(records[0]["url_encoded"],
                         server.origin + "/%FF\u00e9/a")

    def test_redirects_are_followed_with_and_without_being_told(self):
        server = self.serve()
        for options in [], ["-L"], ["--location"]:
            records, _ = self.fetch(*options, f"{server.origin}/a/moved")
            self.assertEqual(records[0]["status"], 200)

    def test_more_at_once_than_descriptors_is_less(self):
        server = self.serve()
        _, errors = self.fetch("-n", "1000000", f"{server.origin}/a/b")
        self.assertIn("may be open (ulimit -n)", errors)


class FetchTerminal(FetchCase):
    def on_terminal(self, server, **streams):
        """What a terminal shows of a run of a second or so."""
        leader, terminal = pty.openpty()
        streams = {name: terminal for name in streams}
        process = self.start("-n", "2", f"{server.origin}/1/held",
                             f"{server.origin}/2/held", **streams)
        os.close(terminal)
        shown = b""
        while b"in flight" not in shown:
            shown += os.read(leader, 10000)
        server.go.set()
        try:
            while True:
                shown += os.read(leader, 10000)
        except OSError:  # the terminal is closed
            os.close(leader)
        self.assertEqual(process.wait(LIMIT_S), 0)
        return shown.decode()

    def test_progress_is_one_line_that_is_written_over(self):
        shown = self.on_terminal(self.serve(), stderr=True)
        self.assertIn("\r0 done, 0 failed, 2 in flight, 0 B", shown)
        self.assertEqual(shown.count("\n"), 1)
        self.assertIn("\r\x1b[Kduet: 2 fetched, 0 failed", shown)

    def test_records_on_the_same_terminal_have_lines_of_their_own(self):
        shown = self.on_terminal(self.serve(), stdout=True, stderr=True)
        for line in shown.split("\r\n"):
            text = line.rsplit("\x1b[K", 1)[-1]
            if text.startswith("{"):
                json.loads(text)
        self.assertEqual(shown.count('{"url"'), 2)


if __name__ == "__main__":
    if not shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin"):
        print("SKIPPED: no nginx here: nothing is fetched from it")
        sys.exit(77)
    unittest.main()
