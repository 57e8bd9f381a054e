"""Shortens the start: loads what every command needs, without large libraries that are only looked for.

A process that is started again while callers wait spends most of that time on loading modules. Two libraries look for
large others that are installed for other purposes: sqlite-utils for numpy (column types that no table of ours has),
structlog for rich (tracebacks that we never print so). The collector finds nothing while modules are loaded.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading(*absent: str) -> Iterator[None]:
    """Load modules while the garbage collector rests; `absent` modules that are not yet loaded cannot be imported."""
    hidden = [name for name in absent if name not in sys.modules]
    collecting = gc.isenabled()
    gc.disable()
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
        if collecting:
            gc.enable()


with loading("numpy", "pandas", "rich"):
    import structlog  # noqa: F401

    import instance  # noqa: F401
    import tickets.store  # noqa: F401
