# SPDX-License-Identifier: MIT
"""The twin of groups.c."""

import asyncio

from scenario import (Failed, cancel_at, note, scenario, sleep_for,
                      sleep_until, spawn, word, work)


def kind_of(result):
    if isinstance(result, asyncio.CancelledError):
        return "cancelled"
    return "failed" if isinstance(result, Failed) else "ok"


async def gather(works, collect_errors, deadline=None):
    gathered = []

    async def bounded():
        async with asyncio.timeout_at(deadline):
            gathered.extend(await asyncio.gather(
                *(work(*each) for each in works),
                return_exceptions=collect_errors))

    try:
        await bounded()
    except BaseException as error:
        note("gather: " + ("timed out" if isinstance(error, TimeoutError)
                           else kind_of(error)))
        raise
    note("gather: ok")
    note(", ".join(kind_of(each) for each in gathered))


async def gather_then_sleep(works, collect_errors=False, cancel_at_ms=0,
                            deadline=None):
    await cancel_at(spawn(gather, works, collect_errors, deadline),
                    cancel_at_ms)
    await sleep_until(100)


ALL_WELL = ("a", 30), ("b", 10), ("c", 20)
ONE_FAILS = ("a", 30), ("b", 10, Failed()), ("c", 20)
TWO_FAIL = ("a", 30), ("b", 10, Failed()), ("c", 10, Failed())
TIDY = ("a", 30, None, 4), ("b", 10), ("c", 20, None, 2)

for name, *arguments in (
        ("gather", ALL_WELL), ("gather, one fails", ONE_FAILS),
        ("gather, one fails, collected", ONE_FAILS, True),
        ("gather, two fail", TWO_FAIL), ("gather cancelled", TIDY, False, 15),
        ("gather cancelled, collected", TIDY, True, 15),
        ("gather with a deadline", TIDY, False, 0, 0.015)):
    scenario(name)(lambda arguments=arguments: gather_then_sleep(*arguments))


@scenario("gather of none")
async def gather_none():
    note(f"gather: {await word(asyncio.gather())}")


async def gather_member_cancelled(collect_errors):
    async def end_cancelled():
        await sleep_for(10)
        asyncio.current_task().cancel()
        await sleep_for(1)

    one = spawn(end_cancelled)
    gathered = asyncio.gather(one, work("other", 20),
                              return_exceptions=collect_errors)
    note(f"gather: {await word(gathered)}")
    note(await word(one))
    await sleep_until(100)


@scenario("gather, member cancelled")
async def gather_member_cancelled_fails():
    await gather_member_cancelled(False)


@scenario("gather, member cancelled, collected")
async def gather_member_cancelled_collects():
    await gather_member_cancelled(True)


async def bare(awaitable):
    """The failure itself, where a TaskGroup raises a group of them."""
    try:
        await awaitable
    except* Failed:
        failed = True
    else:
        failed = False
    if failed:
        raise Failed


async def lead(works, body_ms, body_result=None):
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
            if body_result is not None:
                raise body_result

    try:
        await bare(body())
    except BaseException as error:
        note(f"group: {kind_of(error)}")
        raise
    else:
        note("group: ok")
    finally:
        note(f"requests: {asyncio.current_task().cancelling()}")
        note(f"next: {await word(sleep_for(1))}")


async def group_led(works, body_ms=0, body_result=None, cancel_at_ms=0):
    await cancel_at(spawn(lead, works, body_ms, body_result), cancel_at_ms)


FAILS_AND_TIDY = ("a", 10, Failed()), ("b", 30, None, 5)
TIDY_AND_SLOW = ("a", 30, None, 5), ("b", 40)

for name, *arguments in (
        ("fails in its body", FAILS_AND_TIDY, 50),
        ("fails while closing", FAILS_AND_TIDY),
        ("body fails", TIDY_AND_SLOW, 10, Failed()),
        ("cancelled in its body", TIDY_AND_SLOW, 50, None, 15),
        ("cancelled while closing", TIDY_AND_SLOW, 0, None, 15),
        ("fails, then is cancelled",
         (("a", 10, Failed()), ("b", 30, None, 10)), 0, None, 15),
        ("member swallows cancel",
         (("a", 10, Failed()), ("b", 30, None, 5, True)), 50),
        ("members fail one after another",
         (("a", 10, Failed()), ("b", 30, Failed(), 0, True)), 50)):
    scenario(f"group {name}")(lambda arguments=arguments:
                              group_led(*arguments))


@scenario("group of none")
async def group_of_none():
    async with asyncio.TaskGroup():
        pass
    note("group: ok")


@scenario("group of none, cancelled")
async def group_of_none_cancelled():
    async def leave_empty_group():
        async with asyncio.TaskGroup():
            asyncio.current_task().cancel()
        note("group: ok")
        note(f"next: {await word(sleep_for(1))}")
        note(f"next: {await word(sleep_for(1))}")

    await spawn(leave_empty_group)


@scenario("group in a group")
async def group_in_group():
    async def close():
        async with asyncio.TaskGroup() as group:
            group.create_task(work("other", 50, None, 5))
            group.create_task(lead((("a", 10, Failed()), ("b", 30)), 0))

    note(f"outer group: {await word(bare(close()))}")


@scenario("group with a deadline")
async def group_with_deadline():
    async def close():
        async with asyncio.TaskGroup() as group:
            group.create_task(work("slow", 50, None, 5))

    async def bounded():
        async with asyncio.timeout(0.01):
            try:
                await close()
            except asyncio.CancelledError:
                note("group: cancelled")
                raise

    note(f"timeout: {await word(bounded())}")
    note(f"next: {await word(sleep_for(1))}")


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
    async def add_one(group):
        await sleep_for(10)
        group.create_task(work("late", 10))
        note("adds: ok")

    async def close():
        async with asyncio.TaskGroup() as group:
            group.create_task(add_one(group))

    note(f"group: {await word(close())}")


@scenario("group member adds to a failed group")
async def member_adds_to_failed():
    async def add_when_cancelled(group):
        try:
            await sleep_for(50)
        except asyncio.CancelledError:
            note("adder: cancelled")
            late = work("late", 10)
            try:
                group.create_task(late)
            except RuntimeError:
                late.close()
                note("adds: cancelled")
            else:
                note("adds: ok")
            raise

    async def close():
        async with asyncio.TaskGroup() as group:
            group.create_task(work("fails", 10, Failed()))
            group.create_task(add_when_cancelled(group))

    note(f"group: {await word(bare(close()))}")
