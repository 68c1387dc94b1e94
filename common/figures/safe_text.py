"""A model's text before it is shown: without HTML, which is never rendered, and images, which load from elsewhere."""

import re

_HTML = re.compile(r"</?[A-Za-z!][^>\n]*>")
_IMAGE = re.compile(r"!\[[^\]\n]*\]\([^)\n]*\)")


def without_markup(text: str) -> str:
    """The text alone."""
    return _IMAGE.sub("", _HTML.sub("", text)).strip()
