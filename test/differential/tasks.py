# SPDX-License-Identifier: MIT
"""The twin of tasks.c."""

import asyncio

from scenario import (Failed, note, scenario, sleep_for, sleep_until, spawn,
                      word)


async def work(name, ms, result=0, clean_up_ms=0, swallows_cancel=False):
    note(f"{name}: begins")
    try:
        await sleep_for(ms)
    except asyncio.CancelledError:
        note(f"{name}: cancelled")
        if clean_up_ms:
            note(f"{name}: clean-up {await word(sleep_for(clean_up_ms))}")
        if not swallows_cancel:
            raise
        return result
    note(f"{name}: ends")
    if result == "fails":
        raise Failed
    return result


@scenario("turns")
async def turns():
    async def yield_twice(name):
        for i in range(3):
            note(f"{name} {i}")
            await asyncio.sleep(0)

    a, b = spawn(yield_twice, "a"), spawn(yield_twice, "b")
    note("main")
    await asyncio.sleep(-5)
    note("main again")
    await b
    await a


@scenario("sleeps by length")
async def sleeps_by_length():
    await asyncio.gather(work("c", 30), work("a", 10), work("b", 20),
                         work("a too", 10))


@scenario("cancelled in its clean-up")
async def cancelled_in_clean_up():
    task = spawn(work, "slow", 50, 1, 20)
    await sleep_until(5)
    note(f"counted: {task.cancel():d}")
    await sleep_until(10)
    note(f"counted: {task.cancel():d}")
    note(f"result: {await word(task)}")


@scenario("cancel swallowed")
async def cancel_swallowed():
    task = spawn(work, "stubborn", 50, 1, 5, True)
    await sleep_until(5)
    task.cancel()
    await asyncio.wait({task})
    note(f"counted: {task.cancel():d}")
    note(f"result: {await word(task)}")


@scenario("requests taken back")
async def requests_taken_back():
    async def take_back():
        self = asyncio.current_task()
        note(f"sleep: {await word(sleep_for(50))}")
        note(f"requests: {self.cancelling()}")
        for _ in range(3):
            note(f"left: {self.uncancel()}")
        note(f"sleep: {await word(sleep_for(1))}")

    task = spawn(take_back)
    await sleep_until(5)
    task.cancel()
    task.cancel()
    note(f"result: {await word(task)}")


@scenario("cancelled by itself")
async def cancelled_by_itself():
    async def cancel_self():
        note(f"counted: {asyncio.current_task().cancel():d}")
        note(f"sleep: {await word(sleep_for(1))}")
        note(f"sleep: {await word(sleep_for(1))}")

    note(f"result: {await word(spawn(cancel_self))}")


@scenario("cancelled join of a stubborn task")
async def join_of_stubborn():
    async def join(task):
        note(f"joiner: {await word(task)}")

    inner = spawn(work, "stubborn", 50, 1, 5, True)
    outer = spawn(join, inner)
    await sleep_until(5)
    outer.cancel()
    await outer


def kind_of(result):
    if isinstance(result, asyncio.CancelledError):
        return "cancelled"
    return "failed" if isinstance(result, Failed) else "ok"


async def gather(works, collect_errors):
    gathered = asyncio.gather(*(work(*each) for each in works),
                              return_exceptions=collect_errors)
    result = await word(gathered)
    note(f"gather: {result}")
    if result == "ok":
        note(", ".join(kind_of(each) for each in gathered.result()))


@scenario("gather")
async def gather_all():
    await gather((("a", 30), ("b", 10), ("c", 20)), False)
    await sleep_until(100)


async def gather_one_fails(collect_errors):
    await gather((("a", 30), ("b", 10, "fails"), ("c", 20)), collect_errors)
    await sleep_until(100)


@scenario("gather, one fails")
async def gather_fails():
    await gather_one_fails(False)


@scenario("gather, one fails, collected")
async def gather_collects():
    await gather_one_fails(True)


async def gather_cancelled(collect_errors):
    task = spawn(gather, (("a", 30, 1, 4), ("b", 10), ("c", 20, 3, 2)),
                 collect_errors)
    await sleep_until(15)
    task.cancel()
    note(f"result: {await word(task)}")
    await sleep_until(100)


@scenario("gather cancelled")
async def gather_cancelled_fails():
    await gather_cancelled(False)


@scenario("gather cancelled, collected")
async def gather_cancelled_collects():
    await gather_cancelled(True)


async def lead(works, body_ms, body_fails=False):
    async def body():
        async with asyncio.TaskGroup() as group:
            for each in works:
                group.create_task(work(*each))
            try:
                await sleep_for(body_ms)
            except asyncio.CancelledError:
                note("body: cancelled")
                raise
            note("body: ok")
            if body_fails:
                raise Failed

    async def close():
        try:
            await body()
        except* Failed:
            failed = True
        else:
            failed = False
        if failed:
            raise Failed

    result = await word(close())
    note(f"group: {result}")
    note(f"requests: {asyncio.current_task().cancelling()}")
    note(f"next: {await word(sleep_for(1))}")
    if result == "cancelled":
        raise asyncio.CancelledError
    if result == "failed":
        raise Failed


async def group_fails(body_ms):
    works = ("a", 10, "fails"), ("b", 30, 0, 5)
    note(f"result: {await word(spawn(lead, works, body_ms))}")


@scenario("group fails in its body")
async def group_fails_in_body():
    await group_fails(50)


@scenario("group fails while closing")
async def group_fails_while_closing():
    await group_fails(0)


@scenario("group body fails")
async def group_body_fails():
    works = ("a", 30, 0, 5), ("b", 40)
    note(f"result: {await word(spawn(lead, works, 10, True))}")


async def group_cancelled(body_ms):
    task = spawn(lead, (("a", 30, 0, 5), ("b", 40)), body_ms)
    await sleep_until(15)
    task.cancel()
    note(f"result: {await word(task)}")


@scenario("group cancelled in its body")
async def group_cancelled_in_body():
    await group_cancelled(50)


@scenario("group cancelled while closing")
async def group_cancelled_while_closing():
    await group_cancelled(0)


@scenario("group fails, then is cancelled")
async def group_fails_and_is_cancelled():
    task = spawn(lead, (("a", 10, "fails"), ("b", 30, 0, 10)), 0)
    await sleep_until(15)
    task.cancel()
    note(f"result: {await word(task)}")


@scenario("member cancelled")
async def member_cancelled():
    async def close():
        async with asyncio.TaskGroup() as group:
            group.create_task(work("a", 10))
            task = group.create_task(work("b", 30))
            await sleep_until(5)
            task.cancel()
            await sleep_until(6)
            note(f"b: {await word(task)}")

    note(f"group: {await word(close())}")


@scenario("member adds while closing")
async def member_adds_while_closing():
    async def add(group):
        await sleep_for(10)
        note("adds")
        group.create_task(work("late", 10))

    async def close():
        async with asyncio.TaskGroup() as group:
            group.create_task(add(group))

    note(f"group: {await word(close())}")
