# SPDX-License-Identifier: MIT
"""The twin of awaits.c."""

import asyncio

from scenario import SCENARIOS, note, sleep_for, sleep_until, spawn, word

MOMENTS = ("woken", "cancelled", "cancelled twice", "cancelled then woken",
           "woken then cancelled", "cancelled before its start", "deadline")
POINTS = []


class Point:
    """One call that waits, and what is around it."""

    def __init__(self):
        self.lock = asyncio.Lock()
        self.event = asyncio.Event()
        self.condition = asyncio.Condition(self.lock)
        self.semaphore = asyncio.BoundedSemaphore(1)
        self.barrier = asyncio.Barrier(2)
        self.queue = asyncio.Queue(1)
        self.future = asyncio.get_running_loop().create_future()

    async def make(self):
        pass

    async def wake(self):
        pass

    def give_back(self):
        pass

    async def look(self):
        pass

    async def inner(self):
        result = await word(self.event.wait())
        note(f"inner: {result}")
        if result == "cancelled":
            raise asyncio.CancelledError


def point(name):
    def add(kind):
        kind.name = name
        POINTS.append(kind)
        return kind
    return add


@point("sleep")
class Sleep(Point):
    async def wait(self):
        await sleep_until(15)


@point("lock")
class Lock(Point):
    async def make(self):
        await self.lock.acquire()

    async def wait(self):
        await self.lock.acquire()

    async def wake(self):
        self.lock.release()

    def give_back(self):
        self.lock.release()

    async def look(self):
        note(f"lock: {'held' if self.lock.locked() else 'free'}")


@point("event")
class Event(Point):
    async def wait(self):
        await self.event.wait()

    async def wake(self):
        self.event.set()


@point("condition")
class Condition(Point):
    async def wait(self):
        await self.lock.acquire()
        try:
            await self.condition.wait()
        finally:
            note(f"lock: {'held' if self.lock.locked() else 'free'}")
            self.lock.release()

    async def wake(self):
        await self.lock.acquire()
        self.condition.notify(1)
        self.lock.release()

    look = Lock.look


@point("semaphore")
class Semaphore(Point):
    async def make(self):
        await self.semaphore.acquire()

    async def wait(self):
        await self.semaphore.acquire()

    async def wake(self):
        self.semaphore.release()

    def give_back(self):
        self.semaphore.release()

    async def look(self):
        note(f"slots: {self.semaphore._value}")


@point("barrier")
class Barrier(Point):
    async def wait(self):
        await self.barrier.wait()

    async def partner(self):
        note(f"partner: {await word(self.barrier.wait())}")

    async def wake(self):
        self.task = spawn(self.partner)

    async def look(self):
        note(f"at the barrier: {self.barrier.n_waiting}")
        if self.barrier.n_waiting > 0:
            await self.barrier.abort()


@point("queue get")
class QueueGet(Point):
    async def wait(self):
        await self.queue.get()

    async def wake(self):
        self.queue.put_nowait(1)

    async def look(self):
        note(f"queue: {self.queue.qsize()}")


@point("queue put")
class QueuePut(QueueGet):
    async def make(self):
        self.queue.put_nowait(1)

    async def wait(self):
        await self.queue.put(2)

    async def wake(self):
        self.queue.get_nowait()


@point("queue join")
class QueueJoin(QueueGet):
    async def make(self):
        self.queue.put_nowait(1)

    async def wait(self):
        await self.queue.join()

    async def wake(self):
        self.queue.get_nowait()
        self.queue.task_done()


@point("future")
class Future(Point):
    async def wait(self):
        await self.future

    async def wake(self):
        try:
            self.future.set_result(1)
            note("set: ok")
        except asyncio.InvalidStateError:
            note("set: already set")


@point("join")
class Join(Event):
    async def make(self):
        self.task = spawn(self.inner)

    async def wait(self):
        await self.task


@point("task wait")
class TaskWait(Join):
    async def wait(self):
        await asyncio.wait({self.task})


@point("gather")
class Gather(Event):
    async def wait(self):
        await asyncio.gather(self.inner(), self.inner())


@point("group")
class Group(Event):
    async def wait(self):
        async with asyncio.TaskGroup() as group:
            group.create_task(self.inner())


@point("wait for call")
class WaitFor(Event):
    async def wait(self):
        await asyncio.wait_for(self.inner(), None)


@point("wait for task")
class WaitForTask(Join):
    async def wait(self):
        await asyncio.wait_for(self.task, None)


@point("wait for first")
class WaitForFirst(Join):
    async def wait(self):
        await asyncio.wait({self.task},
                           return_when=asyncio.FIRST_COMPLETED)


@point("next completion")
class Completion(Join):
    async def wait(self):
        await next(iter(asyncio.as_completed([self.task])))


@point("shield")
class Shield(Join):
    async def wait(self):
        await asyncio.shield(self.task)


@point("timeouts")
class Timeouts(Event):
    async def wait(self):
        async with asyncio.timeout(None):
            await self.event.wait()


async def victim(own, moment):
    note("begins")
    deadline = 0.005 if moment == "deadline" else None
    async with asyncio.timeout(None):
        result = await word(bounded(own, deadline))
    note(f"await: {result}")
    if result == "ok":
        own.give_back()
    note(f"next: {await word(sleep_for(1))}")
    note(f"requests: {asyncio.current_task().cancelling()}")


async def bounded(own, deadline):
    async with asyncio.timeout(deadline):
        await own.wait()


async def attempt(kind, moment):
    own = kind()
    await own.make()
    task = spawn(victim, own, moment)
    if moment == "cancelled before its start":
        task.cancel()
    await sleep_until(10)
    for _ in range({"cancelled": 1, "cancelled then woken": 1,
                    "cancelled twice": 2}.get(moment, 0)):
        task.cancel()
    if "woken" in moment:
        await own.wake()
    if moment == "woken then cancelled":
        task.cancel()
    await sleep_until(20)
    await own.look()
    if "woken" not in moment:
        await own.wake()
    own.event.set()
    await sleep_until(30)
    await own.look()
    note(f"victim: {await word(task)}")


def add(kind, moment):
    SCENARIOS[f"{kind.name}, {moment}"] = lambda: attempt(kind, moment)


for each in POINTS:
    for when in MOMENTS:
        add(each, when)
