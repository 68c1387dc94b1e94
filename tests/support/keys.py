"""API keys of the tests' accounts, and what is stored where no client looks."""

from google.cloud import firestore

from cli.ask.client import ApexClient
from emulators.platform.api import Stack

NAME = "nightly export"


def new_key(account: ApexClient, *, live: bool = False, name: str = NAME) -> str:
    """The secret of a key that the account has just made."""
    reply = account.http("POST", "/api/keys", json={"name": name, "live": live})
    assert reply.status_code == 201, reply.text
    secret: str = reply.json()["secret"]
    return secret


def with_key(secret: str) -> dict[str, str]:
    """The header of a program that has this key."""
    return {"Authorization": f"Bearer {secret}"}


def database(stack: Stack) -> firestore.Client:
    """The stack's Firestore, with all rights."""
    return firestore.Client(project=stack.project)
