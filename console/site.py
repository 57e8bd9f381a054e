"""The addresses of the web pages: bound, public, and those of proxies before us."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConsoleSite:
    """Bind address and port, and the address that people type (empty: bind and port).

    `proxies` are the addresses whose X-Forwarded-For is believed; `tls`: we speak HTTPS ourselves; `made`: with a
    self-signed certificate, which no browser knows."""

    bind: str = "127.0.0.1"
    port: int = 8112
    public_url: str = ""
    proxies: tuple[str, ...] = ()
    tls: bool = False
    made: bool = False

    @property
    def url(self) -> str:
        """The address to print and to put into messages, without a slash at its end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = "127.0.0.1" if self.bind in ("", "0.0.0.0", "::") else self.bind
        scheme = "https" if self.tls else "http"
        return f"{scheme}://[{host}]:{self.port}" if ":" in host else f"{scheme}://{host}:{self.port}"

    @property
    def secure(self) -> bool:
        """True when browsers reach us by HTTPS alone: cookies then never go without it."""
        return self.tls or self.public_url.startswith("https://")

    @property
    def known(self) -> bool:
        """True when browsers trust the certificate: they may then be told to insist on HTTPS."""
        return self.secure and not self.made

    @property
    def proxied(self) -> bool:
        """True behind a proxy: the address of a connection is then the proxy's."""
        return bool(self.public_url) and not self.tls
