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
    """By port, the process that listens on it, as far as this user may see; for all ports at once, as it is slow."""
    names: dict[int, str] = {}
    for process in psutil.process_iter(["name"]):
        try:
            listening = [c for c in process.net_connections("tcp") if c.status == psutil.CONN_LISTEN]
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
        names |= {connection.laddr.port: f"{process.info['name']} (pid {process.pid})" for connection in listening}
    return names


def choose(preferred: dict[str, int], used: set[int]) -> tuple[dict[str, int], list[str]]:
    """A free port for each name (its preferred one where possible), and one line for each conflict.

    `used`: ports assigned before; the chosen ones are added.
    """
    chosen: dict[str, int] = {}
    conflicts: list[str] = []
    for name, preference in preferred.items():
        port = preference
        if preference in used or not is_free(preference):
            port = _free_port(used)
            conflicts.append(name)
        chosen[name] = port
        used.add(port)
    processes = holders() if conflicts else {}
    return chosen, [_note(name, preferred[name], chosen[name], processes) for name in conflicts]


def _note(name: str, preferred: int, chosen: int, processes: dict[int, str]) -> str:
    holder = processes.get(preferred, "a process of another user")
    return f"Port {preferred} ({name}) is held by {holder}; {name} uses {chosen} instead."


def _free_port(used: set[int]) -> int:
    while True:
        with socket.socket() as server:
            server.bind((HOST, 0))
            port = int(server.getsockname()[1])
        if port not in used:
            return port
