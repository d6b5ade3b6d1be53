# SPDX-License-Identifier: MIT
"""Compares what duet and nginx answer to the same raw requests.

    python3 wire.py SERVER [--show PATTERN]     SERVER is built from server.c

Each of raw_requests.py is sent with GET /end behind it. An outcome is a word
for each response until the connection ends: "taken" (below 400), "refused",
"end" (the answer to GET /end), "torn" (no HTTP); "again" stands for more of the
same. Outcomes are equal, but for deviations.txt, and within duet in three more
ways: sent in two pieces cut anywhere; sent byte by byte; and with the sending
side closed somewhere in the middle, where no request that was not whole may be
taken.
"""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/support"))
import mortal  # noqa: E402
import raw_requests  # noqa: E402

END = b"GET /end HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
# A server that is stuck is told by its silence; both time out after 5 s.
SILENCE_S = 60
AT_ONCE = 32
# In this many pieces of these requests each cut is tried.
CUT = ("request line, plain", "target /?a=b&c=d", "field, folded",
       "field, ended by NUL LF", "field, ended by a bare LF", "host a\\x20b",
       "length 5\\x20", "length +5", "coding chunked", "coding and length",
       "chunks, three", "chunk, size ended by LF", "chunk size g",
       "chunk extension ;a=\"b\"", "trailer, two", "trailer, bare LF",
       "trailer, blank in the name", "pipelined, behind chunks",
       "request line ended by NUL LF", "chunk, last ended by CR LF LF",
       "expect 100-continue with a body")

NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/log;
events {{ worker_connections 512; }}
http {{
    access_log off; client_header_timeout 5; client_body_timeout 5;
    keepalive_requests 100000; client_max_body_size 1m;
    client_body_temp_path {folder}/1; proxy_temp_path {folder}/2;
    fastcgi_temp_path {folder}/3; uwsgi_temp_path {folder}/4;
    scgi_temp_path {folder}/5;
    server {{
        listen unix:{folder}/front;
        location = /end {{ return 200 "end\\n"; }}
        # The whole body is read before the upstream is asked.
        location / {{ proxy_pass http://unix:{folder}/back:/; }}
    }}
    server {{
        listen unix:{folder}/back;
        location / {{ return 200 "taken\\n"; }}
    }}
}}
"""


class Failed(Exception):
    pass


# --- the servers -----------------------------------------------------------


def start_nginx(folder):
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if program is None:
        raise Failed("nginx is not installed")
    path = Path(folder) / "nginx.conf"
    path.write_text(NGINX.format(folder=folder), encoding="ascii")
    process = mortal.start([program, "-p", folder, "-e", f"{folder}/log",
                            "-c", str(path)])
    return process, f"{folder}/front"


def start_duet(command):
    process = mortal.start(command, stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    found = re.search(r":(\d+)\s*$", line)
    if not found:
        raise Failed(f"the server said '{line.strip()}'")
    return process, int(found.group(1))


def nginx_version():
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    said = subprocess.run([program, "-v"], capture_output=True, text=True)
    return tuple(int(part) for part in
                 re.search(r"/(\d+)\.(\d+)", said.stderr).groups())


async def connect(address):
    for _ in range(600):
        try:
            if isinstance(address, int):
                return await asyncio.open_connection("127.0.0.1", address,
                                                     limit=1 << 20)
            return await asyncio.open_unix_connection(address, limit=1 << 20)
        except (ConnectionRefusedError, FileNotFoundError):
            await asyncio.sleep(0.1)
    raise Failed(f"nobody listens at {address}")


# --- one conversation ------------------------------------------------------


async def receive(reader):
    """All that comes until the connection ends."""
    got = b""
    try:
        while True:
            piece = await asyncio.wait_for(reader.read(1 << 16), SILENCE_S)
            if not piece:
                return got
            got += piece
    except (ConnectionError, OSError):
        return got


async def talk(address, pieces, then_closes=False):
    """Sends the pieces one after the other; what came back."""
    reader, writer = await connect(address)
    receiving = asyncio.ensure_future(receive(reader))
    try:
        for index, piece in enumerate(pieces):
            writer.write(piece)
            await writer.drain()
            if index + 1 < len(pieces):
                await asyncio.sleep(0.001)
        if then_closes:
            writer.write_eof()
    except (ConnectionError, OSError):
        pass
    try:
        return await receiving
    finally:
        writer.close()


def words_of(got, heads):
    """One word for each response; `heads`: responses to HEAD, in order."""
    words = []
    while got:
        match = re.match(rb"HTTP/1\.[01] (\d{3})[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)"
                         rb"\r\n", got)
        if not match:
            # HTTP/0.9 has no head.
            words.append("taken" if got in (b"taken\n", b"end\n") else "torn")
            break
        status, got = int(match.group(1)), got[match.end():]
        if status < 200:
            continue
        length = re.search(rb"(?im)^content-length: *(\d+)", match.group(2))
        chunked = re.search(rb"(?im)^transfer-encoding: *chunked",
                            match.group(2))
        if heads and heads.pop(0):
            body = b""
        elif length:
            body, got = got[:int(length.group(1))], got[int(length.group(1)):]
        elif chunked:
            body, _, got = got.partition(b"\r\n0\r\n\r\n")
        else:
            body, got = got, b""
        word = ("end" if body == b"end\n" else
                "taken" if status < 400 else "refused")
        if words[-1:] == [word] and word == "taken":
            word = "again"
        if words[-1:] != [word]:
            words.append(word)
    return words


def outcome(got, request):
    return " ".join(words_of(got, [request.startswith(b"HEAD ")])) or "nothing"


async def ask_all(address, jobs):
    """jobs: key -> (request, pieces, then_closes). Key -> outcome."""
    places, results = asyncio.Semaphore(AT_ONCE), {}

    async def ask(key, request, pieces, then_closes):
        async with places:
            try:
                got = await talk(address, pieces, then_closes)
                results[key] = outcome(got, request)
            except asyncio.TimeoutError:
                results[key] = "silence"

    await asyncio.gather(*(ask(key, *job) for key, job in jobs.items()))
    return results


# --- deviations ------------------------------------------------------------


def read_deviations(text, version):
    """Name -> what duet does. A line "NAME: outcome" below a "# reason"; a NAME
    that ends with "..." stands for all that begin so and differ. "(nginx since
    1.23)" or "(nginx until 1.22)" behind the outcome if other versions of nginx
    do as duet."""
    deviations, has_reason = {}, False
    for line in text.splitlines():
        if line.startswith("#"):
            has_reason = True
        elif not line.strip():
            has_reason = False
        else:
            match = re.fullmatch(
                r"(.*): ([a-z ]+?)(?: \(nginx (since|until) (\d+)\.(\d+)\))?",
                line)
            if not match or not has_reason:
                raise Failed(f"deviations.txt: '{line}' has no outcome, or no "
                             "reason above it")
            name, what, kind, *limit = match.groups()
            limit = tuple(int(part) for part in limit if part)
            if (kind is None or kind == "since" and version >= limit
                    or kind == "until" and version <= limit):
                deviations[name] = what
    return deviations


# --- the comparisons -------------------------------------------------------


def deviation_of(name, deviations):
    """The entry that is for that request; None if there is none."""
    if name in deviations:
        return name
    return next((entry for entry in deviations if entry.endswith("...")
                 and name.startswith(entry[:-3])), None)


def differences(requests, ours, theirs, deviations):
    used = set()
    for name in requests:
        if ours[name] == theirs[name]:
            continue
        entry = deviation_of(name, deviations)
        used.add(entry)
        if entry is None or deviations[entry] != ours[name]:
            yield f"{name}: duet: {ours[name]}; nginx: {theirs[name]}"
    for name in deviations.keys() - used:
        yield f"{name}: deviations.txt has it, but nothing differs"


def cut_jobs(requests):
    for name in CUT:
        request = requests[name]
        for at in range(1, len(request)):
            yield (name, f"cut at {at}"), \
                (request, [request[:at], request[at:] + END], False)
        yield (name, "byte by byte"), \
            (request, [bytes([byte]) for byte in request] + [END], False)


def closing_jobs(requests):
    for name in CUT:
        request = requests[name]
        for at in range(len(request)):
            yield (name, at), (request, [request[:at]], True)


async def compare(port, front, requests, deviations):
    wholes = {name: (request, [request + END], False)
              for name, request in requests.items()}
    ours, theirs = await asyncio.gather(ask_all(port, wholes),
                                        ask_all(front, wholes))
    found = list(differences(requests, ours, theirs, deviations))
    cut = await ask_all(port, dict(cut_jobs(requests)))
    found += [f"{name}, {how}: {what}; in one piece: {ours[name]}"
              for (name, how), what in cut.items() if what != ours[name]]
    closed = await ask_all(port, dict(closing_jobs(requests)))
    found += [f"{name}, closed behind byte {at}: {what}"
              for (name, at), what in closed.items()
              if what not in ("nothing", "refused")
              and not (name.startswith(("pipelined", "chunk, all"))
                       or is_whole(requests[name][:at], ours[name]))]
    print(f"{len(wholes)} requests, {len(cut)} ways to cut, "
          f"{len(closed)} to close")
    return found


def is_whole(start, outcome):
    """Whether a request that is taken ends before what was sent does."""
    return outcome.startswith("taken") and start.endswith(b"\r\n\r\n") and \
        b"Content-Length" not in start and b"hunked" not in start


def main(arguments):
    requests = raw_requests.all_requests()
    if "--show" in arguments:
        at = arguments.index("--show")
        pattern = arguments[at + 1]
        del arguments[at:at + 2]
        requests = {name: request for name, request in requests.items()
                    if re.search(pattern, name) or name in CUT}
    with tempfile.TemporaryDirectory(prefix="duet-wire-") as folder:
        deviations = read_deviations(
            Path(__file__).with_name("deviations.txt").read_text("utf-8"),
            nginx_version())
        nginx, front = start_nginx(folder)
        duet, port = start_duet(arguments)
        try:
            found = asyncio.run(compare(port, front, requests, deviations))
        finally:
            duet.terminate()
            nginx.terminate()
            if duet.wait(30) != 0:
                raise Failed(f"the server ended with {duet.returncode}")
            nginx.wait(30)
    for line in found:
        print(line)
    print(f"{len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    if not shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin"):
        print("no nginx here")
        sys.exit(77)
    sys.exit(main(sys.argv[1:]))
