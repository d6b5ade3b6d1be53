# SPDX-License-Identifier: MIT
"""The tasks of duet in gdb, of a process or a core file.

    (gdb) source .../share/duet/duet-gdb.py
    (gdb) duet tasks             list the tasks of all loops that run
    (gdb) duet backtrace         the calls of each task that does not run
    (gdb) duet backtrace NAME    of the tasks of that name
    (gdb) duet backtrace 0x...   of the task with that address

Nothing in the process is changed or run. A task's control block lies at the
high end of its stack, so tasks are found by walking the loop's stacks; a parked
task's registers lie at its saved stack pointer, as context_*.S says, and an
unwinder makes gdb go on from there. Needs duet's debug information; there are
no backtraces with the ucontext switch.
"""

import contextlib
import time

import gdb
import gdb.unwinder

STATES = ("ready", "running", "waiting", "done")

# By architecture: offsets of the registers from the saved stack pointer, how
# much the switch takes off the stack, the names of stack pointer and program
# counter. On AArch64 the address to go on at is in x30.
SAVED = {
    "i386:x86-64": ({"r15": 0, "r14": 8, "r13": 16, "r12": 24, "rbx": 32,
                     "rbp": 40, "rip": 48}, 56, "rsp", "rip"),
    "aarch64": ({**{f"x{19 + i}": 8 * i for i in range(12)}, "pc": 88}, 160,
                "sp", "pc"),
}


class FrameId:
    """What gdb tells frames apart by."""

    def __init__(self, sp, pc):
        self.sp, self.pc = sp, pc


class ParkedUnwinder(gdb.unwinder.Unwinder):
    """While `stack_pointer` is set, the caller of the frame of that level, the
    innermost that is no inlined function, is the parked context that has it."""

    def __init__(self):
        super().__init__("duet")
        self.stack_pointer = None
        self.level = 0

    def __call__(self, pending):
        if self.stack_pointer is None or pending.level() != self.level:
            return None
        offsets, size, sp_name, pc_name = SAVED[pending.architecture().name()]
        word = gdb.lookup_type("unsigned long")
        base = gdb.Value(self.stack_pointer).cast(word)
        # gdb wants callers to lie above: so this frame is put below.
        info = pending.create_unwind_info(
            FrameId(base - 16, pending.read_register(pc_name)))
        for name, offset in offsets.items():
            place = (base + offset).cast(word.pointer())
            info.add_saved_register(name, place.dereference())
        info.add_saved_register(sp_name, base + size)
        return info


UNWINDER = ParkedUnwinder()
gdb.unwinder.register_unwinder(None, UNWINDER, replace=True)


def frame_of_level(level):
    """The frame of the selected thread so many calls outside the innermost."""
    frame = gdb.newest_frame()
    for _ in range(level):
        frame = frame.older()
    return frame


def innermost_real_level():
    """The level of the innermost frame that has registers of its own: inlined
    functions have frames in gdb, and those of their caller."""
    frame = gdb.newest_frame()
    while frame.type() == gdb.INLINE_FRAME:
        frame = frame.older()
    return frame.level()


@contextlib.contextmanager
def selection_kept():
    """Thread and frame that the user has selected are so afterwards."""
    thread = gdb.selected_thread()
    level = gdb.selected_frame().level() if thread is not None else 0
    try:
        yield
    finally:
        if thread is not None:
            thread.switch()
            frame_of_level(level).select()


def loops():
    """The loops that run, with their threads, each selected in its turn."""
    for thread in sorted(gdb.selected_inferior().threads(),
                         key=lambda each: each.num):
        thread.switch()
        try:
            loop = gdb.parse_and_eval("duet__loop_current")
            is_loop = int(loop) != 0
        except gdb.error:  # no such symbol here, or no thread-local storage
            continue
        if is_loop:
            yield thread, loop


def tasks(loop):
    """The tasks of a loop that have not ended, in the order of their
    addresses."""
    task_type = gdb.lookup_type("struct duet_task")
    block = (task_type.sizeof + 63) & ~63
    classes = loop["stacks"]["classes"]
    first, last = classes.type.range()
    for index in range(first, last + 1):
        slab = classes[index]["slabs"]
        while int(slab) != 0:
            size = int(slab["stack_bytes"])
            for stack in range(int(slab["carved"])):
                high = int(slab["base"]) + (stack + 1) * size
                task = gdb.Value(high - block).cast(task_type.pointer())
                if (int(task["loop"]) == int(loop)
                        and STATES[int(task["state"])] != "done"):
                    yield task
            slab = slab["next"]


def name_of(task):
    return task["name"].string(errors="replace")


def code_at(address):
    """A name for an address: "work (main.c:12)"."""
    address = int(address)
    if address == 0:
        return "?"
    name = hex(address)
    block = gdb.block_for_pc(address)
    while block is not None:  # the outermost: the others are inlined
        if block.function is not None:
            name = block.function.name
        block = block.superblock
    line = gdb.find_pc_line(address)
    if line.symtab is None:
        return name
    return f"{name} ({line.symtab.filename}:{line.line})"


def now_of(loop):
    """The time on a loop's clock. That of its last turn where there is no
    clock to read: a core file, another machine."""
    if not loop["options"]["virtual_time"]:
        connection = getattr(gdb.selected_inferior(), "connection", None)
        if connection is not None and connection.type == "native":
            return time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    return int(loop["now_ns"])


def reason_of(task):
    state = STATES[int(task["state"])]
    if state != "waiting":
        return state
    wait = task["wait"]
    seconds = (now_of(task["loop"]) - int(task["waits_since_ns"])) / 1e9
    what = wait["what"].string()
    if int(wait["object"]) != 0:
        what += f" {int(wait['object']):#x}"
    return f"waits for {what}, {seconds:.3f} s"


def describe(task):
    spawned_at = int(task["spawned_at"])
    return (f"{int(task):#x} {name_of(task)}: {reason_of(task)}; runs "
            f"{code_at(task['function'])}; spawned at "
            f"{code_at(spawned_at - 1 if spawned_at else 0)}")


class Duet(gdb.Command):
    """Tasks of duet."""

    def __init__(self):
        super().__init__("duet", gdb.COMMAND_STACK, prefix=True)


class Tasks(gdb.Command):
    """List the tasks of all loops that run: address, name, what each waits for
and for how long, what it runs, and where it was spawned."""

    def __init__(self):
        super().__init__("duet tasks", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        with selection_kept():
            for thread, loop in list(loops()):
                found = list(tasks(loop))
                print(f"thread {thread.num}: {len(found)} tasks")
                for task in found:
                    print(f"  {describe(task)}")


class Backtrace(gdb.Command):
    """Print the calls of tasks that do not run: of all, or of those with the
name or address that is given."""

    def __init__(self):
        super().__init__("duet backtrace", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        try:
            gdb.parse_and_eval("&duet__stack_begin")
        except gdb.error:
            raise gdb.GdbError("this duet was built with the ucontext switch, "
                               "or its debug information is missing"
                               ) from None
        with selection_kept():
            found = self.print_tasks(argument)
        if not found:
            print(f"no task '{argument}'; see: duet tasks" if argument
                  else "no loop runs")

    def print_tasks(self, argument):
        """Returns whether there is one."""
        found = False
        for thread, loop in list(loops()):
            for task in tasks(loop):
                if argument and argument not in (name_of(task), hex(int(task))):
                    continue
                found = True
                if STATES[int(task["state"])] == "running":
                    print(f"{describe(task)}\n  see thread {thread.num}")
                else:
                    print(describe(task))
                    self.print_calls(thread, task)
        return found

    @staticmethod
    def print_calls(thread, task):
        thread.switch()
        UNWINDER.level = innermost_real_level()
        UNWINDER.stack_pointer = int(task["context"]["stack_pointer"])
        gdb.invalidate_cached_frames()
        try:
            frame = frame_of_level(UNWINDER.level).older()
            number = 0
            begin = int(gdb.parse_and_eval("(long)&duet__stack_begin"))
            # A task that has not begun is right at it.
            while (frame is not None and frame.pc() != begin
                   and frame.name() != "duet__stack_begin"):
                place = frame.find_sal()
                where = (f" at {place.symtab.filename}:{place.line}"
                         if place.symtab is not None else "")
                print(f"  #{number} {frame.pc():#x} in {frame.name()}{where}")
                frame, number = frame.older(), number + 1
        finally:
            UNWINDER.stack_pointer = None
            gdb.invalidate_cached_frames()


Duet()
Tasks()
Backtrace()
