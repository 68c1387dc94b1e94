"""The SQLite file of this process; survives kill -9 (each statement is in the page cache before its answer)."""

import sqlite3
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS queues (name TEXT PRIMARY KEY, definition BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS tasks (name TEXT PRIMARY KEY, queue TEXT NOT NULL, definition BLOB NOT NULL,
    created REAL NOT NULL, due REAL NOT NULL, progress TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tombstones (name TEXT PRIMARY KEY, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, definition BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS secret_versions (secret TEXT NOT NULL, number INTEGER NOT NULL, definition BLOB NOT NULL,
    payload BLOB, PRIMARY KEY (secret, number));
"""


def open_database(data_dir: Path) -> sqlite3.Connection:
    """Open or create the file; raises RuntimeError when another process holds it.

    synchronous=OFF: it must survive the death of the process, not of the machine. The exclusive lock keeps a second
    process from delivering the same tasks, and ends with the process however it dies.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "googleapis.sqlite3"
    connection = sqlite3.connect(path, isolation_level=None, timeout=0.2)
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")
        connection.executescript(_SCHEMA)
    except sqlite3.OperationalError as error:
        connection.close()
        raise RuntimeError(
            f"{path} cannot be used: is another emulator running on {data_dir}? Stop it first."
        ) from error
    return connection
