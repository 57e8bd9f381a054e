"""Where the web pages are served."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConsoleSite:
    """Bind address and port, and the address that people type (empty: bind and port).

    `proxies` are the addresses whose X-Forwarded-For is believed."""

    bind: str = "127.0.0.1"
    port: int = 8112
    public_url: str = ""
    proxies: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The address to print and to put into messages, without a slash at its end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = "127.0.0.1" if self.bind in ("", "0.0.0.0", "::") else self.bind
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"
