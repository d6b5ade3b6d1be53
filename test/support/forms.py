# SPDX-License-Identifier: MIT
"""Forms as aiohttp and curl write them, and as aiohttp reads them.

    python3 forms.py make FOLDER     writes bodies: N.body, their types: N.type,
                                     and what is in them: N.fields
    python3 forms.py parse FOLDER    reads N.body and N.type, and writes what it
                                     finds: N.found

A file of fields has a line for each: its name, its file's name or "-", its
content; each as "x" and its bytes in hexadecimal.
"""

import asyncio
import http.server
import os
import random
import subprocess
import sys
import threading

import aiohttp
from aiohttp import streams

NAMES = ["a", "", "two words", "caf\u00e9", "\u20ac;=,", "semi; filename=\"x\"",
         "quote\"quote", "line\r\nX: y", "back\\slash", "percent%41"]
FILENAMES = [None, "x.txt", "caf\u00e9.txt", "a b;c.txt", "qu\"ote.txt"]
ALPHABET = [b"\r\n", b"--", b"\r", b"\n", b"\0", b"\xff", b"x", b"--AaB", b" "]


def hexed(text):
    return "-" if text is None else "x" + text.encode(
        "utf-8", "surrogateescape").hex()


def listing(fields):
    return "".join(f"{hexed(name)} {hexed(filename)} x{content.hex()}\n"
                   for name, filename, content in fields)


def contents(chance):
    return b"".join(chance.choices(ALPHABET, k=chance.randrange(40)))


def random_fields(chance):
    return [(chance.choice(NAMES), chance.choice(FILENAMES), contents(chance))
            for _ in range(chance.randrange(1, 6))]


# --- writers -----------------------------------------------------------------

class Sink:
    """What aiohttp writes a body to."""

    def __init__(self):
        self.bytes = b""

    async def write(self, piece):
        self.bytes += bytes(piece)


async def by_aiohttp(fields, quotes):
    form = aiohttp.FormData(quote_fields=quotes)
    for name, filename, content in fields:
        form.add_field(name, content, filename=filename,
                       content_type="text/plain")
    written, sink = form(), Sink()
    await written.write(sink)
    return written.headers["Content-Type"], sink.bytes


class Catcher(http.server.BaseHTTPRequestHandler):
    """Keeps the body of a POST."""

    def do_POST(self):  # noqa: N802
        length = int(self.headers["Content-Length"])
        self.server.caught = (self.headers["Content-Type"],
                              self.rfile.read(length))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


def by_curl(fields, server, folder):
    command = ["curl", "-sS", "-q", "--noproxy", "*", "-H", "Expect:"]
    for number, (name, filename, content) in enumerate(fields):
        path = os.path.join(folder, f"content{number}")
        with open(path, "wb") as file:
            file.write(content)
        name = name.replace("\\", "\\\\").replace('"', '\\"')
        if filename is None:
            command += ["-F", f"{name}=<{path}"]
        else:
            quoted = filename.replace("\\", "\\\\").replace('"', '\\"')
            command += ["-F", f'{name}=@{path};filename="{quoted}"']
    subprocess.run(command + [f"http://127.0.0.1:{server.server_port}/"],
                   check=True, timeout=60)
    return server.caught


def save(folder, number, fields, body):
    for suffix, text in (("fields", listing(fields).encode()),
                         ("type", body[0].encode()), ("body", body[1])):
        with open(os.path.join(folder, f"{number}.{suffix}"), "wb") as file:
            file.write(text)


def make(folder):
    chance = random.Random(7578)
    server = http.server.HTTPServer(("127.0.0.1", 0), Catcher)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for number in range(15):
        # As it does by default: a name that is not ASCII is a name*. (Bytes
        # that are not ASCII are %XX in its file names, which is no standard.)
        fields = [(name, "x.txt", content)
                  for name, _, content in random_fields(chance)]
        save(folder, number, fields, asyncio.run(by_aiohttp(fields, True)))
    for number in range(15, 30):
        # It writes line ends as they are, and names bytes like their field.
        fields = [(name.replace("\r\n", ""), filename, content)
                  for name, filename, content in random_fields(chance)]
        fields = [(name, filename or name, content)
                  for name, filename, content in fields]
        body = asyncio.run(by_aiohttp(fields, False))
        fields = [(name, filename.rsplit("\\")[-1], content)
                  for name, filename, content in fields]
        save(folder, number, fields, body)
    for number in range(30, 50):
        # What is before "=" is the name; curl leaves quotes in it as they are.
        fields = [(name, filename, content)
                  for name, filename, content in random_fields(chance)
                  if not set(name) & set("=;\"\\\r\n") and name]
        if not fields:
            fields = [("a", "b", b"c")]
        save(folder, number, fields, by_curl(fields, server, folder))
    server.shutdown()


# --- readers -----------------------------------------------------------------

def unescaped(name):
    if name is None:
        return None
    for escape, byte in (("%22", '"'), ("%0D", "\r"), ("%0A", "\n")):
        name = name.replace(escape, byte)
    return name


class Protocol:
    """The connection that an aiohttp stream asks to pause."""
    _reading_paused = False

    def pause_reading(self):
        pass

    def resume_reading(self):
        pass


async def parsed(type_, body):
    stream = streams.StreamReader(Protocol(), 1 << 20,
                                  loop=asyncio.get_running_loop())
    stream.feed_data(body)
    stream.feed_eof()
    reader = aiohttp.MultipartReader({"Content-Type": type_}, stream)
    fields = []
    while (part := await reader.next()) is not None:
        fields.append((unescaped(part.name), unescaped(part.filename),
                       bytes(await part.read())))
    return fields


def parse(folder):
    for name in sorted(os.listdir(folder)):
        number, suffix = os.path.splitext(name)
        if suffix != ".body":
            continue
        path = os.path.join(folder, number)
        with open(path + ".body", "rb") as file:
            body = file.read()
        with open(path + ".type", encoding="ascii") as file:
            type_ = file.read()
        with open(path + ".found", "w", encoding="ascii") as file:
            file.write(listing(asyncio.run(parsed(type_, body))))


if __name__ == "__main__":
    {"make": make, "parse": parse}[sys.argv[1]](sys.argv[2])
