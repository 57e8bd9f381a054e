"""Logging of one process: a JSON line for each event in var/log/NAME.log, five files of 10 MB at most."""

import logging
import logging.handlers
import sys
from pathlib import Path

import structlog

SIZE = 10_000_000
FILES = 5


def to_file(path: Path) -> None:
    """Log to a file (and errors to standard error, where the supervisor or systemd keeps them)."""
    logging.raiseExceptions = False  # a full disk takes no line, and a traceback would be one line more
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=SIZE, backupCount=FILES, encoding="utf-8")
    shown = logging.StreamHandler(sys.stderr)
    shown.setLevel(logging.ERROR)
    logging.basicConfig(level=logging.INFO, handlers=[handler, shown], format="%(message)s", force=True)
    # libraries that tell every request, or what they send (with its secrets)
    for noisy in ("aiohttp.access", "aioswagger11", "aioari", "panoramisk", "watchfiles", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def quiet() -> None:
    """Log for a command: errors and warnings alone, in plain words on standard error."""
    structlog.configure(
        # plain: the renderer's own traceback would show local variables, and with them secrets
        processors=[
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
