# SPDX-License-Identifier: MIT
"""RFC 9110's and 9112's rules of a reply, on every kind that the server sends.

    python3 replies.py SERVER           SERVER is built from reply_server.c

A strict reader takes what comes apart and names each rule that is broken.
"""

import email.utils
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/support"))
import mortal  # noqa: E402

SILENCE_S = 60
TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HOST = b"Host: a\r\n"
CLOSE = b"Connection: close\r\n"
ONCE = (b"allow", b"connection", b"content-length", b"content-type", b"date",
        b"retry-after", b"transfer-encoding")


class Broken(Exception):
    pass


class Reply:
    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body

    def get(self, name):
        return self.fields.get(name)

    def says_close(self):
        return b"close" in (self.get(b"connection") or b"").lower().split(b", ")


# --- the reader ------------------------------------------------------------


def rule(holds, text):
    if not holds:
        raise Broken(text)


def read_line(got):
    line, end, rest = got.partition(b"\r\n")
    rule(end, f"a line without an end: {line[:60]!r}")
    rule(not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line),
         f"a control character in {line!r}")
    return line, rest


def read_fields(got):
    fields = {}
    while True:
        line, got = read_line(got)
        if not line:
            return fields, got
        match = re.fullmatch(rb"([^:]+): (\S(?:.*\S)?)", line)
        rule(match and TOKEN.fullmatch(match.group(1)), f"a field as {line!r}")
        name = match.group(1).lower()
        rule(name not in fields or name not in ONCE, f"{name!r} twice")
        fields[name] = (fields[name] + b", " if name in fields else b"") + \
            match.group(2)


def read_body(got, reply, method):
    length = reply.get(b"content-length")
    coding = reply.get(b"transfer-encoding")
    rule(not (length and coding), "Content-Length and Transfer-Encoding")
    rule(length is None or re.fullmatch(rb"0|[1-9][0-9]*", length),
         f"Content-Length: {length!r}")
    if reply.status in (204, 304) or reply.status < 200:
        rule(coding is None, f"Transfer-Encoding in {reply.status}")
        # Of a 304 it is what 200 would have had (RFC 9110 8.6).
        rule(length is None or reply.status == 304 and length == b"12345",
             f"Content-Length in {reply.status}")
        return b"", got
    if reply.status == 205:
        rule(length == b"0" or coding is None and reply.says_close(),
             "a 205 that may have a body")
    if method == b"HEAD":
        return b"", got
    rule(length is not None or reply.says_close(), "a body without an end")
    rule(coding is None, "chunks of a body whose length was known")
    if length is None:
        return got, b""
    rule(len(got) >= int(length), f"a body of {len(got)} instead of {length!r}")
    return got[:int(length)], got[int(length):]


def check_date(reply, begun):
    date = reply.get(b"date")
    rule(date, "no Date")
    text = date.decode("ascii")
    at = email.utils.parsedate_to_datetime(text).timestamp()
    rule(email.utils.formatdate(at, usegmt=True) == text, f"Date: {text}")
    rule(int(begun) - 1 <= at <= time.time() + 1, f"Date: {text}")


def read_reply(got, method, begun):
    line, rest = read_line(got)
    match = re.fullmatch(rb"HTTP/1\.1 ([1-5][0-9][0-9]) [\x20-\x7e]+", line)
    rule(match, f"a status line as {line!r}")
    fields, rest = read_fields(rest)
    reply = Reply(int(match.group(1)), fields, b"")
    reply.body, rest = read_body(rest, reply, method)
    if reply.status >= 200:
        check_date(reply, begun)
    else:
        rule(not fields, f"fields in {reply.status}")
    if reply.body:
        rule(reply.status != 205, "a body in 205")
    if reply.status == 405:
        rule(reply.get(b"allow"), "405 without Allow")
    if reply.status in (413, 503) and reply.get(b"retry-after"):
        rule(reply.get(b"retry-after").isdigit(), "a Retry-After of no seconds")
    if reply.status == 503:
        rule(reply.get(b"retry-after"), "503 without Retry-After")
    if reply.status in (204, 205, 304):
        rule(not reply.get(b"content-type"), "the type of no body")
    if reply.status >= 400 and method != b"HEAD":
        rule(reply.body and reply.get(b"content-type"),
             "an error without a page")
    return reply, rest


def read_replies(got, methods, begun, client_ended=False):
    """All of them; the last final one says that the connection closes unless
    the client has ended it, and it alone does."""
    replies = []
    methods = list(methods)
    while got:
        method = methods[0] if methods else b"GET"
        reply, got = read_reply(got, method, begun)
        replies.append(reply)
        if reply.status >= 200:
            rule(methods, "a reply too many")
            methods.pop(0)
            rule(not (reply.says_close() and got),
                 "bytes behind a reply that closes")
    rule(replies and (client_ended or replies[-1].says_close()),
         "the connection is closed, and no reply said so")
    return replies


# --- the cases -------------------------------------------------------------


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=SILENCE_S)


def receive(client):
    got = b""
    try:
        while piece := client.recv(1 << 16):
            got += piece
    except ConnectionResetError:
        raise Broken(f"a reset behind {got!r}") from None
    return got


def send(client, pieces):
    for piece in pieces:
        if piece == "end":
            client.shutdown(socket.SHUT_WR)
        elif isinstance(piece, tuple):
            wait_for(client, *piece)
        else:
            client.sendall(piece)


def wait_for(client, text):
    """Until the reply that has come so far ends so; it stays there."""
    end = time.monotonic() + SILENCE_S
    while time.monotonic() < end:
        if client.recv(1 << 16, socket.MSG_PEEK).endswith(text):
            return
        time.sleep(0.001)
    raise Broken(f"no {text!r}")


def ask(port, methods, *pieces):
    begun = time.time()
    with connect(port) as client:
        send(client, pieces)
        return read_replies(receive(client), methods, begun, "end" in pieces)


def request(method=b"GET", target=b"/", fields=b"", version=b"HTTP/1.1",
            body=b""):
    return method + b" " + target + b" " + version + b"\r\n" + HOST + fields + \
        b"\r\n" + body


END = request(fields=CLOSE)


def cases():
    """Name, statuses, methods, pieces. If the first reply does not close, END
    is sent behind and answered, too."""
    for how in ("return", "text"):
        for status in (200, 201, 202, 204, 205, 206, 300, 302, 304, 400, 401,
                       404, 405, 416, 418, 426, 429, 500, 501, 503, 504, 599):
            for where in ("give", "fields"):
                if how == "text" and where == "give" and status in (405, 503):
                    continue  # the handler says which
                target = f"/{where}/{how}/{status}".encode()
                if status != 304:  # which may close
                    yield f"{target.decode()}", (status, 200), \
                        (b"GET", b"GET"), (request(target=target), END)
                    yield f"HEAD {target.decode()}", (status, 200), \
                        (b"HEAD", b"GET"), (request(b"HEAD", target), END)
                yield f"{target.decode()}, closing", (status,), (b"GET",), \
                    (request(target=target, fields=CLOSE),)
                yield f"{target.decode()}, 1.0", (status,), (b"GET",), \
                    (request(target=target, version=b"HTTP/1.0"),)
    yield "304 with a length", (304, 200), (b"GET", b"GET"), \
        (request(target=b"/same"), END)
    yield "304 with a length, HEAD", (304, 200), (b"HEAD", b"GET"), \
        (request(b"HEAD", b"/same"), END)
    yield "a text", (200, 200), (b"GET", b"GET"), (request(), END)
    yield "bytes without a type", (200, 200), (b"GET", b"GET"), \
        (request(target=b"/bytes"), END)
    yield "a handler that waits", (200, 200), (b"GET", b"GET"), \
        (request(target=b"/later"), END)
    yield "kept by 1.0", (200, 200), (b"GET", b"GET"), \
        (request(version=b"HTTP/1.0", fields=b"Connection: keep-alive\r\n"),
         END)
    yield "closed by the client's end", (200,), (b"GET",), (request(), "end")
    yield "a waiting handler, and the client's end", (200,), (b"GET",), \
        (request(target=b"/later"), "end")
    yield "OPTIONS *", (200, 200), (b"OPTIONS", b"GET"), \
        (request(b"OPTIONS", b"*"), END)
    yield "OPTIONS of a path", (405, 200), (b"OPTIONS", b"GET"), \
        (request(b"OPTIONS"), END)
    yield "no route", (404, 200), (b"GET", b"GET"), \
        (request(target=b"/no"), END)
    yield "no route, HEAD", (404, 200), (b"HEAD", b"GET"), \
        (request(b"HEAD", b"/no"), END)
    yield "another method", (405, 200), (b"DELETE", b"GET"), \
        (request(b"DELETE"), END)
    yield "a method of nobody", (405, 200), (b"NOBODY", b"GET"), \
        (request(b"NOBODY"), END)
    yield "CONNECT", (405,), (b"CONNECT",), (request(b"CONNECT", b"a:1"),)
    yield "a body that no route wants", (404, 200), (b"POST", b"GET"), \
        (request(b"POST", b"/no", b"Content-Length: 3\r\n", body=b"abc"), END)
    yield "a large body that no route wants", (404,), (b"POST",), \
        (request(b"POST", b"/no", b"Content-Length: 90000\r\n"),)
    yield "an announced body that no route wants", (405,), (b"DELETE",), \
        (request(b"DELETE", b"/", b"Content-Length: 3\r\n"
                 b"Expect: 100-continue\r\n"),)
    yield "100-continue", (100, 201, 200), (b"POST", b"GET"), \
        (request(b"POST", b"/take", b"Content-Length: 3\r\n"
                 b"Expect: 100-continue\r\n"),
         (b"HTTP/1.1 100 Continue\r\n\r\n",), b"abc", END)
    yield "100-continue of a body too large", (413,), (b"POST",), \
        (request(b"POST", b"/take", b"Content-Length: 100001\r\n"
                 b"Expect: 100-continue\r\n"),)
    yield "a body too large", (413,), (b"POST",), \
        (request(b"POST", b"/take", b"Content-Length: 100001\r\n"),)
    yield "chunks too large", (413,), (b"POST",), \
        (request(b"POST", b"/take", b"Transfer-Encoding: chunked\r\n"),
         b"186a1\r\n" + b"x" * 100001)
    yield "chunks that are none", (400,), (b"POST",), \
        (request(b"POST", b"/take", b"Transfer-Encoding: chunked\r\n"),
         b"x\r\n")
    yield "no request line", (400,), (b"GET",), (b"\0\r\n\r\n",)
    yield "a line of 1 MiB", (414,), (b"GET",), \
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n",)
    yield "a field too large", (431,), (b"GET",), \
        (request(fields=b"A: " + b"a" * 9000 + b"\r\n"),)
    yield "fields too many", (431,), (b"GET",), \
        (request(fields=b"A: a\r\n" * 200),)
    yield "no Host", (400,), (b"GET",), (b"GET / HTTP/1.1\r\n\r\n",)
    yield "no Host, HEAD", (400,), (b"HEAD",), (b"HEAD / HTTP/1.1\r\n\r\n",)
    yield "Host and body, HEAD", (400,), (b"HEAD",), \
        (request(b"HEAD", fields=b"Host: b\r\nContent-Length: 3\r\n"),)
    yield "another version", (505,), (b"GET",), (request(version=b"HTTP/2.0"),)
    yield "another coding", (501,), (b"POST",), \
        (request(b"POST", b"/take", b"Transfer-Encoding: gzip, chunked\r\n"),)
    yield "another expectation", (417,), (b"POST",), \
        (request(b"POST", b"/take", b"Expect: all\r\nContent-Length: 1\r\n"),)
    yield "behind another", (200, 400), (b"GET", b"GET"), \
        (request() + b"GET /\0 HTTP/1.1\r\n\r\n",)


def check_heads(port):
    """HEAD's reply is GET's without its body."""
    for target in (b"/", b"/no", b"/bytes", b"/give/text/203",
                   b"/give/return/500", b"/fields/return/503"):
        got, head = (ask(port, (method,), request(method, target, CLOSE))[0]
                     for method in (b"GET", b"HEAD"))
        for reply in (got, head):
            del reply.fields[b"date"]
        rule((got.status, got.fields) == (head.status, head.fields),
             f"HEAD {target!r}: {head.fields}, GET: {got.fields}")


def check_own_fields(port):
    """What a handler says itself stands there once, and as it said it."""
    for how in (b"return", b"text"):
        reply = ask(port, (b"GET",),
                    request(target=b"/fields/" + how + b"/405",
                            fields=CLOSE))[0]
        rule(reply.get(b"allow") == b"PURGE", f"Allow: {reply.get(b'allow')}")
        reply = ask(port, (b"GET",),
                    request(target=b"/fields/" + how + b"/503",
                            fields=CLOSE))[0]
        rule(reply.get(b"retry-after") == b"7",
             f"Retry-After: {reply.get(b'retry-after')}")
        rule(reply.get(b"vary") == b"Accept", f"Vary: {reply.get(b'vary')}")
    reply = ask(port, (b"OPTIONS",), request(b"OPTIONS", b"*", CLOSE))[0]
    rule(reply.get(b"allow") == b"OPTIONS, GET, HEAD, POST, PUT",
         f"OPTIONS *: Allow: {reply.get(b'allow')}")


def late_cases():
    """What comes too slowly, or takes too long."""
    yield "half a line", (408,), (b"GET",), (b"GET / HT",)
    yield "half a head", (408,), (b"GET",), (b"GET / HTTP/1.1\r\nHost: ",)
    yield "half a body", (408,), (b"POST",), \
        (request(b"POST", b"/take", b"Content-Length: 9\r\n", body=b"abc"),)
    yield "half a body after 100", (100, 408), (b"POST",), \
        (request(b"POST", b"/take", b"Content-Length: 9\r\n"
                 b"Expect: 100-continue\r\n"),)
    yield "half a line behind a request", (200, 408), (b"GET", b"GET"), \
        (request() + b"GET",)
    yield "a handler that takes too long", (503, 200), (b"GET", b"GET"), \
        (request(target=b"/never"), END)


def failures(port, table):
    for name, statuses, methods, pieces in table:
        try:
            replies = ask(port, methods, *pieces)
            got = tuple(reply.status for reply in replies)
            rule(got == statuses, f"{got}")
        except (Broken, OSError) as error:
            yield f"{name}: {error!r}"


def check_shed(port):
    """One connection beyond the limit."""
    with connect(port) as kept, connect(port) as shed:
        send(kept, (request(),))
        wait_for(kept, b"text\n")
        begun = time.time()
        send(shed, (request(),))
        replies = read_replies(receive(shed), (b"GET",), begun)
        rule([reply.status for reply in replies] == [503], "not shed")


def check_stopping(server):
    """A request in flight when the server stops, and half of one."""
    port = server.port
    with connect(port) as waiting, connect(port) as half:
        begun = time.time()
        send(waiting, (request(target=b"/never"),))
        send(half, (b"GET / HTTP/1.1\r\nHo",))
        ask(port, (b"GET",), request(fields=CLOSE))  # both have come
        server.stop()
        for client in (waiting, half):
            replies = read_replies(receive(client), (b"GET",), begun)
            rule([reply.status for reply in replies] == [503], "not stopped")


# --- the servers -----------------------------------------------------------


class Server:
    def __init__(self, command, *options):
        self.process = mortal.start([*command, *map(str, options)],
                                    stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])
        self.is_stopping = False

    def stop(self):
        """Once: a second signal would end it at once."""
        if not self.is_stopping:
            self.is_stopping = True
            self.process.terminate()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.stop()
        self.process.stdout.close()
        if self.process.wait(60) != 0 and exception[0] is None:
            raise Broken(f"the server ended with {self.process.returncode}")


def tried(check, *arguments):
    try:
        check(*arguments)
    except (Broken, OSError) as error:
        yield f"{check.__name__}: {error!r}"


def main(command):
    with Server(command) as server:
        found = [*failures(server.port, cases()),
                 *tried(check_heads, server.port),
                 *tried(check_own_fields, server.port)]
    with Server(command, 300, 300) as server:
        found += failures(server.port, late_cases())
    with Server(command, 60000, 60000, 1) as server:
        found += tried(check_shed, server.port)
    with Server(command) as server:
        found += tried(check_stopping, server)
    for line in found:
        print(line)
    print(f"{sum(1 for _ in cases())} cases, {len(found)} broken")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
