"""Secrets and their versions on disk."""

import sqlite3

from google.cloud.secretmanager_v1.types import Secret, SecretVersion


class SecretStore:
    """Every write has reached the page cache when the method returns."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database

    def secret(self, name: str) -> Secret | None:
        """A secret's metadata."""
        row = self._db.execute("SELECT definition FROM secrets WHERE name = ?", (name,)).fetchone()
        return Secret.deserialize(row[0]) if row else None

    def secret_names(self, parent: str) -> list[str]:
        """Names of the secrets of a project, sorted."""
        rows = self._db.execute("SELECT name FROM secrets WHERE name GLOB ? ORDER BY name", (f"{parent}/secrets/*",))
        return [row[0] for row in rows]

    def add_secret(self, secret: Secret) -> None:
        """Insert a secret without versions."""
        self._db.execute("INSERT INTO secrets VALUES (?, ?)", (secret.name, Secret.serialize(secret)))

    def delete_secret(self, name: str) -> None:
        """Delete a secret with its versions."""
        self._db.execute("BEGIN")
        with self._db:
            self._db.execute("DELETE FROM secrets WHERE name = ?", (name,))
            self._db.execute("DELETE FROM secret_versions WHERE secret = ?", (name,))

    def latest_number(self, secret: str) -> int:
        """Number of the newest version, whatever its state; 0 without versions."""
        row = self._db.execute("SELECT max(number) FROM secret_versions WHERE secret = ?", (secret,)).fetchone()
        return row[0] or 0

    def version(self, secret: str, number: int) -> tuple[SecretVersion, bytes | None] | None:
        """A version and its payload; the payload of a destroyed one is None."""
        row = self._db.execute(
            "SELECT definition, payload FROM secret_versions WHERE secret = ? AND number = ?", (secret, number)
        ).fetchone()
        return (SecretVersion.deserialize(row[0]), row[1]) if row else None

    def save_version(self, secret: str, number: int, version: SecretVersion, payload: bytes | None) -> None:
        """Insert or replace a version."""
        self._db.execute(
            "INSERT OR REPLACE INTO secret_versions VALUES (?, ?, ?, ?)",
            (secret, number, SecretVersion.serialize(version), payload),
        )
