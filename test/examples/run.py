# SPDX-License-Identifier: MIT
"""Runs an example and compares what it does with its transcript.

    python3 run.py FOLDER-OF-PROGRAMS TRANSCRIPT...

examples/NN_NAME.c has the transcript examples/expected/NN_NAME.txt, and that
is all that its test needs. A transcript reads like a terminal:

    $ 14_json_api 0
    listening on http://127.0.0.1:{number}
    > POST /items
    > Content-Type: application/json
    >
    > {"name": "viola"}
    < 201
    < Location: /items/{number}
    <
    < {"id":1,"name":"viola"}
    ? 0

    $ PROGRAM ARGUMENT...  starts an example; quoting as in a shell. {upstream}
                           is the base URL of the server in upstream.py.
                           {database} is "ADDRESS PORT USER PASSWORD NAME" of a
                           MariaDB server that has run NN_NAME.sql, the file
                           beside the transcript.
    > ...                  a request to the example, as HTTP writes it: method
                           and path, fields, an empty line, the body.
    < ...                  its response: the status, the fields to look at
                           (others may be there), an empty line, the body.
                           Without the empty line the body is not looked at.
    1> ...                 a line to a server of plain streams, on connection 1,
                           which is opened with its first line.
    1< ...                 the next line that comes on it.
    ? STATUS               the exit status; 0 if this line is missing.
    # ...                  a remark, at the beginning of the file only.
    anything else          the next line of standard output.

In what is expected, {number} stands for a number, {any} for any text within a
line, and a line that is only "..." for any number of lines.

An example whose first line begins with "listening on " is a server (it
must flush that line): it is asked the requests, gets SIGTERM after the last
response (SIGINT if it was talked to in lines), and must end by itself. What it prints is compared as it goes.
Standard error is shown when something differs, and not compared.
"""

import contextlib
import http.client
import os
import queue
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections import namedtuple

from upstream import Upstream

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                             "../support"))
import mariadb
import mortal

Event = namedtuple("Event", "kind line text")
# kind: output, request, response, or ("say" or "hear", connection)
Run = namedtuple("Run", "line command events status")


class Difference(Exception):
    pass


def parse(text):
    """The runs of a transcript."""
    runs, in_remarks = [], True
    for number, line in enumerate(text.split("\n"), 1):
        in_remarks = in_remarks and (line.startswith("#") or not line)
        if in_remarks:
            continue
        if line.startswith("$ "):
            runs.append(Run(number, line[2:], [], [0]))
        elif not runs:
            raise Difference(f"{number}: a transcript begins with '$ PROGRAM'")
        elif re.match(r"\? \d+$", line):
            runs[-1].status[0] = int(line[2:])
        elif line[:2] in ("> ", "< ", ">", "<"):
            kind = "request" if line[0] == ">" else "response"
            events = runs[-1].events
            if events and events[-1].kind == kind:
                joined = f"{events[-1].text}\n{line[2:]}"
                events[-1] = events[-1]._replace(text=joined)
            else:
                events.append(Event(kind, number, line[2:]))
        elif match := re.match(r"(\d)([<>]) (.*)", line):
            kind = ("say" if match[2] == ">" else "hear", match[1])
            runs[-1].events.append(Event(kind, number, match[3]))
        else:
            runs[-1].events.append(Event("output", number, line))
    for run in runs:  # empty lines between two runs belong to neither
        while run.events and run.events[-1][0::2] == ("output", ""):
            run.events.pop()
    return runs


def pattern(text):
    """The regular expression of an expected line."""
    pieces = re.split(r"(\{number\}|\{any\})", text)
    return "".join({"{number}": r"-?\d+(?:\.\d+)?", "{any}": ".*?"}.get(
        piece, re.escape(piece)) for piece in pieces)


def matches(expected, actual):
    return re.fullmatch(pattern(expected), actual) is not None


class Output:
    """The lines of a program's standard output, as they come."""

    def __init__(self, stream, timeout):
        self.lines = queue.Queue()
        self.timeout = timeout
        self.reader = threading.Thread(target=self.read, args=(stream,),
                                       daemon=True)
        self.reader.start()

    def read(self, stream):
        with stream:
            for line in stream:
                self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def next(self, expected):
        """The next line, None at the end."""
        try:
            line = self.lines.get(timeout=self.timeout)
        except queue.Empty:
            raise Difference(f"waited {self.timeout} s for the line "
                             f"'{expected}'") from None
        if line is None:
            self.lines.put(None)
        return line


class Program:
    """One run of an example."""

    def __init__(self, command, folder, upstream, timeout):
        words = [word.replace("{upstream}", upstream)
                 for word in shlex.split(command)]
        words[0] = os.path.join(os.path.abspath(folder), words[0])
        if not os.access(words[0], os.X_OK):
            raise Difference(f"no program {words[0]}")
        words[:0] = shlex.split(os.environ.get("DUET_EMULATOR", ""))
        self.timeout = timeout
        self.errors = tempfile.TemporaryFile("w+")
        self.process = mortal.start(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=self.errors, text=True)
        self.output = Output(self.process.stdout, timeout)
        self.upstream = upstream
        self.connection = None
        self.streams = {}  # connections by the digit that names them
        self.base = None
        self.is_stopping = False
        self.skipping = False  # after "..."

    def expect_line(self, text):
        if text == "...":
            self.skipping = True
            return
        while True:
            line = self.output.next(text)
            if line is None:
                raise Difference(f"expected '{text}', got the end of output")
            match = re.match(r"listening on (?:http://)?([^/\s]+)", line)
            if match and self.base is None:
                self.base = match.group(1)
            plain = line.replace(self.upstream, "{upstream}")
            if matches(text, plain):
                break
            if not self.skipping:
                raise Difference(f"expected '{text}', got '{plain}'")
        self.skipping = False

    def request(self, text):
        if self.base is None:
            raise Difference("the example has not said 'listening on '")
        head, _, body = text.partition("\n\n")
        first, *fields = head.split("\n")
        method, path = first.split(" ", 1)
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.base,
                                                         timeout=self.timeout)
        try:
            self.connection.request(
                method, path, body.encode() or None,
                dict(re.split(r":\s*", field, 1) for field in fields))
            self.response = self.connection.getresponse()
            self.body = self.response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise Difference(f"{method} {path}: {error!r}") from None

    def expect_response(self, text):
        head, has_body, body = (text + "\n").partition("\n\n")
        status, *fields = head.rstrip("\n").split("\n")
        if self.response.status != int(status):
            raise Difference(f"expected status {status}, got "
                             f"{self.response.status}: {self.body.strip()}")
        for field in fields:
            name, value = re.split(r":\s*", field, 1)
            actual = self.response.getheader(name)
            if actual is None or not matches(value, actual):
                raise Difference(f"expected '{field}', got {actual!r}")
        actual = self.body.rstrip("\n").replace(self.upstream, "{upstream}")
        if has_body and not matches(body.rstrip("\n"), actual):
            raise Difference(f"expected the body '{body.rstrip()}', got "
                             f"'{actual}'")

    def stream(self, name):
        """What is said and heard on a connection, as a file."""
        if name not in self.streams:
            if self.base is None:
                raise Difference("the example has not said 'listening on '")
            host, port = self.base.rsplit(":", 1)
            with socket.create_connection((host, int(port)),
                                          self.timeout) as one:
                self.streams[name] = one.makefile("rw", newline="\n")
        return self.streams[name]

    def say(self, name, text):
        stream = self.stream(name)
        try:
            stream.write(text + "\n")
            stream.flush()
        except OSError as error:
            raise Difference(f"{name}> {text}: {error!r}") from None

    def hear(self, name, text):
        try:
            line = self.stream(name).readline().rstrip("\n")
        except OSError as error:
            raise Difference(f"{name}< {text}: {error!r}") from None
        if not matches(text, line):
            raise Difference(f"expected '{text}', got '{line}'")

    def stop(self):
        """Asks a server to end; other programs do so by themselves."""
        if self.connection is not None:
            self.connection.close()
        for stream in self.streams.values():
            stream.close()
        if self.base is not None and not self.is_stopping:
            self.is_stopping = True
            self.process.send_signal(signal.SIGINT if self.streams
                                     else signal.SIGTERM)

    def expect_exit(self, status):
        while (line := self.output.next("the end of output")) is not None:
            if not self.skipping:
                raise Difference(f"expected the end of output, got '{line}'")
        try:
            actual = self.process.wait(self.timeout)
        except subprocess.TimeoutExpired:
            raise Difference("does not end") from None
        if actual != status:
            raise Difference(f"expected exit status {status}, got {actual}")

    def said_on_standard_error(self):
        self.errors.seek(0)
        return self.errors.read()[-4000:]

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.output.reader.join(1)
        self.errors.close()


def play(run, folder, upstream, timeout):
    """Raises Difference, with the line of the transcript in its text."""
    try:
        program = Program(run.command, folder, upstream, timeout)
    except Difference as difference:
        raise Difference(f"{run.line}: {difference}") from None
    asked = [event for event in run.events if event.kind != "output"]
    line = run.line
    try:
        for event in run.events:
            line = event.line
            if event.kind == "output":
                program.expect_line(event.text)
            elif event.kind == "request":
                program.request(event.text)
            elif event.kind == "response":
                program.expect_response(event.text)
            else:
                getattr(program, event.kind[0])(event.kind[1], event.text)
            if asked and event is asked[-1] and event.kind != "request":
                program.stop()
        program.stop()
        program.expect_exit(run.status[0])
    except Difference as difference:
        raise Difference(f"{line}: {difference}\n"
                         f"{program.said_on_standard_error()}") from None
    finally:
        program.close()


@contextlib.contextmanager
def with_database(path, text):
    """The transcript's text; while it lasts, its {database} runs."""
    if "{database}" not in text:
        yield text
        return
    with open(path.removesuffix(".txt") + ".sql", encoding="utf-8") as file:
        sql = file.read()
    with mariadb.Mariadb(sql) as database:
        yield text.replace("{database}",
                           f"127.0.0.1 {database.port} root '' test")


def lacks_database(path):
    with open(path, encoding="utf-8") as file:
        return "{database}" in file.read() and not mariadb.is_installed()


def run_transcript(path, folder, upstream, timeout=60):
    """None, or what differs."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if not parse(text):
            raise Difference("1: an empty transcript")
        with with_database(path, text) as prepared:
            for run in parse(prepared):
                play(run, folder, upstream, timeout)
    except (Difference, OSError) as difference:
        return f"{path}:{difference}"
    return None


def main():
    folder, *transcripts = sys.argv[1:]
    failed = 0
    if any(lacks_database(path) for path in transcripts):
        print("SKIPPED: no MariaDB server")
        return 77
    with Upstream() as upstream:
        for path in transcripts:
            difference = run_transcript(path, folder, upstream)
            failed += difference is not None
            print(difference or f"{path}: as expected")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
