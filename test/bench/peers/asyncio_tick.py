# SPDX-License-Identifier: MIT
"""How late a tick of 10 ms comes in asyncio while something else works.

    python3 asyncio_tick.py idle|threads|processes|child|files|lines SECONDS

The same work as in duet_tick.c.
"""

import asyncio
import concurrent.futures
import contextlib
import json
import os
import pathlib
import statistics
import sys
import tempfile
import time

TICK, LINES, LINE, WHOLE, MAP = 0.01, 1_000_000, 60, 4 << 20, 256


def spin(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


async def idle(_):
    await asyncio.Event().wait()


async def threads(_):
    async def call():
        while True:
            await asyncio.to_thread(spin, 0.02)
    await asyncio.gather(*(call() for _ in range(os.cpu_count() + 4)))


async def processes(_):
    loop = asyncio.get_running_loop()
    with concurrent.futures.ProcessPoolExecutor() as pool:
        while True:
            await asyncio.gather(*(loop.run_in_executor(pool, spin, 0.001)
                                   for _ in range(MAP)))


async def child(_):
    process = await asyncio.create_subprocess_exec(
        "yes", stdout=asyncio.subprocess.PIPE)
    try:
        while True:
            await process.stdout.read(65536)
    finally:
        process.kill()


async def files(folder):
    import aiofiles
    contents, new = bytes(WHOLE), folder / "new"
    while True:
        async with aiofiles.open(new, "wb") as file:
            await file.write(contents)
            await file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
        os.replace(new, folder / "1")
        async with aiofiles.open(folder / "1", "rb") as file:
            await file.read()


async def lines(folder):
    import aiofiles
    while True:
        async with aiofiles.open(folder / "0", "rb") as file:
            async for _ in file:
                pass


async def tick(work, seconds):
    late = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "0").write_bytes((b"x" * LINE + b"\n") * LINES)
        task = asyncio.create_task(work(folder))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            begin = time.monotonic()
            await asyncio.sleep(TICK)
            late.append((time.monotonic() - begin - TICK) * 1000)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    return late


def main():
    works = {work.__name__: work
             for work in (idle, threads, processes, child, files, lines)}
    late = asyncio.run(tick(works[sys.argv[1]], float(sys.argv[2])))
    print(json.dumps({"ticks": len(late), "worst_ms": max(late),
                      "median_ms": statistics.median(late)}))


if __name__ == "__main__":
    main()
