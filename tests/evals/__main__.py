"""`python -m tests.evals [--json] [--set NAME] [--kind NAME] [--part develop|report] [--reader rules|ideal]`.

Every written question of a part is read, and judged by what the reading comes to on its data. `--answers`: whole turns
with the local model, and figures against the rows. `--attacks`: the attacks instead of the questions. Exit code 0: it
ran, and no attack got through; how well the questions went is printed.
"""

import argparse
import json
import sys
from collections.abc import Sequence

from tests.evals.attacks import attacks
from tests.evals.data import DATA
from tests.evals.readers import READERS, conversation
from tests.evals.report import as_json, misses, table
from tests.evals.written_questions import WrittenQuestion, questions

_SHOWN = 4
"""Of the questions that got one answer."""


def main(argv: list[str]) -> int:
    """Read, judge and report."""
    options = _options(argv)
    if options.attacks:
        return _attack()
    wanted = [
        written
        for written in questions()
        if options.set in (None, written.data)
        and options.kind in (None, written.kind)
        and options.part == written.whose
    ]
    if options.answers:
        _answer(wanted, as_text=not options.json)
        return 0
    found = [judged for written in wanted for judged in conversation(written, READERS[options.reader])]
    if options.json:
        _write(json.dumps(as_json(found, options.reader), ensure_ascii=False, indent=1))
    else:
        _write(f"{misses(found)}\n\n{table(found, options.reader)}")
    return 0


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.evals", description="How Apex reads and answers.")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--set", choices=DATA, help="only questions of this dataset")
    parser.add_argument("--kind", help="only questions of this kind")
    parser.add_argument("--part", choices=("develop", "report"), default="develop", help="report: only to report")
    parser.add_argument("--reader", choices=tuple(READERS), default="rules", help="who reads, without --answers")
    parser.add_argument("--answers", action="store_true", help="whole turns, with the local model")
    parser.add_argument("--attacks", action="store_true", help="what attacks get into answers")
    return parser.parse_args(argv)


def _answer(wanted: Sequence[WrittenQuestion], *, as_text: bool) -> None:
    from tests.evals.answering import alike, answered  # noqa: PLC0415 - readings need none of the agents

    every = answered(wanted)
    found, same = [each.judged for each in every], alike(every)
    if as_text:
        twins = [f"{len(messages)} with one answer: {' = '.join(map(repr, messages[:_SHOWN]))}" for messages in same]
        _write("\n".join([misses(found), "", table(found, "answers"), "", *twins]))
    else:
        _write(json.dumps(as_json(found, "answers") | {"same_answers": same}, ensure_ascii=False, indent=1))


def _attack() -> int:
    from tests.evals.answering import attacked  # noqa: PLC0415 - readings need none of the agents

    every = attacked(attacks())
    through = {name: words for name, words in every.items() if words}
    _write("\n".join([*(f"{name}: {words}" for name, words in through.items()), f"{len(through)} of {len(every)}"]))
    return 1 if through else 0


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
