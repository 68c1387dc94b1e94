"""`python -m emulators.model --port P [--latency-ms N] [--seed S] [--without-responses]`: local only."""

import argparse

import uvicorn

from emulators.model.server import ModelServer


def main() -> None:
    """Read the options and serve until stopped."""
    parser = argparse.ArgumentParser(
        prog="python -m emulators.model", description="The local model (wires of OpenAI and Vertex AI)."
    )
    parser.add_argument("--port", type=int, required=True, help="TCP port on 127.0.0.1")
    parser.add_argument("--latency-ms", type=int, default=0, help="delay before each stream event")
    parser.add_argument("--seed", type=int, default=0, help="picks among equivalent wordings, and changes all ids")
    parser.add_argument("--without-responses", action="store_true", help="of OpenAI's wires, Chat Completions only")
    options = parser.parse_args()
    server = ModelServer(latency_ms=options.latency_ms, seed=options.seed, responses=not options.without_responses)
    uvicorn.run(
        server.app(),
        host="127.0.0.1",
        port=options.port,
        lifespan="off",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
