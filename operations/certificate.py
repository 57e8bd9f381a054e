"""The certificate that pages are served with, renewed while they are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog

from instance import Instance
from operations import tls

log = structlog.get_logger(__name__)
CERTIFICATE_S = 60.0


class Certificate:
    """The certificate that pages are served with; renewed files are loaded without a restart."""

    def __init__(self, chain: tls.Chain | None, instance: Callable[[], Instance]) -> None:
        self._chain, self._instance = chain, instance
        self.context = chain.context() if chain else None

    @property
    def made(self) -> bool:
        """True for a certificate that this program made itself."""
        return self._chain is not None and not self._chain.own

    async def follow(self) -> None:
        """Look for renewed files once a minute, until cancelled."""
        stamp = self._stamp()
        while True:
            await asyncio.sleep(CERTIFICATE_S)
            try:
                if self.made:
                    await asyncio.to_thread(tls.chain, self._instance())
                if self._chain and self.context and self._stamp() != stamp:
                    self._chain.load(self.context)
                    stamp = self._stamp()
                    log.info("tls.taken_up", certificate=str(self._chain.certificate))
            except tls.TlsError as error:  # the loaded certificate stays in use
                log.error("tls.not_taken_up", error=str(error))

    def _stamp(self) -> int:
        with suppress(OSError):
            return self._chain.certificate.stat().st_mtime_ns if self._chain else 0
        return 0
