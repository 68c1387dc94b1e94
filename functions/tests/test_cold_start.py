"""A function's cold start does not pay for what only other functions use."""

import subprocess
import sys


def test_the_chat_function_starts_without_the_readers_of_logs() -> None:
    listed = "[name for name in sys.modules if name.startswith('common.spend.logs')]"
    code = f"import sys, functions.chat.app; print({listed})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - this interpreter
    assert done.stdout.strip() == "[]"
