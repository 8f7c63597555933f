"""Keep the server processes alive and stop them together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress

from .address import Address

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
_GRACE = 15  # seconds for running requests and jobs
_MOST_RESTARTS = 5  # within a minute; more means that it cannot run at all


class Child:
    """One process with its own process group, so that Ctrl-C reaches the keeper alone."""

    def __init__(self, name: str, command: list[str], environment: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None
        self._starts: deque[float] = deque(maxlen=_MOST_RESTARTS)

    def start(self) -> None:
        """Start the process; it is told to stop when the keeper dies."""
        self._starts.append(time.monotonic())
        self.process = subprocess.Popen(
            self.command, env=self.environment, start_new_session=True, preexec_fn=_stop_with_parent
        )

    @property
    def has_ended(self) -> bool:
        """Tell whether the process ended by itself or was killed."""
        return self.process is not None and self.process.poll() is not None

    @property
    def keeps_failing(self) -> bool:
        """Tell whether restarting it again is useless."""
        return len(self._starts) == _MOST_RESTARTS and time.monotonic() - self._starts[0] < 60

    def signal(self, number: int) -> None:
        """Signal the whole group: a killed server must leave no process behind."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def end(self) -> None:
        """Stop the process: first by asking, after the grace period by force."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_GRACE)
        self.signal(signal.SIGKILL)
        self.process.wait()


class Keeper:
    """Starts the children, restarts a lost one, and ends all of them on Ctrl-C or TERM."""

    def __init__(self, children: list[Child], address: Address | None) -> None:
        self.children = children
        self.address = address
        self._asked_to_stop = False

    def run(self) -> int:
        """Run until asked to stop (0) or until a child cannot be kept alive (1)."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        self.children[0].start()
        try:
            return self._watch()
        finally:
            for child in self.children:
                child.end()

    def _stop(self, number: int, frame: object) -> None:
        self._asked_to_stop = True

    def _watch(self) -> int:
        answers = False
        while not self._asked_to_stop:
            for child in self.children:
                if child.has_ended and not self._revive(child):
                    return 1
            if not answers and (self.address is None or self.address.answers()):
                answers = True
                self._go_on()
            time.sleep(0.5 if answers else 0.1)
        _say("停止しています / Stopping …")
        return 0

    def _go_on(self) -> None:
        """Start the other children once the first one answers: nobody waits for them."""
        if self.address is not None:
            _say(f"防人 Sakimori: {self.address.url}   (停止 / stop: Ctrl-C)")
        for child in self.children[1:]:
            child.start()

    def _revive(self, child: Child) -> bool:
        if child.keeps_failing:
            _say(
                f"{child.name} を動かし続けられません。上のエラーを確認してください / {child.name} keeps failing; see above."
            )
            return False
        _say(f"{child.name} が終了したため再起動します / Restarting {child.name} …")
        child.signal(signal.SIGKILL)
        child.start()
        return True


def end_with_parent() -> None:
    """Let the system end this process when its parent dies; to be called between fork and exec."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _stop_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
