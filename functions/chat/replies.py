"""Replies of the chat function."""

from typing import Literal

from common.contract.status import Status
from functions.http import Reply


class TurnReply(Reply):
    """A turn was accepted: its run, whose events can be listened to, and its thread."""

    run_id: str
    thread_id: str
    status: Status


class CancelReply(Reply):
    """The final status of a run that was to be stopped; it may have ended earlier."""

    run_id: str
    status: Status


class RenameReply(Reply):
    """A thread has another title."""

    thread_id: str
    title: str


class DeleteThreadReply(Reply):
    """A thread was deleted, with all its messages."""

    thread_id: str
    status: Literal["deleted"] = "deleted"
