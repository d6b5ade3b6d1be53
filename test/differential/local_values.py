# SPDX-License-Identifier: MIT
"""The twin of local_values.c."""

import asyncio
import contextvars

from scenario import note, scenario, sleep_for, sleep_until, spawn

KEY = contextvars.ContextVar("key", default="none")
OTHER = contextvars.ContextVar("other", default="none")


def say(who):
    note(f"{who}: {KEY.get()}, {OTHER.get()}")


async def child():
    say("child")
    KEY.set("child's")
    await sleep_for(10)
    say("child")


@scenario("values inherited")
async def inherited():
    say("main")
    KEY.set("main's")
    task = spawn(child)
    KEY.set("changed")
    OTHER.set("late")
    await sleep_until(5)
    say("main")
    await task
    say("main")


@scenario("values taken away")
async def taken_away():
    KEY.reset(KEY.set("main's"))
    say("main")
    await spawn(child)


async def grandchild(who):
    say(who)


async def parent():
    OTHER.set("parent's")
    await spawn(grandchild, "grandchild")


@scenario("values by every way")
async def by_every_way():
    KEY.set("main's")
    await asyncio.gather(grandchild("gathered"), parent())
    async with asyncio.TaskGroup() as group:
        group.create_task(grandchild("member"))
    await asyncio.wait_for(spawn(grandchild, "waited for"), None)
    say("main")


@scenario("values in callbacks")
async def in_callbacks():
    loop = asyncio.get_running_loop()
    KEY.set("main's")
    loop.call_soon(say, "soon")
    loop.call_later(0.01, say, "later")
    task = spawn(grandchild, "task")
    task.add_done_callback(lambda _: say("on end"))
    KEY.set("changed")
    await sleep_until(20)


@scenario("values in a thread")
async def in_thread():
    KEY.set("main's")
    note(f"thread: {await asyncio.to_thread(KEY.get)}")
