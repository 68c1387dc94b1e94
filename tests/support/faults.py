"""Injects faults into the local platform: into the model, by question; into Cloud Tasks, for the next tasks."""

from emulators.platform import local_http
from emulators.platform.api import Stack

_TIMEOUT_S = 30.0


def inject_model_fault(stack: Stack, kind: str, *, match: str, times: int = 1, **details: float | str) -> None:
    """Make the next `times` replies to questions that contain `match` faulty."""
    fault = {"kind": kind, "match": match, "times": times, **details}
    local_http.post(f"{stack.model_url}/admin/faults", json=fault, timeout=_TIMEOUT_S).raise_for_status()


def clear_model_faults(stack: Stack, match: str) -> None:
    """Remove the faults injected for `match`."""
    reply = local_http.request("DELETE", f"{stack.model_url}/admin/faults", params={"match": match}, timeout=_TIMEOUT_S)
    reply.raise_for_status()


def model_calls(stack: Stack, match: str) -> int:
    """How often the model was called for questions that contain `match`."""
    reply = local_http.get(f"{stack.model_url}/admin/requests", params={"match": match}, timeout=_TIMEOUT_S)
    count: int = reply.raise_for_status().json()["count"]
    return count


def inject_delivery_faults(stack: Stack, **faults: int) -> None:
    """Deliver the next tasks twice (`duplicate`), lose their answers (`drop_response`), or late (`delay_ms`)."""
    local_http.post(f"{stack.googleapis_url}/tasks/faults", json=faults, timeout=_TIMEOUT_S).raise_for_status()
