"""The one error of the local platform that its users see."""


class PlatformError(Exception):
    """The platform cannot do what was requested: one line that says what is missing or wrong, and how to fix it."""
