# SPDX-License-Identifier: MIT
"""The twin of tasks.c."""

import asyncio

from scenario import (Failed, cancel_at, note, scenario, sleep_for,
                      sleep_until, spawn, word, work)


async def yield_twice(name):
    for i in range(3):
        note(f"{name} {i}")
        await asyncio.sleep(0)


@scenario("turns")
async def turns():
    a, b = spawn(yield_twice, "a"), spawn(yield_twice, "b")
    note("main")
    await asyncio.sleep(-5)
    note("main again")
    await b
    await a


@scenario("starts at once", since=(3, 12))
async def starts_at_once():
    loop = asyncio.get_running_loop()
    a = asyncio.eager_task_factory(loop, yield_twice("a"))
    note("main")
    b = asyncio.eager_task_factory(loop, yield_twice("b"))
    note("main again")
    await a
    await b


@scenario("sleeps by length")
async def sleeps_by_length():
    await asyncio.gather(work("c", 30), work("a", 10), work("b", 20),
                         work("a too", 10))


def result_of(task):
    try:
        task.result()
    except asyncio.InvalidStateError:
        return "wrong state"
    except asyncio.CancelledError:
        return "cancelled"
    except Failed:
        return "failed"
    return "ok"


@scenario("looked at")
async def looked_at():
    async def say_name():
        note(f"in it: {asyncio.current_task().get_name()}")
        await sleep_for(1)
        raise Failed

    task = asyncio.create_task(say_name(), name="fetch")
    note(f"name: {task.get_name()}")
    note(f"done: {task.done():d}")
    note(f"result: {result_of(task)}")
    await asyncio.wait({task})
    note(f"done: {task.done():d}")
    note(f"result: {result_of(task)}")
    note(f"result: {await word(task)}")


@scenario("cancelled in its clean-up")
async def cancelled_in_clean_up():
    task = spawn(work, "slow", 50, None, 20)
    await sleep_until(5)
    note(f"counted: {task.cancel():d}")
    await sleep_until(10)
    note(f"counted: {task.cancel():d}")
    note(f"result: {await word(task)}")


@scenario("fails in its clean-up")
async def fails_in_clean_up():
    await cancel_at(spawn(work, "clumsy", 50, Failed(), 5, True), 5)


def stubborn():
    return spawn(work, "stubborn", 50, None, 5, True)


@scenario("cancel swallowed")
async def cancel_swallowed():
    task = stubborn()
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


@scenario("request taken back in time")
async def request_taken_back_in_time():
    async def take_back_in_time():
        self = asyncio.current_task()
        self.cancel()
        note(f"left: {self.uncancel()}")
        note(f"sleep: {await word(sleep_for(1))}")

    note(f"result: {await word(spawn(take_back_in_time))}")


@scenario("cancelled by itself")
async def cancelled_by_itself():
    async def cancel_self():
        note(f"counted: {asyncio.current_task().cancel():d}")
        note(f"sleep: {await word(sleep_for(1))}")
        note(f"sleep: {await word(sleep_for(1))}")

    note(f"result: {await word(spawn(cancel_self))}")


@scenario("cancelled as it yields")
async def cancelled_as_it_yields():
    async def yield_once():
        note("begins")
        note(f"yield: {await word(asyncio.sleep(0))}")
        note(f"yield: {await word(asyncio.sleep(0))}")

    task = spawn(yield_once)
    await asyncio.sleep(0)
    task.cancel()
    note(f"result: {await word(task)}")


@scenario("cancelled with reasons")
async def cancelled_with_reasons():
    async def sleep_three_times():
        reason = "none"
        for _ in range(3):
            try:
                await sleep_for(20)
                note("sleep: ok")
            except asyncio.CancelledError as error:
                note("sleep: cancelled")
                reason = error.args[0]
            note(f"reason: {reason}")

    task = spawn(sleep_three_times)
    await sleep_until(5)
    task.cancel("too slow")
    await sleep_until(10)
    task.cancel("far too slow")
    note(f"result: {await word(task)}")


async def join_it(task):
    try:
        await task
    except asyncio.CancelledError:
        note("joiner: cancelled")
        raise
    note("joiner: ok")


@scenario("cancelled join of a stubborn task")
async def join_of_stubborn():
    outer = spawn(join_it, stubborn())
    await sleep_until(5)
    outer.cancel()
    await outer


@scenario("cancel goes inwards")
async def cancel_goes_inwards():
    inner = spawn(work, "slow", 50, None, 5)
    middle = spawn(join_it, inner)
    await cancel_at(spawn(join_it, middle), 5)


@scenario("joined by several")
async def joined_by_several():
    async def wait_for_it():
        await asyncio.wait({task})
        note(f"waiter: {result_of(task)}")

    task = spawn(work, "failing", 10, Failed())
    waiters = [spawn(wait_for_it) for _ in range(3)]
    await sleep_until(5)
    waiters[1].cancel()
    await asyncio.wait(waiters)
    await wait_for_it()


@scenario("joins itself")
async def joins_itself():
    async def join_self():
        try:
            await asyncio.current_task()
        except RuntimeError:
            note("join: deadlock")

    await spawn(join_self)


async def owner_ends():
    tasks = []

    async def leave_one():
        tasks.append(spawn(work, "background", 20))
        await sleep_for(5)
        note("owner ends")

    await spawn(leave_one)
    note("owner has ended")
    await sleep_until(50)


scenario("left behind")(owner_ends)
scenario("detached")(owner_ends)
