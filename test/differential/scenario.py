# SPDX-License-Identifier: MIT
"""What the scenarios on asyncio's side are made of: virtual time, notes.

scenario.h says the same for duet's side. SCENARIOS maps names to coroutine
functions, in order.
"""

import asyncio
import selectors
import sys

SCENARIOS = {}


class Failed(Exception):
    """What duet's side says by DUET_EIO."""


class Closed(Exception):
    """A queue or channel is shut."""


SHUT_DOWN = Closed, getattr(asyncio, "QueueShutDown", Closed)


class VirtualSelector(selectors.DefaultSelector):
    """Does not wait, but tells the loop how long it would have. Where no timer
    is armed, or only that which bounds the end of the threads, it waits for
    another thread."""

    LONG = 60

    def __init__(self):
        super().__init__()
        self.now = 0.0

    def select(self, timeout=None):
        is_long = timeout is None or timeout > self.LONG
        events = super().select(self.LONG if is_long else 0)
        if not events and timeout is None:
            raise RuntimeError("all tasks wait for ever")
        if not events and timeout > 0:
            self.now += timeout
        return events


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        self.virtual = VirtualSelector()
        super().__init__(self.virtual)

    def time(self):
        return self.virtual.now


def note(text):
    print(round(asyncio.get_running_loop().time() * 1000), text)


def put(name, function):
    if name in SCENARIOS:
        raise ValueError(f"two scenarios {name}")
    SCENARIOS[name] = function


def scenario(name, since=None):
    """Adds a scenario; `since` is the CPython version it needs."""
    def add(function):
        if since is not None and sys.version_info < since:
            function = ".".join(str(number) for number in since)
        put(name, function)
        return function
    return add


def program(name):
    """Adds a scenario that makes its own loops."""
    def add(function):
        function.makes_loops = True
        put(name, function)
        return function
    return add


async def word(awaitable):
    """How an await ends: "ok", "cancelled" ..."""
    try:
        await awaitable
    except asyncio.CancelledError:
        return "cancelled"
    except asyncio.TimeoutError:
        return "timed out"
    except asyncio.BrokenBarrierError:
        return "broken"
    except Failed:
        return "failed"
    except SHUT_DOWN:
        return "closed"
    return "ok"


def spawn(function, *arguments):
    return asyncio.get_running_loop().create_task(function(*arguments))


def start_members(function, *arguments):
    """Five tasks, each with a number."""
    return [spawn(function, i, *arguments) for i in range(5)]


async def sleep_until(ms):
    await asyncio.sleep(ms / 1000 - asyncio.get_running_loop().time())


async def sleep_for(ms):
    await asyncio.sleep(ms / 1000)


async def cancel_at(task, ms=0):
    """Notes how a task ends that is cancelled at that time; 0: it is not."""
    if ms:
        await sleep_until(ms)
        task.cancel()
    note(f"result: {await word(task)}")


async def work(name, ms, result=None, clean_up_ms=0, swallows_cancel=False):
    """What most tasks here do: sleep, then end. See scenario.h."""
    note(f"{name}: begins")
    try:
        await sleep_for(ms)
    except asyncio.CancelledError:
        note(f"{name}: cancelled")
        if clean_up_ms:
            note(f"{name}: clean-up {await word(sleep_for(clean_up_ms))}")
        if not swallows_cancel:
            raise
    else:
        note(f"{name}: ends")
    if result is not None:
        raise result


def make_runner():
    runner = asyncio.Runner(loop_factory=VirtualLoop)
    runner.get_loop().set_exception_handler(lambda *_: None)
    return runner


def run_all():
    for name, function in SCENARIOS.items():
        print("==", name)
        if isinstance(function, str):
            print("needs CPython", function)
        elif hasattr(function, "makes_loops"):
            function()
        else:
            with make_runner() as runner:
                runner.run(function())
