"""Names of Google Cloud resources: their forms, their project, and paging through lists of them."""

import re

import grpc

from emulators.googleapis.grpc_service import ApiError, refuse

_PROJECT = r"projects/(?P<project>[A-Za-z0-9.:-]+)"
LOCATION = re.compile(rf"{_PROJECT}/locations/[A-Za-z0-9-]+")
QUEUE = re.compile(rf"{LOCATION.pattern}/queues/[A-Za-z0-9-]{{1,100}}")
PROJECT = re.compile(_PROJECT)
SECRET = re.compile(rf"{_PROJECT}/secrets/[A-Za-z0-9_-]{{1,255}}")
VERSION = re.compile(rf"(?P<secret>{SECRET.pattern})/versions/(?P<version>latest|[1-9][0-9]*)")
TASK_ID = re.compile(r"[A-Za-z0-9_-]{1,500}")


class NameRules:
    """Checks names against their form and the one project of this process."""

    def __init__(self, project: str) -> None:
        self._project = project

    def check(self, name: str, form: re.Pattern[str], message: str) -> re.Match[str]:
        """The match of `name`; raises INVALID_ARGUMENT with `message`, or PERMISSION_DENIED for another project."""
        match = form.fullmatch(name)
        if match is None:
            refuse(message)
        if match["project"] != self._project:
            raise ApiError(
                grpc.StatusCode.PERMISSION_DENIED, f"Permission denied on resource project {match['project']}."
            )
        return match


def page(keys: list[str], size: int, token: str, limit: int) -> tuple[list[str], str]:
    """The next `size` (0: `limit`) of the sorted `keys` after the key `token`, and the next token ("" at the end)."""
    if size < 0:
        refuse("The page size cannot be negative.")
    rest = [key for key in keys if key > token]
    count = min(size or limit, limit)
    return rest[:count], rest[count - 1] if len(rest) > count else ""
