"""The kinds of faults that are no kills: what each does, in the words of what it breaks."""

from dataclasses import dataclass

from tests.campaigns.faults.board import Switch


@dataclass(frozen=True, slots=True)
class ModelFault:
    """The local model's name for it, how many replies, over how many seconds, and of which agent (None: any)."""

    kind: str
    times: int = 1
    seconds: float | None = None
    agent: str | None = None

    @property
    def details(self) -> dict[str, float | str]:
        """The fields of the request beside kind and number."""
        fields = {"seconds": self.seconds, "agent": self.agent}
        return {name: value for name, value in fields.items() if value is not None}


SWITCHES: dict[str, tuple[tuple[str, ...], Switch, int, int]] = {
    "response_lost_chat": (("chat",), Switch.RESPONSE_LOST, 1, 3),
    "response_lost_step": (("step",), Switch.RESPONSE_LOST, 1, 3),
    "enqueue_fails_chat": (("chat",), Switch.TASKS_UNAVAILABLE, 1, 2),
    "enqueue_fails_step": (("step",), Switch.TASKS_UNAVAILABLE, 1, 2),
    "enqueue_fails_upkeep": (("upkeep", "chat"), Switch.TASKS_UNAVAILABLE, 1, 2),
    "enqueue_reply_lost": (("chat", "step"), Switch.TASKS_LOST_REPLY, 1, 2),
    "firestore_unavailable": (("chat", "step", "upkeep"), Switch.FIRESTORE_UNAVAILABLE, 1, 6),
    "firestore_aborted": (("chat", "step", "upkeep"), Switch.FIRESTORE_ABORTED, 1, 7),
    "firestore_slow": (("chat", "step", "upkeep"), Switch.FIRESTORE_SLOW, 3, 25),
    "firestore_reply_lost": (("chat", "step", "upkeep"), Switch.FIRESTORE_LOST_REPLY, 1, 4),
    "clock_ahead": (("step",), Switch.SKEW_AHEAD, 5, 40),
    "clock_behind": (("step",), Switch.SKEW_BEHIND, 5, 20),
}
"""Functions, switch, and from how much to how much."""
MODEL: dict[str, ModelFault] = {
    "model_429": ModelFault("rate_limit", seconds=0.2),
    "model_500": ModelFault("server_error", times=2),
    "model_silence": ModelFault("silence", seconds=2.0),
    "model_timeout": ModelFault("silence", seconds=12.0),
    "model_cut": ModelFault("cut_stream"),
    "model_bad_json": ModelFault("bad_json"),
    "model_slow": ModelFault("slow", seconds=3.5),
    "model_slow_twice": ModelFault("slow", times=2, seconds=2.2),
    "model_slow_report": ModelFault("slow", seconds=2.2, agent="reporting"),
    "model_slow_made_up": ModelFault("made_up_number", times=2, seconds=2.2),
    "model_away": ModelFault("server_error", times=40),
    "model_empty": ModelFault("empty", times=3),
    "model_made_up": ModelFault("made_up_number", times=2),
    "model_unknown_tool": ModelFault("unknown_tool"),
    "model_refused": ModelFault("refused"),
}
DELIVERIES: dict[str, dict[str, int]] = {
    "task_twice": {"duplicate": 4},
    "task_echo": {"echo": 4, "later_ms": 250},
    "task_late": {"delay_ms": 300},
    "task_very_late": {"delay_ms": 1_500},
    "task_reordered": {"reorder": 6, "later_ms": 400},
    "task_answer_lost": {"drop_response": 3},
}
FREEZES = {
    "frozen_firestore": "firestore",
    "frozen_tasks": "googleapis",
    "frozen_model": "model",
    "frozen_auth": "firebase",
    "frozen_pubsub": "pubsub",
}
EXHAUSTING = frozenset({"model_away", "kill_again", "model_refused", "upkeep_ahead", "frozen_pubsub"})
"""Faults that use up the attempts of a step: its run may fail."""
REFUSING = frozenset({"model_refused", "frozen_pubsub"})
"""Faults beside which the model refuses: no attempt is made again."""
CLOCKS = frozenset({"clock_ahead", "clock_behind", "upkeep_ahead", "kill_again"})
"""Faults by which a process may think that the time of a run is used up."""
