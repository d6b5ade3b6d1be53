# SPDX-License-Identifier: MIT
"""What the scenarios on asyncio's side are made of: virtual time, notes.

scenario.h says the same for duet's side. SCENARIOS maps names to coroutine
functions, in order.
"""

import asyncio
import selectors

SCENARIOS = {}


class Failed(Exception):
    """What duet's side says by DUET_EIO."""


class VirtualSelector(selectors.DefaultSelector):
    """Does not wait, but tells the loop how long it would have."""

    def __init__(self):
        super().__init__()
        self.now = 0.0

    def select(self, timeout=None):
        events = super().select(0)
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


def scenario(name):
    def add(function):
        SCENARIOS[name] = function
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
    return "ok"


def spawn(function, *arguments):
    return asyncio.get_running_loop().create_task(function(*arguments))


async def sleep_until(ms):
    await asyncio.sleep(ms / 1000 - asyncio.get_running_loop().time())


async def sleep_for(ms):
    await asyncio.sleep(ms / 1000)


def run_all():
    for name, function in SCENARIOS.items():
        print("==", name)
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.get_loop().set_exception_handler(lambda *_: None)
            runner.run(function())
