"""Tries the addresses that a line needs before it starts: Asterisk's own error would only stand in a log."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable

from asterisk.errors import PortInUse
from asterisk.site import AsteriskSite

_BIND = {"asterisk": "asterisk.sip_bind", "console": "console.bind", "tls": "asterisk.sip_bind"}
# protocol, address, port, and its setting in site.yaml
Address = tuple[str, str, int, str]


def addresses(site: AsteriskSite) -> tuple[Address, ...]:
    """The addresses on which Asterisk listens."""
    return (
        ("udp", site.sip_bind, site.sip_port, "asterisk.sip_port"),
        ("tcp", site.sip_bind, site.sip_port, "asterisk.sip_port"),
        ("tcp", "127.0.0.1", site.http_port, "asterisk.http_port"),
        ("tcp", "127.0.0.1", site.ami_port, "asterisk.ami_port"),
        *([("tcp", site.sip_bind, site.wss_port, "tls.wss_port")] if site.wss_port else []),
        *([("tcp", site.sip_bind, site.tls_port, "asterisk.sips.port")] if site.tls_port else []),
        *((kind, site.sip_bind6, site.sip_port, "asterisk.sip_port") for kind in ("udp", "tcp") if site.sip_bind6),
    )


def check_free(wanted: Iterable[Address]) -> None:
    """Raise PortInUse with a sentence for each address that cannot be taken."""
    problems = [problem for want in wanted if (problem := _try(*want))]
    if problems:
        raise PortInUse("\n".join(problems))


def is_ours(address: str) -> bool:
    """True where this machine has the address; a wildcard is everywhere."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def _try(protocol: str, address: str, port: int, setting: str) -> str | None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
    with socket.socket(family, kind) as probe:
        try:
            if protocol == "tcp":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
            if protocol == "tcp":
                probe.listen(1)
        except OSError as error:
            return sentence(error, protocol, address, port, setting)
    return None


def sentence(error: OSError, protocol: str, address: str, port: int, setting: str) -> str:
    """A sentence for an address that cannot be taken, with the setting of site.yaml that changes it."""
    where = f"{setting} di site.yaml"
    if error.errno == errno.EADDRINUSE:
        return f"Port {port}/{protocol} di {address} sudah dipakai; ganti {where} atau hentikan pemakainya."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"Alamat {address} tidak ada di mesin ini; ganti {_BIND[setting.partition('.')[0]]} di site.yaml."
    return f"Port {port}/{protocol} di {address} tidak bisa dibuka ({error.strerror}); periksa {where}."
