"""What upkeep replies to Cloud Scheduler: how many each tick was about."""

from functions.http import Reply


class SweepReply(Reply):
    """Runs that were due."""

    due: int


class DeadLettersReply(Reply):
    """Dead letters that were published."""

    published: int


class VerifyReply(Reply):
    """Arrivals of usage whose savings were verified."""

    verified: int


class ReplayReply(Reply):
    """Parts of replays that were begun."""

    begun: int
