# SPDX-License-Identifier: MIT
"""Drives the server of server_peers.c with aiohttp's client.

    python3 server_aiohttp.py URL
"""

import asyncio
import sys

import aiohttp


def same(got, expected):
    if got != expected:
        raise AssertionError(f"got {got!r}, not {expected!r}")


async def reply(session, method, path, **options):
    async with session.request(method, path, **options) as response:
        return response.status, await response.read(), response.headers


async def routes(session):
    status, body, headers = await reply(session, "GET", "/")
    same((status, body), (200, b"hello\n"))
    same(headers["Content-Type"], "text/plain; charset=utf-8")
    status, body, headers = await reply(session, "HEAD", "/")
    same((status, body, headers["Content-Length"]), (200, b"", "6"))
    async with session.get("/users/\u00fc ?q=a%26b") as response:
        same(await response.json(), {"method": "GET", "path": "/users/\u00fc ",
                                     "id": "\u00fc ", "q": "a&b"})
    async with session.delete("/users/7") as response:
        same((await response.json())["method"], "DELETE")
    same((await reply(session, "GET", "/users"))[0], 404)
    status, _, headers = await reply(session, "PATCH", "/users/7")
    same((status, headers["Allow"]), (405, "GET, HEAD, DELETE"))
    for value, status in ((204, 204), (404, 404), (599, 599), (-5, 500),
                          (-110, 504), (0, 500), (7, 500)):
        same((await reply(session, "GET", f"/give/{value}"))[0], status)


async def bodies(session):
    value = {"a": [1, 2.5, None, "\u20ac"]}
    async with session.post("/json", json=value) as response:
        same((response.status, await response.json()), (201, value))
        same(response.content_type, "application/json")
    same((await reply(session, "POST", "/json", data=b"{"))[0], 400)
    for size in (0, 1, 5000, 100000):
        data = bytes(i % 251 for i in range(size))
        status, body, headers = await reply(session, "PUT", "/echo", data=data)
        same((status, body == data, headers["X-Length"]),
             (200, True, str(size)))

    async def chunks():
        for _ in range(40):
            yield b"x" * 2000
    status, body, _ = await reply(session, "POST", "/echo", data=chunks())
    same((status, len(body)), (200, 80000))
    same((await reply(session, "POST", "/echo", data=b"x" * 100001))[0], 413)
    same((await reply(session, "POST", "/echo", data=b"x" * 100001,
                      expect100=True))[0], 413)


async def forms(session):
    for path in "/form", "/parts":
        data = aiohttp.FormData()
        data.add_field("title", "two words")
        data.add_field("file", b"\r\n--" * 5000, filename="x.txt")
        status, body, _ = await reply(session, "POST", path, data=data)
        same((status, body), (200, {
            "/form": b"two words x.txt 20000\n",
            "/parts": b"title 9\nfile 20000\n"}[path]))
    same((await reply(session, "POST", "/parts", data={"a": "b"}))[0], 415)


async def many(session):
    replies = await asyncio.gather(*(
        reply(session, "GET", "/slow" if i % 2 else f"/users/{i}")
        for i in range(200)))
    for i, (status, body, _) in enumerate(replies):
        same(status, 200)
        same(f'"id":"{i}"'.encode() in body or body == b"slow\n", True)


async def counts(session):
    async with session.get("/counts") as response:
        return await response.json()


async def hang_up(session):
    requests = [asyncio.create_task(reply(session, "GET", "/wait"))
                for _ in range(10)]
    while (await counts(session))["running"] < 10:
        await asyncio.sleep(0.01)
    for request in requests:
        request.cancel()
    await asyncio.gather(*requests, return_exceptions=True)
    while (await counts(session))["running"] > 0:
        await asyncio.sleep(0.01)
    same(await counts(session), {"running": 0, "peak": 0, "cancelled": 10,
                                 "children": 0})


async def main(url):
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(url, timeout=timeout) as session:
        for case in routes, bodies, forms, many, hang_up:
            await asyncio.wait_for(case(session), 100)


asyncio.run(main(sys.argv[1]))
