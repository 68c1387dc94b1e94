"""Program: the smallest service with a child of its own; it can be told to crash, to fall ill and to grow."""

import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from os import _exit

from emulators.platform.ports import HOST

CRASH_CODE = 3
GROWTH = 80 * 2**20


class Handler(BaseHTTPRequestHandler):
    """`/healthz`, and orders."""

    status = 200
    ballast: list[bytes] = []  # noqa: RUF012 - one process, one service

    def do_GET(self) -> None:
        """Answer, then obey."""
        if self.path == "/crash":
            _exit(CRASH_CODE)
        if self.path == "/sicken":
            Handler.status = 503
        if self.path == "/grow":
            Handler.ballast.append(b"x" * GROWTH)
        self.send_response(Handler.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    port = int(sys.argv[1])
    sys.stdout.write(f"listening on {port}\n")
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]):
        ThreadingHTTPServer((HOST, port), Handler).serve_forever()
