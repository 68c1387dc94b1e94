"""Where the local platform keeps its files: one folder per environment."""

from dataclasses import dataclass
from pathlib import Path

from common.environment.profiles import EnvironmentName

REPOSITORY = Path(__file__).resolve().parents[2]
HOME = REPOSITORY / ".apex"


@dataclass(frozen=True)
class StackLayout:
    """The files of one environment's stack."""

    environment: EnvironmentName
    root: Path
    runner: str = "functions_framework"
    """The module that runs a function; it takes the options of functions-framework."""
    first_port: int | None = None
    """The first of its ports, so that a second stack of an environment has its own; None: the environment's default."""

    @classmethod
    def of(cls, environment: EnvironmentName) -> "StackLayout":
        """The layout in this checkout."""
        return cls(environment, HOME / environment)

    @property
    def logs(self) -> Path:
        """One `<service>.log` each; the log of the previous start ends in `.1`."""
        return self.root / "logs"

    @property
    def data(self) -> Path:
        """What is kept between starts in development."""
        return self.root / "data"

    @property
    def work(self) -> Path:
        """Working folders of services that write files beside them."""
        return self.root / "work"

    @property
    def state_file(self) -> Path:
        """See state.py."""
        return self.root / "state.json"

    @property
    def lock_file(self) -> Path:
        """Held by the supervisor while it lives; the operating system releases it in any case."""
        return self.root / "supervisor.lock"

    @property
    def keeps_data(self) -> bool:
        """Development keeps its data between starts; every other environment starts empty."""
        return self.environment is EnvironmentName.DEVELOPMENT

    def log(self, service: str) -> Path:
        """The log file of a service."""
        return self.logs / f"{service}.log"
