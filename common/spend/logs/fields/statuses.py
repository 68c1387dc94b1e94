"""Whether a request went well, from the words, codes and flags of logs, and whether a failed one was ever billed."""

import json
import re
from functools import lru_cache
from typing import Any, Literal

from common.spend.logs.fields.columns import plain
from common.spend.logs.fields.values import is_blank_word, sound, written

Sense = Literal["good", "bad", "level", ""]
"""Of a column: a flag in it says that the request went well, or that it failed; "level": it says how grave a log's line
is; "": it has words and codes.
"""
_LENGTH = 40
_YES = frozenset({"true", "1", "1.0", "yes", "y", "t"})
_NO = frozenset({"false", "0", "0.0", "no", "n", "f"})
_GOOD = frozenset({"success", "successful", "succeeded", "issuccess", "issuccessful", "ok", "isok"})
_BAD = frozenset({"error", "iserror", "haserror", "errored", "errortype", "failed", "isfailed", "failure", "isfailure"})
_OK_WORDS = frozenset(
    {
        "ok", "success", "succeeded", "successful", "completed", "complete", "done", "finished", "finish", "true",
        "default", "info", "debug", "unset", "none", "null", "nan", "stop", "length", "toolcalls", "toolcall",
        "functioncall", "endturn", "maxtokens", "stopsequence", "tooluse", "pauseturn", "incomplete", "eos", "0", "1",
        "statuscodeunset", "statuscodeok", "normal", "processed", "delivered", "sent", "passed", "cached", "ready",
        "active", "streaming", "logged",
    }
)  # fmt: skip
"""Without case and punctuation. Of OpenTelemetry's ClickHouse exporter STATUS_CODE_UNSET, of Dify's messages "normal",
of the Vercel AI SDK "tool-calls"; the others are words of tables of people's own.
"""
_SEVERE = frozenset(
    {"error", "err", "critical", "crit", "fatal", "severe", "emergency", "emerg", "alert", "panic", "50", "60"}
)
"""Levels of syslog, Python's logging, .NET, java.util.logging and Langfuse that are failures; of pino 50 and 60."""
_NO_ERROR = frozenset({"[]", "{}", '""', "''"})
_HTTP = re.compile(r"(?:http(?:/[\d.]+)?[\s_:]*)?([1-5]\d\d)(?:\.0)?(?:[\s:].*)?")
"""A code as logs write it: 429, 429.0, "HTTP/1.1 429 Too Many Requests"."""
_HTTP_INSIDE = re.compile(r"(?:api)?(?:error|status|http)[\s_]*(?:code)?[\s:=]+([45]\d\d)\b.*", re.DOTALL)
"""As the message of an exception begins: "Error code: 429 - {...}"."""
_HTTP_OK = range(200, 300)
_HITS = {
    **dict.fromkeys(("true", "hit", "yes", "semantic_hit", "semantic hit"), True),
    **dict.fromkeys(("false", "miss", "no", "none", "bypass", "expired", "disabled", "refresh", "dynamic"), False),
}
"""Words of LiteLLM's, Cloudflare's and Portkey's columns on their caches."""
_FLAGS = frozenset({"cachehit", "iscachehit", "fromcache", "cachestatus"})
_BITS = {"0": False, "1": True, "0.0": False, "1.0": True}
"""Truth values of MySQL and SQLite."""
_REFUSED_CODES = frozenset(f"http {code}" for code in (400, 401, 403, 404, 413, 422, 429))
_REFUSED_WORDS = frozenset(
    {
        "badrequest", "badrequesterror", "invalidrequest", "invalidrequesterror", "contextlengthexceeded",
        "contextwindowexceedederror", "unauthorized", "authenticationerror", "invalidapikey", "forbidden",
        "permissionerror", "permissiondenied", "permissiondeniederror", "notfound", "notfounderror", "modelnotfound",
        "requesttoolarge", "unprocessableentity", "unprocessableentityerror", "toomanyrequests", "ratelimit",
        "ratelimited", "ratelimiterror", "ratelimitexceeded", "insufficientquota", "quotaexceeded",
    }
)  # fmt: skip
"""OpenAI's, Anthropic's and LiteLLM's names of errors with these codes, without case and punctuation."""


@lru_cache(maxsize=4096)
def sense_of(column: str) -> Sense:
    """By the column's name."""
    name = plain(column)
    return "good" if name in _GOOD else "bad" if name in _BAD else "level" if name == "level" else ""


def status(value: Any, sense: Sense = "") -> str:
    """The word ok, or the kind of failure: "http 429", "timeout"."""
    if value is None:
        return "ok"
    if isinstance(value, dict | list):
        return _of_error(value) if value else "ok"
    return _of_text(written(value).strip().lower(), sense)


def _of_text(text: str, sense: Sense) -> str:
    flag = _flagged(text, sense)
    if flag is not None:
        return flag
    if plain(text[:_LENGTH]) in _OK_WORDS or text in _NO_ERROR or is_blank_word(text):
        return "ok"
    if text[0] == "{":
        return _of_error(_error_in(text))
    code = _HTTP.fullmatch(text) or _HTTP_INSIDE.match(text)
    if code:
        return "ok" if int(code[1]) in _HTTP_OK else f"http {code[1]}"
    return sound(text[:_LENGTH])


def _error_in(text: str) -> dict[str, Any]:
    """An error's object as a cell of a table has it; {} where it is cut."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _of_error(error: dict[str, Any] | list[Any]) -> str:
    """The code or type of an error's object, as OpenAI and Anthropic write it."""
    if isinstance(error, list):
        return "error"
    causes = (error[name] for name in ("status", "status_code", "http_code", "code", "type") if error.get(name))
    words = (status(cause) for cause in causes if isinstance(cause, str | int))
    failures = [word for word in words if word not in ("ok", "error", "failed")]
    return next((word for word in failures if is_refused(word)), failures[0] if failures else "error")


def _flagged(text: str, sense: Sense) -> str | None:
    """What a flag says; None for a word or a code."""
    if sense == "level":
        return None if plain(text) in _SEVERE else "ok"
    if text in _YES and sense:
        return "ok" if sense == "good" else "error"
    if text in _NO and sense:
        return "ok" if sense == "bad" else "failed"
    return "failed" if text == "false" else None


@lru_cache(maxsize=4096)
def is_flag(column: str) -> bool:
    """Whether the name of a column of cached tokens says that it is of hits: 1 in it is no token."""
    return plain(column) in _FLAGS


def flag_of(cached: Any, column: str) -> bool | None:
    """What a column of cached tokens says where it is a flag: whether a proxy's own cache answered; None: a number."""
    if cached.__class__ is bool:
        return bool(cached)
    if cached.__class__ is str and not cached[:1].isdigit():
        return _HITS.get(cached.strip().lower())
    return _BITS.get(str(cached)) if cached is not None and is_flag(column) else None


@lru_cache(maxsize=4096)
def is_refused(state: str) -> bool:
    """Whether the provider refused a request with this status before it ran: that is billed by none."""
    name = state.split(":", 1)[0].rsplit(".", 1)[-1]  # "litellm.RateLimitError: ..."
    return state in _REFUSED_CODES or plain(name) in _REFUSED_WORDS
