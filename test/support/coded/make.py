# SPDX-License-Identifier: MIT
"""Makes the coded bodies beside it, out of plain.txt, with Python's zlib and
the commands brotli and zstd. support/coded.c lists them.

    python3 make.py
"""

import gzip
import os
import struct
import subprocess
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))


def run(data, *command):
    return subprocess.run(command, input=data, capture_output=True,
                          check=True).stdout


def deflate(data, window_bits, level=6, strategy=zlib.Z_DEFAULT_STRATEGY):
    stream = zlib.compressobj(level, zlib.DEFLATED, window_bits, 8, strategy)
    return stream.compress(data) + stream.flush()


def gz(data, level=6):
    return gzip.compress(data, level, mtime=0)


def gzip_with_all_fields(data):
    head = (b"\x1f\x8b\x08\x1f\0\0\0\0\0\x03" + struct.pack("<H", 5) +
            b"extra" + b"name\0" + b"comment\0")
    crc = struct.pack("<H", zlib.crc32(head) & 0xffff)
    return (head + crc + deflate(data, -15) +
            struct.pack("<II", zlib.crc32(data), len(data)))


def br(data, quality):
    return run(data, "brotli", "-c", "-q", str(quality), "-")


def zstd(data, *options):
    return run(data, "zstd", "-q", "-c", *options)


def main():
    with open(os.path.join(HERE, "plain.txt"), "rb") as file:
        plain = file.read()
    skippable = b"\x5a\x2a\x4d\x18" + struct.pack("<I", 7) + b"skipped"
    samples = {
        "gzip": gz(plain),
        "gzip_empty": gz(b""),
        "gzip_stored": gz(plain, 0),
        "gzip_two": gz(plain) + gz(b"") + gz(plain, 9),
        "gzip_fields": gzip_with_all_fields(plain),
        "deflate": deflate(plain, 15),
        "deflate_empty": deflate(b"", 15),
        "deflate_small_window": deflate(plain, 9),
        "deflate_bare": deflate(plain, -15),
        "deflate_bare_empty": deflate(b"", -15),
        "deflate_bare_fixed": deflate(plain, -15, 6, zlib.Z_FIXED),
        "deflate_bare_stored": deflate(plain, -15, 0),
        "br_fast": br(plain, 1),
        "br": br(plain, 11),
        "br_empty": br(b"", 11),
        "zstd": zstd(plain, "--no-check"),
        "zstd_checked": zstd(plain, "-19", "--check"),
        "zstd_empty": zstd(b""),
        "zstd_two": zstd(plain) + zstd(b"") + zstd(plain, "--no-check"),
        "zstd_skippable": skippable + zstd(plain) + skippable,
        "gzip_br": br(gz(plain), 5),
        "zstd_deflate_gzip": gz(deflate(zstd(plain), 15)),
    }
    for name, data in samples.items():
        with open(os.path.join(HERE, name), "wb") as file:
            file.write(data)


main()
