"""`python -m cli ask`: a turn from the terminal, through the same endpoints as the browser."""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from rich.console import Console

from cli.ask import turn
from cli.ask.client import ApexClient, UploadedDataset
from cli.ask.errors import ClientCode, ClientError, WrongUseError
from cli.ask.json_lines import JsonLines
from cli.ask.live import LiveView
from cli.ask.upload import check
from cli.ask.view import View
from common.environment.profiles import EnvironmentName
from common.errors import ErrorCode
from emulators.platform import api
from emulators.platform.errors import PlatformError

_INTERRUPTED = 130
_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class _Parser(argparse.ArgumentParser):
    """Raises instead of ending the process, so that wrong usage is a typed error, too."""

    def error(self, message: str) -> NoReturn:
        raise WrongUseError(ClientCode.WRONG_USE, f"{message}\n{self.format_usage().strip()}")


def main(argv: list[str]) -> int:
    """Ask the questions of `argv`; 0: all were answered, 1: one was not, 2: wrong usage, 130: interrupted."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    view: View = JsonLines(sys.stdout, notes=sys.stderr) if "--json" in argv else LiveView(Console(highlight=False))
    try:
        return _ask(_arguments(argv), view)
    except ClientError as error:
        view.error(error)
        return error.exit_code
    except PlatformError as error:
        view.error(ClientError(ClientCode.NO_PLATFORM, str(error)))
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains again at exit
        return 1  # the reader of the pipe has ended
    finally:
        view.close()


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = _Parser(prog="python -m cli ask", description="Ask Apex about your AI spend.")
    parser.add_argument("questions", nargs="+", metavar="question", help="a question, then follow-ups in its thread")
    parser.add_argument("--json", action="store_true", help="JSON lines on standard output")
    parser.add_argument("--usage", action="append", type=Path, default=[], metavar="FILE", help="a usage log to upload")
    parser.add_argument("--model", metavar="NAME", help="the model of files that do not name it, for example gpt-4o")
    parser.add_argument("--user", metavar="NAME", help="sign in as NAME@example.com (default: a new guest)")
    parser.add_argument("--thread", metavar="ID", help="continue this conversation of the user")
    parser.add_argument(
        "--env",
        choices=[EnvironmentName.DEVELOPMENT.value, EnvironmentName.TEST.value],
        default=EnvironmentName.DEVELOPMENT.value,
    )
    arguments = parser.parse_args(argv)
    _refuse_wrong(arguments)
    return arguments


def _refuse_wrong(arguments: argparse.Namespace) -> None:
    """Refuse, before anything is started, what no server could accept."""
    if arguments.user is not None and not _USER.fullmatch(arguments.user):
        raise WrongUseError(ClientCode.WRONG_USE, "--user takes letters, digits, dots and dashes, up to 64.")
    for question in arguments.questions:
        _refuse_undecoded(question)
    for path in arguments.usage:
        check(path)


def _refuse_undecoded(question: str) -> None:
    """Python keeps bytes of an argument that are not UTF-8 as lone surrogates."""
    try:
        question.encode()
    except UnicodeEncodeError as error:
        raise WrongUseError.of(ErrorCode.NOT_UTF8) from error


def _ask(arguments: argparse.Namespace, view: View) -> int:
    with _stack(EnvironmentName(arguments.env), view) as stack, _sign_in(stack, arguments.user) as client:
        datasets = [one for path in arguments.usage for one in _upload(client, path, arguments.model, view)]
        ids = tuple(dataset.dataset_id for dataset in datasets) or None
        thread = arguments.thread
        for question in arguments.questions:
            view.question(question)
            outcome = turn.ask(client, question, thread_id=thread, dataset_ids=ids, on_event=view.event)
            view.outcome(outcome)
            if outcome.status != "completed":
                return _INTERRUPTED if outcome.interrupted else 1
            thread = outcome.thread_id
    return 0


@contextmanager
def _stack(env: EnvironmentName, view: View) -> Iterator[api.Stack]:
    """The stack of `env`, started if none runs; ended afterwards unless others hold it."""
    owner = os.getpid()
    if api.running(env) is None:
        view.note("Starting Apex")
    try:
        stack, _ = api.ensure_up(env, owner_pid=owner, progress=view.working)
        for note in stack.notes:
            view.note(note)
        yield stack
    finally:
        view.close()
        api.stop(env, owner_pid=owner)


def _sign_in(stack: api.Stack, user: str | None) -> ApexClient:
    return ApexClient.sign_in_guest(stack) if user is None else ApexClient.sign_in_as(stack, user)


def _upload(client: ApexClient, path: Path, model: str | None, view: View) -> Iterator[UploadedDataset]:
    for dataset in client.upload_all(path, model=model, on_progress=lambda piece: view.uploading(path, piece)):
        view.dataset(dataset)
        yield dataset
