"""Every service of the platform: ports, memory, and how to start it."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from common.environment.isolated import IsolatedEnvironment
from common.environment.profiles import EnvironmentName
from emulators.platform import jars, page, snapshots, tools
from emulators.platform.addresses import Addresses, child_environment
from emulators.platform.errors import PlatformError
from emulators.platform.jars import Jar
from emulators.platform.layout import REPOSITORY, StackLayout
from emulators.platform.own_model import own_model
from emulators.platform.ports import HOST
from emulators.platform.service import Launch, Say, Service

FUNCTIONS = ("chat", "step", "usage", "upkeep", "account")
PREFERRED_PORTS = {
    EnvironmentName.DEVELOPMENT: 7400,
    EnvironmentName.TEST: 7500,
}
"""The first port of an environment; services count from it."""
_OFFSETS = {
    "hosting": 0,
    "chat": 1,
    "usage": 2,
    "step": 3,
    "upkeep": 4,
    "account": 5,
    "firestore": 10,
    "pubsub": 15,
    "auth": 20,
    "auth-hub": 21,
    "auth-logging": 22,
    "googleapis": 30,
    "googleapis-grpc": 31,
    "model": 40,
}
_UPKEEP_S = {EnvironmentName.DEVELOPMENT: 60, EnvironmentName.TEST: 1}
_FIRESTORE_HEAP_MB = 2048
"""It keeps every version of every document: 260 rounds of the fault campaign filled 384 MiB.

At its limit it answers in seconds, not milliseconds.
"""
_JAVA_LOGGING_FLAG = "-Djava.util.logging.config.file=logging.properties"
_JAVA_LOGGING = """handlers = java.util.logging.ConsoleHandler
.level = INFO
io.gapi.emulators.netty.level = WARNING
"""
"""Without the last line every HTTP request, health probes included, is logged twice."""
RULES = REPOSITORY / "firestore.rules"


@dataclass(frozen=True)
class Catalog:
    """The services of one stack; `environment` is that of the supervisor."""

    layout: StackLayout
    addresses: Addresses
    environment: IsolatedEnvironment

    def services(self) -> list[Service]:
        """All of them, the slowest to start first."""
        return [
            self._firebase(),
            self._service("firestore", {"firestore": "/"}, self._firestore, memory=(300, _FIRESTORE_HEAP_MB + 600)),
            self._service(
                "pubsub",
                {"pubsub": "/"},
                self._pubsub,
                memory=(130, 300),
                after_start=self._provision("pubsub", self.addresses.pubsub_host, "--push-url", self._push_url()),
            ),
            self._googleapis(),
            self._service("model", {"model": "/healthz"}, self._model, memory=(90, 300)),
            *(self._function(name) for name in FUNCTIONS),
        ]

    def _service(
        self,
        name: str,
        health: Mapping[str, str],
        prepare: Callable[[Say], Launch],
        *,
        memory: tuple[int, int],
        ports: tuple[str, ...] = (),
        after_start: Launch | None = None,
    ) -> Service:
        reserve, limit = memory
        return Service(
            name=name,
            ports={port: self.addresses.ports[port] for port in ports or (name,)},
            health_urls=tuple(f"{self.addresses.url(port)}{path}" for port, path in health.items()),
            reserve_mb=reserve,
            limit_mb=limit,
            prepare=prepare,
            after_start=after_start,
            save=savers(self.layout, self.addresses).get(name),
        )

    def _firestore(self, say: Say) -> Launch:
        if not RULES.exists():
            raise PlatformError(f"{RULES.name} is missing at the root of the repository. Restore it with git.")
        seed = snapshots.firestore_seed(self.layout.data)
        project = ("--rules", str(RULES), "--project_id", self.addresses.project)
        restore = ("--seed_from_export", str(seed)) if seed else ()
        return self._java(jars.FIRESTORE, "firestore", _FIRESTORE_HEAP_MB, say, *project, *restore)

    def _pubsub(self, say: Say) -> Launch:
        """It keeps messages in memory only: published dead letters are lost when it ends."""
        return self._java(jars.PUBSUB, "pubsub", 96, say)

    def _java(self, jar: Jar, name: str, heap_mb: int, say: Say, *options: str) -> Launch:
        path = jars.find(jar, self.environment, say)
        java = tools.java(self.environment, jars.java_needed(jar, path))
        folder = self._folder(name)
        (folder / "logging.properties").write_text(_JAVA_LOGGING, encoding="utf-8")
        flags = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", f"-Xmx{heap_mb}m", "-Duser.language=en")
        main = (_JAVA_LOGGING_FLAG, "-cp", str(path), jar.main_class)
        listen = (f"--host={HOST}", f"--port={self.addresses.ports[name]}")
        return Launch(
            command=(str(java), *flags, *main, *listen, *options), environment=child_environment({}), directory=folder
        )

    def _firebase(self) -> Service:
        """The Auth and the Hosting emulator: firebase-tools runs both in one process."""
        return self._service(
            "firebase",
            {"auth": "/", "hosting": "/__/firebase/init.json"},
            self._firebase_launch,
            memory=(300, 600),
            ports=("hosting", "auth", "auth-hub", "auth-logging"),
        )

    def _firebase_launch(self, _say: Say) -> Launch:
        folder = self._folder("firebase")
        page.publish(self.layout, self.addresses)
        configuration = {"hosting": page.hosting(self.addresses), "emulators": self._listeners()}
        (folder / "firebase.json").write_text(json.dumps(configuration), encoding="utf-8")
        saved = snapshots.auth_import(self.layout.data)
        node = (str(tools.node()), "--require", str(Path(__file__).with_name("lazy_validators.cjs")))
        command = (*node, str(tools.firebase()), "emulators:start", "--only", "auth,hosting")
        restore = ("--import", str(saved)) if saved else ()
        variables = {
            "CI": "1",  # no message of the day
            "CLOUD_RUN_API_URL": self.addresses.googleapis_url,  # where rewrites to functions are looked up
            "NODE_OPTIONS": "--max-old-space-size=160",
            "XDG_CONFIG_HOME": str(folder),
            "TMPDIR": str(folder),  # firebase-tools notes there which emulators of a project run
        }
        return Launch(
            command=(*command, "--project", self.addresses.project, *restore),
            environment=child_environment(variables),
            directory=folder,
        )

    def _listeners(self) -> dict[str, object]:
        """All of them are named, or firebase-tools would choose ports itself."""
        ports = {"hosting": "hosting", "auth": "auth", "hub": "auth-hub", "logging": "auth-logging"}
        listeners = {name: {"host": HOST, "port": self.addresses.ports[port]} for name, port in ports.items()}
        return {**listeners, "ui": {"enabled": False}}

    def _googleapis(self) -> Service:
        ports = ("googleapis", "googleapis-grpc")
        return self._service(
            "googleapis",
            {"googleapis": "/healthz"},
            self._googleapis_launch,
            memory=(90, 300),
            ports=ports,
            after_start=self._provision("googleapis", self.addresses.tasks_host, **self._key()),
        )

    def _provision(self, service: str, host: str, *options: str, **more: str) -> Launch:
        return Launch(
            command=_python("emulators.platform.provision", service, "--host", host, *options),
            environment=child_environment(self.addresses.function_variables() | more),
            directory=REPOSITORY,
        )

    def _key(self) -> dict[str, str]:
        return {"OPENAI_API_KEY": self.environment.required("OPENAI_API_KEY")} if self.addresses.real_model else {}

    def _googleapis_launch(self, _say: Say) -> Launch:
        ports = self.addresses.ports
        data = self.layout.data / "googleapis"
        data.mkdir(parents=True, exist_ok=True)
        return self._python_launch(
            "emulators.googleapis",
            *("--data-dir", str(data), "--project", self.addresses.project),
            *("--grpc-port", str(ports["googleapis-grpc"]), "--http-port", str(ports["googleapis"])),
            *(part for job in ("sweep", "dead-letters", "verify", "replay") for part in ("--schedule", self._job(job))),
            *(part for name in FUNCTIONS for part in ("--run-service", self._run_service(name))),
            *("--push", self._relay()),
        )

    def _job(self, name: str) -> str:
        upkeep = self.addresses.upkeep_url
        return f"{name}={upkeep}/{name},{_UPKEEP_S[self.layout.environment]},{upkeep}"

    def _push_url(self) -> str:
        """Where the Pub/Sub emulator pushes: it sends no token, and this address adds one."""
        return f"{self.addresses.googleapis_url}/push/{self.addresses.profile.usage_topic}"

    def _relay(self) -> str:
        profile, project = self.addresses.profile, self.addresses.project
        account = f"{profile.pusher_account}@{project}.iam.gserviceaccount.com"
        return f"{profile.usage_topic}={self.addresses.push_url},{account}"

    def _run_service(self, function: str) -> str:
        return f"{self.addresses.profile.region}/{function}={self.addresses.url(function)}"

    def _model(self, _say: Say) -> Launch:
        return self._python_launch("emulators.model", "--port", str(self.addresses.ports["model"]))

    def _python_launch(self, module: str, *options: str) -> Launch:
        return Launch(command=_python(module, *options), environment=child_environment({}), directory=REPOSITORY)

    def _function(self, name: str) -> Service:
        options = ("--asgi", "--target", name, "--source", str(Path("functions") / "main.py"))
        port = ("--host", HOST, "--port", str(self.addresses.ports[name]))
        launch = Launch(
            command=_python(self.layout.runner, *options, *port),
            environment=child_environment(
                self.addresses.function_variables() | own_model(self.layout, self.environment),
                network=self.addresses.real_model,
            ),
            directory=REPOSITORY,
        )
        return self._service(name, {name: "/healthz"}, lambda _say: launch, memory=(150, 512))

    def _folder(self, name: str) -> Path:
        folder = self.layout.work / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def savers(layout: StackLayout, addresses: Addresses) -> dict[str, Callable[[], None]]:
    """By service, the function that writes its data to disk; empty in environments that keep no data."""
    if not layout.keeps_data:
        return {}
    data, ports, project = layout.data, addresses.ports, addresses.project
    return {
        "firestore": lambda: snapshots.save_firestore(data, ports["firestore"], project),
        "firebase": lambda: snapshots.save_auth(data, ports["auth-hub"]),
    }


def preferred_ports(environment: EnvironmentName, first_port: int | None = None) -> dict[str, int]:
    """The fixed ports of a stack, by name."""
    first = first_port or PREFERRED_PORTS[environment]
    return {name: first + offset for name, offset in _OFFSETS.items()}


def _python(module: str, *options: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *options)
