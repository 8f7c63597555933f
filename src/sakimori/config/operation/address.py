"""Where the web server listens: PORT, else the first free port from 8000; SAKIMORI_BIND, else this machine only."""

from __future__ import annotations

import http.client
import os
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

_FIRST, _TRIES = 8000, 20
_EVERYWHERE = "0.0.0.0"  # noqa: S104 - only compared with


class NoAddress(Exception):
    """The server cannot listen there; the message says why and what to do."""


@dataclass(frozen=True)
class Address:
    """One place to listen at."""

    host: str
    port: int

    @classmethod
    def choose(cls, environment: Mapping[str, str]) -> Address:
        """Return a free address; raise NoAddress where the wanted port is taken or no port is free."""
        host = environment.get("SAKIMORI_BIND", "127.0.0.1")
        wanted = environment.get("PORT", "")
        if wanted:
            if not wanted.isdigit() or not 0 < int(wanted) < 65536:
                raise NoAddress(f"PORT={wanted} はポート番号ではありません / PORT must be 1 to 65535.")
            if not _is_free(host, int(wanted)):
                raise NoAddress(
                    f"ポート {wanted} は使用中です。PORT に別の番号を指定してください / Port {wanted} is taken."
                )
            return cls(host, int(wanted))
        for port in range(_FIRST, _FIRST + _TRIES):
            if _is_free(host, port):
                if port != _FIRST:
                    print(f"ポート {_FIRST} は使用中のため {port} を使います / Port {_FIRST} is taken.")
                return cls(host, port)
        raise NoAddress(
            f"ポート {_FIRST}–{_FIRST + _TRIES - 1} はすべて使用中です。PORT を指定してください / Set PORT."
        )

    @classmethod
    def free(cls, host: str) -> Address:
        """Return an address with a port that the system picks."""
        with socket.socket() as probe:
            probe.bind((host, 0))
            return cls(host, probe.getsockname()[1])

    @property
    def url(self) -> str:
        """Return the address for a browser on this machine."""
        return f"http://{self._reachable}:{self.port}/"

    @property
    def _reachable(self) -> str:
        return "localhost" if self.host in {"127.0.0.1", _EVERYWHERE} else self.host

    def server_command(self) -> list[str]:
        """Return the command of the web server: threads, since a page mostly waits for the database."""
        workers = os.environ.get("WEB_CONCURRENCY", "2")
        return [
            *(sys.executable, "-m", "gunicorn", "sakimori.config.wsgi:application"),
            *("--bind", f"{self.host}:{self.port}", "--worker-class", "gthread"),
            *("--workers", workers, "--threads", "4", "--timeout", "120", "--graceful-timeout", "10"),
            *(
                "--preload",
                "--log-level",
                "warning",
                "--max-requests",
                "20000",
                "--max-requests-jitter",
                "2000",
            ),
        ]

    def wait(self, seconds: float) -> None:
        """Wait until the server answers; raise TimeoutError where it does not."""
        deadline = time.monotonic() + seconds
        while not self.answers():
            if time.monotonic() > deadline:
                raise TimeoutError(f"no answer at {self.url}")
            time.sleep(0.1)

    def answers(self) -> bool:
        """Tell whether a page comes back."""
        connection = http.client.HTTPConnection(self._reachable, self.port, timeout=10)
        try:
            connection.request("GET", "/", headers={"Host": "localhost"})
            return connection.getresponse().status < 600
        except OSError:
            return False
        finally:
            connection.close()


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
