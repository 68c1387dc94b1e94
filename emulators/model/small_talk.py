"""Short replies to greetings, thanks, and questions on what Apex does or what a term means."""

import re

from emulators.model.terms import explain

_WHAT_APEX_DOES = (
    "Give me a usage log of your LLM calls, as CSV or JSON lines, and I show what each model and feature costs, find "
    "savings, and turn them into a plan with every figure taken from your own data."
)

_REPLIES: tuple[tuple[str, str], ...] = (
    (
        r"^(hi|hello|hey|hiya|howdy|greetings|good (morning|afternoon|evening|day))\W*(there|apex|all|everyone)?\W*$",
        f"Hello! I am Apex, and I help you spend less on LLM calls. {_WHAT_APEX_DOES}",
    ),
    (
        r"^(thanks|thank you|thx|cheers|many thanks|great|perfect|nice|awesome|ok|okay|cool)\b[^?]{0,40}$",
        "You are welcome! Ask me anytime when you want to look at your LLM spend again.",
    ),
    (
        r"^(bye|goodbye|see you|good night)\b.{0,30}$",
        "Goodbye! Your data and our conversation stay here for next time.",
    ),
    (r"\bhow are you\b", f"I am well, thank you, and ready to look at your LLM spend. {_WHAT_APEX_DOES}"),
    (
        r"\b(what (can|do) you do|(who|what) are you|what is apex|how (can|do) you help|how does (this|apex) work)\b",
        f"I am Apex: I find, prove and help you capture savings on your LLM spend. {_WHAT_APEX_DOES}",
    ),
)


def reply_to(question: str) -> str | None:
    """The reply to small talk or to a question about a general term; None when it is neither."""
    text = question.strip()
    for pattern, reply in _REPLIES:
        if re.search(pattern, text, re.IGNORECASE):
            return reply
    return explain(text)


def admit(question: str) -> str:
    """The reply to a question that it cannot answer."""
    subject = "I did not get a question." if not question.strip() else "That is not something I can answer well."
    return f"{subject} {_WHAT_APEX_DOES}"
