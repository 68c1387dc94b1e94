"""Words that claim an order, a direction, a cause or a safety: they need a finding, not only a figure."""

import re

_CLAIMS: dict[str, str] = {
    "most": r"\b(?:most|highest|largest|biggest|dearest|costliest|priciest|greatest|top|maximum|peak|slowest|worst"
    r"|longest)\b",
    "least": r"\b(?:least|lowest|smallest|cheapest|minimum|fastest|best|shortest|fewest)\b",
    "up": r"\b(?:rose|rises?|risen|rising|grew|grows?|grown|growing|increas\w+|climb\w*|jump\w*|up|went up|dearer|more"
    r" expensive|higher|doubled|tripled|surg\w+|spik\w+|slower|worse(?:ned)?)\b",
    "down": r"\b(?:fell|falls?|fallen|falling|dropp?\w*|decreas\w+|declin\w+|shr[aiu]nk\w*|down|lower(?:ed)?|cheaper|less"
    r" expensive|halved|faster|better|improv\w+)\b",
    "cause": r"\b(?:because|due to|owing to|caus\w+|drove|driven by|thanks to|as a result|therefore|led to|explain\w*"
    r"|reason)\b",
    "safe": r"\b(?:safe(?:ly)?|risk.free|no risks?|without (?:any )?risk|guarantee\w*|harmless|no loss|same quality|keeps?"
    r" (?:the )?quality|certain(?:ly)?|proven|proves?|no evaluation)\b",
    "always": r"\b(?:always|never|all of (?:the|your)|every single|none of)\b",
}
_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _CLAIMS.items()}


def claims_in(text: str) -> frozenset[str]:
    """The kinds of claims that a sentence makes."""
    return frozenset(name for name, pattern in _PATTERNS.items() if pattern.search(text))
