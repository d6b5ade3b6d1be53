# SPDX-License-Identifier: MIT
"""The twin of callbacks.c."""

import asyncio

from scenario import (Failed, note, scenario, sleep_until, spawn, word, work)


def loop():
    return asyncio.get_running_loop()


def call_at(ms, function, *arguments):
    return loop().call_at(ms / 1000, function, *arguments)


async def say_twice(name):
    note(f"task {name}")
    await asyncio.sleep(0)
    note(f"task {name} again")


@scenario("call soon")
async def call_soon():
    loop().call_soon(note, "first")
    a = spawn(say_twice, "a")
    loop().call_soon(note, "second")
    b = spawn(say_twice, "b")
    loop().call_soon(note, "third")
    note("main")
    await asyncio.sleep(0)
    note("main again")
    await a
    await b


@scenario("calls in turn")
async def calls_in_turn():
    def say_and_call(left):
        note(f"left: {left}")
        if left > 0:
            loop().call_soon(say_and_call, left - 1)

    loop().call_soon(say_and_call, 3)
    for _ in range(5):
        note("main")
        await asyncio.sleep(0)


@scenario("call later")
async def call_later():
    loop().call_later(0.03, note, "at 30")
    loop().call_later(0.01, note, "at 10")
    loop().call_later(0.02, note, "at 20")
    loop().call_later(-0.005, note, "in the past")
    loop().call_later(0, note, "now")
    loop().call_soon(note, "soon")
    note("main")
    await sleep_until(50)


@scenario("calls and sleeps")
async def calls_and_sleeps():
    call_at(10, note, "called")
    task = spawn(work, "sleeper", 10)
    await sleep_until(10)
    note("main")
    await task


@scenario("calls cancelled")
async def calls_cancelled():
    first, second = call_at(10, note, "first"), call_at(20, note, "second")
    await sleep_until(5)
    first.cancel()
    note("cancelled")
    await sleep_until(30)
    second.cancel()
    note("too late")


@scenario("a call cancels another")
async def call_cancels_call():
    def cancel_callback():
        note("cancels the other")
        other.cancel()

    call_at(10, cancel_callback)
    other = call_at(10, note, "the other")
    await sleep_until(30)


@scenario("a call cancels a task")
async def call_cancels_task():
    def cancel_task():
        note("cancels the task")
        task.cancel()

    task = spawn(work, "slow", 50)
    call_at(10, cancel_task)
    note(f"result: {await word(task)}")


@scenario("a call spawns")
async def call_spawns():
    tasks = []

    def spawn_work():
        tasks.append(spawn(work, "spawned", 10))
        note("spawn: ok")

    call_at(10, spawn_work)
    await sleep_until(50)


def say_result(name):
    def say(task):
        result = ("cancelled" if task.cancelled() else
                  "failed" if task.exception() else "ok")
        note(f"{name}: {result}")
    return say


async def on_end(*arguments):
    task = spawn(work, "one", 10, *arguments)
    task.add_done_callback(say_result("first"))
    task.add_done_callback(say_result("second"))
    await sleep_until(50)
    note("main")
    task.add_done_callback(say_result("late"))
    note("added")
    await asyncio.sleep(0)
    note("main again")


@scenario("on end")
async def on_end_ok():
    await on_end()


@scenario("on end of a failed task")
async def on_end_failed():
    await on_end(Failed())


@scenario("on end of a cancelled task")
async def on_end_of_cancelled():
    task = spawn(work, "one", 10, None, 3)
    task.add_done_callback(say_result("first"))
    await sleep_until(5)
    task.cancel()
    await sleep_until(50)


@scenario("on end and joined")
async def on_end_and_join():
    task = spawn(work, "one", 10)
    task.add_done_callback(say_result("called"))
    note(f"joined: {await word(task)}")
    await asyncio.sleep(0)
