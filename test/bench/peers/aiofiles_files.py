# SPDX-License-Identifier: MIT
"""What reading files costs with aiofiles, or with plain threads.

    python3 aiofiles_files.py lines|small_files|threads COUNT

The same files as bench_files.h makes: lines of 60 bytes; 1,000 files of 4 KiB,
64 at once. "threads" reads them by asyncio.to_thread and plain open().
"""

import asyncio
import json
import pathlib
import sys
import tempfile
import time

LINE, FILES, SMALL, AT_ONCE = 60, 1000, 4096, 64


async def read_lines(folder, count):
    import aiofiles
    lines = 0
    async with aiofiles.open(folder / "0", "rb") as file:
        async for line in file:
            lines += len(line) == LINE + 1
    assert lines == count


async def with_aiofiles(path):
    import aiofiles
    async with aiofiles.open(path, "rb") as file:
        return await file.read()


async def with_threads(path):
    return await asyncio.to_thread(pathlib.Path.read_bytes, path)


async def read_small_files(folder, count, read):
    numbers = iter(range(count))

    async def read_some():
        for number in numbers:
            assert len(await read(folder / str(number % FILES))) == SMALL

    await asyncio.gather(*(read_some() for _ in range(AT_ONCE)))


def main():
    what, count = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if what == "lines":
            with open(folder / "0", "wb") as file:
                for _ in range(count):
                    file.write(b"x" * LINE + b"\n")
            work = read_lines(folder, count)
        else:
            for number in range(FILES):
                (folder / str(number)).write_bytes(b"x" * SMALL)
            read = with_threads if what == "threads" else with_aiofiles
            work = read_small_files(folder, count, read)
        begin = time.monotonic()
        asyncio.run(work)
        seconds = time.monotonic() - begin
    print(json.dumps({"count": count, "ns": seconds * 1e9 / count}))


main()
