"""Sentences that are true or not, counted; and a little patience for things that travel."""

import time
import traceback

passed = 0
failures: list[str] = []


def check(sentence: str, holds) -> bool:
    """Writes down whether a sentence holds. `holds` is a value, or a function that is asked now."""
    global passed
    why = ""
    try:
        truth = holds() if callable(holds) else holds
    except Exception as error:
        truth, why = False, f" ({error!r} at {where_in_tests(error)})"
    if truth:
        passed += 1
        print(f"  ✓ {sentence}", flush=True)
    else:
        failures.append(sentence)
        print(f"  ✗ {sentence}{why}", flush=True)
    return bool(truth)


def soon(sentence: str, holds, within_s: float = 20) -> bool:
    """Like `check`, for what may take a moment: asks until it holds, for at most `within_s` seconds."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            if holds():
                break
        except Exception:  # not there yet; `check` below tells why if it stays so
            pass
        time.sleep(0.1)
    return check(sentence, holds)


def where_in_tests(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"


def closing_line() -> str:
    return f"{passed} passed, {len(failures)} failed"
