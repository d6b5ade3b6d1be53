# SPDX-License-Identifier: MIT
# aiohttp on uvloop as a peer: "hello" at /, and at /upstream what a GET of the
# upstream answers. usage: aiohttp_server.py PORT [UPSTREAM_URL]
import sys

import aiohttp
import uvloop
from aiohttp import web

uvloop.install()


async def hello(request):
    return web.Response(text="hello")


async def upstream(request):
    async with request.app["session"].get(sys.argv[2]) as answer:
        return web.Response(body=await answer.read())


async def session(app):
    connector = aiohttp.TCPConnector(limit=256)
    async with aiohttp.ClientSession(connector=connector) as app["session"]:
        yield


app = web.Application()
app.cleanup_ctx.append(session)
app.add_routes([web.get("/", hello), web.get("/upstream", upstream)])
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None,
            keepalive_timeout=600, print=None)
