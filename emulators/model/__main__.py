"""`python -m emulators.model --port P [--latency-ms N] [--seed S]`: serve the local model on this machine only."""

import argparse

import uvicorn

from emulators.model.server import ModelServer


def main() -> None:
    """Read the options and serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m emulators.model", description="The local model (OpenAI wire).")
    parser.add_argument("--port", type=int, required=True, help="TCP port on 127.0.0.1")
    parser.add_argument("--latency-ms", type=int, default=0, help="delay before each stream event")
    parser.add_argument("--seed", type=int, default=0, help="picks among equivalent wordings, and changes all ids")
    options = parser.parse_args()
    uvicorn.run(
        ModelServer(latency_ms=options.latency_ms, seed=options.seed).app(),
        host="127.0.0.1",
        port=options.port,
        lifespan="off",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
