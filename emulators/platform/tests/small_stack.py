"""Program: the real supervisor over small services: `python -m ...small_stack ROOT [--broken|--greedy]`."""

import os
import sys
from functools import partial
from pathlib import Path

from common.environment.profiles import EnvironmentName
from emulators.platform import ports
from emulators.platform.addresses import child_environment
from emulators.platform.layout import REPOSITORY, StackLayout
from emulators.platform.service import Launch, Say, Service
from emulators.platform.state import StackState
from emulators.platform.supervisor import first_state, supervise

NAMES = ("alpha", "beta")
_FIRST_PORT, _PORTS = 20_000, 10_000
LIMIT_MB = 120
"""A service and its child take about 20 MiB."""


def build(layout: StackLayout, *, broken: bool, greedy: bool) -> tuple[list[Service], StackState]:
    """Two services; with `broken` the second one ends at its start, with `greedy` they want more than there is."""
    wanted = _FIRST_PORT + os.getpid() % _PORTS  # of its own: tests run side by side
    chosen, notes = ports.choose(dict.fromkeys(NAMES, wanted), set())
    services = [
        Service(
            name=name,
            ports={name: chosen[name]},
            health_urls=(f"http://{ports.HOST}:{chosen[name]}/healthz",),
            reserve_mb=10**9 if greedy else 30,
            limit_mb=LIMIT_MB,
            prepare=partial(launch, chosen[name], broken=broken and name == NAMES[-1]),
        )
        for name in NAMES
    ]
    return services, first_state(layout.environment, "demo-apex-test", real_model=False, notes=tuple(notes))


def launch(port: int, _say: Say, *, broken: bool) -> Launch:
    """The small service, or a program that only complains."""
    program = (
        ("-c", "raise SystemExit('no luck today')") if broken else ("-m", "emulators.platform.tests.small_service")
    )
    return Launch(
        command=(sys.executable, *program, ports.HOST, str(port)),
        environment=child_environment({}),
        directory=REPOSITORY,
    )


if __name__ == "__main__":
    place = StackLayout(EnvironmentName.TEST, Path(sys.argv[1]))
    sys.exit(supervise(place, partial(build, broken="--broken" in sys.argv, greedy="--greedy" in sys.argv)))
