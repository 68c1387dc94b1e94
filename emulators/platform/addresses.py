"""Where everything listens, and the environment that the functions get from it."""

from collections.abc import Mapping
from dataclasses import dataclass

from common.environment.isolated import IsolatedEnvironment
from common.environment.profiles import PROFILES, EnvironmentName, Profile
from emulators.platform.layout import REPOSITORY
from emulators.platform.ports import HOST

BASICS = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR"),
    *("SYSTEMROOT", "COMSPEC", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "TEMP", "TMP"),  # Windows
)
"""What any program needs; a child gets nothing else."""

NETWORK = (
    *("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS"),
)
"""How this machine reaches the internet; only for children that need it (a download, the real model)."""

_LOCAL = f"{HOST},localhost"


@dataclass(frozen=True)
class Addresses:
    """Ports by name: those of `catalog.preferred_ports`."""

    environment: EnvironmentName
    project: str
    ports: Mapping[str, int]
    real_model: bool

    @property
    def profile(self) -> Profile:
        """The declared settings of this environment."""
        return PROFILES[self.environment]

    @property
    def page_url(self) -> str:
        """The page, and below `/api` the functions, as Hosting serves both."""
        return self.url("hosting")

    @property
    def chat_url(self) -> str:
        """Turns and cancels."""
        return self.url("chat")

    @property
    def usage_url(self) -> str:
        """Uploads."""
        return self.url("usage")

    @property
    def push_url(self) -> str:
        """Where live usage data is pushed; also the audience of its tokens."""
        return f"{self.usage_url}/pubsub/usage"

    @property
    def account_url(self) -> str:
        """Accounts, API keys, savings and evaluations."""
        return self.url("account")

    @property
    def step_url(self) -> str:
        """Agent steps; also the audience of their tokens."""
        return self.url("step")

    @property
    def upkeep_url(self) -> str:
        """Sweeps; also the audience of their tokens."""
        return self.url("upkeep")

    @property
    def googleapis_url(self) -> str:
        """HTTP side of the Cloud Tasks and Secret Manager emulator (`/certs`)."""
        return self.url("googleapis")

    @property
    def model_url(self) -> str:
        """The local model server."""
        return self.url("model")

    @property
    def firestore_host(self) -> str:
        """host:port."""
        return self.host("firestore")

    @property
    def auth_host(self) -> str:
        """host:port."""
        return self.host("auth")

    @property
    def tasks_host(self) -> str:
        """host:port, gRPC."""
        return self.host("googleapis-grpc")

    @property
    def secrets_host(self) -> str:
        """host:port, gRPC; the same server as Cloud Tasks."""
        return self.host("googleapis-grpc")

    @property
    def pubsub_host(self) -> str:
        """host:port, gRPC."""
        return self.host("pubsub")

    def host(self, port: str) -> str:
        """host:port of a named port."""
        return f"{HOST}:{self.ports[port]}"

    def url(self, port: str) -> str:
        """HTTP address of a named port."""
        return f"http://{self.host(port)}"

    def function_variables(self) -> dict[str, str]:
        """The variables of common/environment/variables.py for this stack."""
        model = {} if self.real_model else {"APEX_MODEL_BASE_URL": f"{self.model_url}/v1"}
        return {
            "APEX_ENV": self.environment.value,
            "GOOGLE_CLOUD_PROJECT": self.project,
            "FIRESTORE_EMULATOR_HOST": self.firestore_host,
            "FIREBASE_AUTH_EMULATOR_HOST": self.auth_host,
            "APEX_TASKS_EMULATOR_HOST": self.tasks_host,
            "APEX_SECRETS_EMULATOR_HOST": self.secrets_host,
            "PUBSUB_EMULATOR_HOST": self.pubsub_host,
            "APEX_STEP_URL": self.step_url,
            "APEX_UPKEEP_URL": self.upkeep_url,
            "APEX_USAGE_URL": self.usage_url,
            "APEX_OIDC_CERTS_URL": f"{self.googleapis_url}/certs",
            **model,
        }


def child_environment(changes: Mapping[str, str], *, network: bool = False) -> dict[str, str]:
    """The environment of a child process: the basics, Python's own settings, and `changes`."""
    python = {"PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    local = {"NO_PROXY": _LOCAL, "no_proxy": _LOCAL} if network else {}
    inherit = BASICS + (NETWORK if network else ())
    return IsolatedEnvironment.of_process().for_child({**python, **local, **changes}, inherit=inherit)
