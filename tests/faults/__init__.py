"""Accidents: killed processes, full disks, clocks that jump (docs/howto/run-fault-tests.md)."""

import os

REPETITIONS = int(os.environ.get("SAKIMORI_FAULTS", "2"))
IN_FULL = REPETITIONS > 2
