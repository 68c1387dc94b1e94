"""The page: what a first visit loads, Lighthouse's scores, and how soon the first event is on the screen."""

from dataclasses import asdict, dataclass

from playwright.sync_api import sync_playwright
from rich import box
from rich.console import Console
from rich.table import Table

from emulators.platform.api import Stack
from tests.bench import first_load, lighthouse, painted
from tests.bench.figures import Summary
from tests.support.browser import FLAGS, chromium

LIGHTHOUSE_RUNS = 3
TURNS = 20


@dataclass(frozen=True)
class PageFigures:
    """All that is measured on the page. `paints` in ms, `scores` from 0 to 1."""

    parts: list[first_load.Part]
    scores: dict[str, Summary]
    paints: dict[str, Summary]

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        aims = {"first_load_bytes": first_load.AIM_BYTES, "scores": lighthouse.AIMS, "paints": painted.AIMS_MS}
        return {**asdict(self), "first_load_bytes": sum(part.packed for part in self.parts), "aims": aims}

    def show(self, console: Console) -> None:
        """Print the tables."""
        console.print(_loaded(self.parts))
        console.print(_times_and_scores(self))


def measure(stack: Stack, console: Console) -> PageFigures:
    """Measure the page of a running stack."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        parts = first_load.measure(browser, stack)
        paints = painted.measure(browser, stack, TURNS, console)
        browser.close()
    with console.status("Lighthouse"):
        scores = lighthouse.measure(stack, LIGHTHOUSE_RUNS)
    return PageFigures(parts, scores, paints)


def _loaded(parts: list[first_load.Part]) -> Table:
    caption = f"bytes of the first load; aim: gzip -9 <= {first_load.AIM_BYTES:,}"
    table = Table("", "gzip -9", "as sent here", box=box.SIMPLE_HEAD, caption=caption)
    for part in parts:
        table.add_row(part.name, f"{part.packed:,}", f"{part.sent:,}")
    table.add_section()
    table.add_row("all", f"{sum(part.packed for part in parts):,}", f"{sum(part.sent for part in parts):,}")
    return table


def _times_and_scores(figures: PageFigures) -> Table:
    table = Table("", "median", "p95", "spread", "aim", box=box.SIMPLE_HEAD, caption="times in ms, scores from 0 to 1")
    for name, found in figures.paints.items():
        aim = painted.AIMS_MS.get(name)
        cells = (f"{value:.0f}" for value in (found.median, found.p95, found.spread))
        table.add_row(name, *cells, f"<= {aim:.0f}" if aim else "")
    for name, found in figures.scores.items():
        table.add_row(
            f"Lighthouse {name}", f"{found.median:.2f}", "", f"{found.spread:.2f}", f">= {lighthouse.AIMS[name]}"
        )
    return table
