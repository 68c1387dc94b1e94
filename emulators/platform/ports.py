"""Ports on this machine: free ones, and who holds the others."""

import socket
import sys

import psutil

HOST = "127.0.0.1"


def is_free(port: int) -> bool:
    """True when a server can listen on the port now."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex((HOST, port)) == 0:
            return False
    with socket.socket() as server:
        if sys.platform != "win32":  # there the option would share the port instead of passing over old connections
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((HOST, port))
        except OSError:
            return False
    return True


def holders() -> dict[int, str]:
    """Words for the process that listens on a port, as far as this user may see it; one look for all, as it is slow."""
    found: dict[int, str] = {}
    for process in psutil.process_iter(["name"]):
        try:
            listening = [c for c in process.net_connections("tcp") if c.status == psutil.CONN_LISTEN]
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
        found |= {connection.laddr.port: f"{process.info['name']} (pid {process.pid})" for connection in listening}
    return found


def choose(preferred: dict[str, int], taken: set[int]) -> tuple[dict[str, int], list[str]]:
    """A free port for each name (its preferred one where possible), and one line for each conflict.

    `taken` are ports given away before; the chosen ones are added to it.
    """
    chosen: dict[str, int] = {}
    held: list[str] = []
    for name, wanted in preferred.items():
        port = wanted
        if wanted in taken or not is_free(wanted):
            port = _other(taken)
            held.append(name)
        chosen[name] = port
        taken.add(port)
    known = holders() if held else {}
    return chosen, [_note(name, preferred[name], chosen[name], known) for name in held]


def _note(name: str, wanted: int, chosen: int, known: dict[int, str]) -> str:
    holder = known.get(wanted, "a process of another user")
    return f"Port {wanted} ({name}) is held by {holder}; {name} uses {chosen} instead."


def _other(taken: set[int]) -> int:
    while True:
        with socket.socket() as server:
            server.bind((HOST, 0))
            port = int(server.getsockname()[1])
        if port not in taken:
            return port
