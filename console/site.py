"""Where the web pages are served."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConsoleSite:
    """Bind address and port, and the address that people type (empty: bind and port).

    `proxies` are the addresses whose X-Forwarded-For is believed; `tls`: we speak HTTPS ourselves; `made`: with a
    certificate that we made, which no browser knows."""

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
        """Whether browsers reach us by HTTPS alone: cookies then never go without it."""
        return self.tls or self.public_url.startswith("https://")

    @property
    def known(self) -> bool:
        """Whether the HTTPS that browsers see is of a certificate they trust: they may then be told to insist on it."""
        return self.secure and not self.made

    @property
    def proxied(self) -> bool:
        """Whether another program stands before us: the address of a request is then that program's."""
        return bool(self.public_url) and not self.tls
