# SPDX-License-Identifier: MIT
"""Programs that end when the test that started them does, however it ends."""

import ctypes
import signal
import subprocess

_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl


def start(command, preexec_fn=None, **options):
    """As subprocess.Popen(). For the main thread: it is that thread's end that
    ends the program."""
    def begin():
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if preexec_fn is not None:
            preexec_fn()
    return subprocess.Popen(command, preexec_fn=begin, **options)
