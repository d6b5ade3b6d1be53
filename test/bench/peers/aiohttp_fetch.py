# SPDX-License-Identifier: MIT
# aiohttp's client on uvloop as a peer: fetches URL/0, URL/1, ... AT_ONCE at a
# time and reads each body whole. usage: aiohttp_fetch.py URL COUNT AT_ONCE
import asyncio
import json
import sys
import time

import aiohttp
import uvloop

url, count, at_once = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


async def fetch(session, numbers):
    errors = 0
    for number in numbers:
        try:
            async with session.get(f"{url}/{number}") as answer:
                await answer.read()
                errors += answer.status != 200
        except aiohttp.ClientError:
            errors += 1
    return errors


async def main():
    connector = aiohttp.TCPConnector(limit=at_once)
    async with aiohttp.ClientSession(connector=connector) as session:
        numbers = iter(range(count))
        begin = time.monotonic()
        errors = sum(await asyncio.gather(
            *(fetch(session, numbers) for _ in range(at_once))))
        seconds = time.monotonic() - begin
    print(json.dumps({"requests": count, "seconds": seconds, "errors": errors}))


uvloop.install()
asyncio.run(main())
