"""Every variable of the process environment that Apex reads: the dependency map, consulted before one is removed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """`needed_by`: the services that do not start without it; `emulated_only`: refused in staging and production."""

    name: str
    purpose: str
    needed_by: tuple[str, ...]
    how_to_set: str
    emulated_only: bool = False


_PLATFORM = "`.venv/bin/python -m emulators up` sets it"
_DEPLOY = "set it on the Cloud Run service (no release tool does that yet)"

VARIABLES: dict[str, Variable] = {
    variable.name: variable
    for variable in (
        Variable(
            "APEX_ENV",
            "which environment this process belongs to: test, development, staging or production",
            ("chat", "step", "usage", "upkeep", "account"),
            f"{_PLATFORM}; {_DEPLOY}",
        ),
        Variable(
            "GOOGLE_CLOUD_PROJECT",
            "the GCP project of this environment",
            ("chat", "step", "usage", "upkeep", "account"),
            f"{_PLATFORM}; {_DEPLOY}",
        ),
        Variable(
            "APEX_STEP_URL",
            "the address of the step function, and the audience of its tokens",
            ("chat", "step", "upkeep"),
            f"{_PLATFORM}; {_DEPLOY}",
        ),
        Variable(
            "APEX_UPKEEP_URL",
            "the address of the upkeep function, and the audience of its tokens",
            ("upkeep",),
            f"{_PLATFORM}; {_DEPLOY}",
        ),
        Variable(
            "APEX_USAGE_URL",
            "the address of the usage function; with /pubsub/usage the audience of the tokens of Pub/Sub",
            ("usage",),
            f"{_PLATFORM}; {_DEPLOY}",
        ),
        Variable(
            "FIRESTORE_EMULATOR_HOST",
            "host:port of the Firestore emulator, read by Google's client",
            ("chat", "step", "usage", "upkeep", "account"),
            _PLATFORM,
            emulated_only=True,
        ),
        Variable(
            "FIREBASE_AUTH_EMULATOR_HOST",
            "host:port of the Auth emulator, read by firebase-admin",
            ("chat", "usage", "account"),
            _PLATFORM,
            emulated_only=True,
        ),
        Variable(
            "APEX_TASKS_EMULATOR_HOST",
            "host:port of the Cloud Tasks emulator (gRPC)",
            ("chat", "step", "upkeep"),
            _PLATFORM,
            emulated_only=True,
        ),
        Variable(
            "APEX_SECRETS_EMULATOR_HOST",
            "host:port of the Secret Manager emulator (gRPC)",
            ("step", "upkeep"),
            _PLATFORM,
            emulated_only=True,
        ),
        Variable(
            "PUBSUB_EMULATOR_HOST",
            "host:port of the Pub/Sub emulator (gRPC)",
            ("upkeep",),
            _PLATFORM,
            emulated_only=True,
        ),
        Variable(
            "APEX_OIDC_CERTS_URL",
            "the key set (JWKS) that signs the tokens of Cloud Tasks, Scheduler and Pub/Sub locally",
            ("step", "upkeep", "usage"),
            _PLATFORM,
            emulated_only=True,
        ),
        Variable(
            "APEX_MODEL_BASE_URL",
            "the base URL of the local model server, or of your own (OpenAI wire); absent with the real model",
            (),
            f"{_PLATFORM}; for your own server, export it in the shell that starts the local platform",
            emulated_only=True,
        ),
        Variable(
            "APEX_MODEL_NAME",
            "the model of your own server at APEX_MODEL_BASE_URL (Ollama, vLLM, llama.cpp); ignored in test",
            (),
            "export it, with APEX_MODEL_BASE_URL, in the shell that starts the local platform",
            emulated_only=True,
        ),
        Variable(
            "JAVA_HOME",
            "a Java 11 or newer for Google's emulators, before the one on PATH and the one of `make setup`",
            (),
            "export it in the shell that starts the local platform",
        ),
        Variable(
            "APEX_FIRESTORE_JAR",
            "the jar of the Firestore emulator, instead of the one found on this machine",
            (),
            "export it in the shell that starts the local platform",
        ),
        Variable(
            "APEX_PUBSUB_JAR",
            "the jar of the Pub/Sub emulator, instead of the one found on this machine",
            (),
            "export it in the shell that starts the local platform",
        ),
        Variable(
            "APEX_CHROMIUM",
            "the Chromium of the browser tests, instead of the one found on this machine",
            (),
            "export it in the shell that starts the tests",
        ),
        Variable(
            "OPENAI_API_KEY",
            "makes the development stack use the real model; kept in its Secret Manager emulator, ignored in test",
            (),
            "export it in the shell that starts the local platform",
        ),
    )
}
