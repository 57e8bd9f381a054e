"""The addresses that Asterisk needs, tried before it starts: its own complaint would only stand in a log."""

from __future__ import annotations

import errno
import socket

from asterisk.errors import PortInUse
from asterisk.site import AsteriskSite


def check_free(site: AsteriskSite) -> None:
    """Raise PortInUse with a sentence for each address that cannot be taken."""
    wanted = (
        ("udp", site.sip_bind, site.sip_port, "sip_port"),
        ("tcp", site.sip_bind, site.sip_port, "sip_port"),
        ("tcp", "127.0.0.1", site.http_port, "http_port"),
        ("tcp", "127.0.0.1", site.ami_port, "ami_port"),
    )
    problems = [problem for want in wanted if (problem := _try(*want))]
    if problems:
        raise PortInUse("\n".join(problems))


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
    """Why this address cannot be taken, and which setting of site.yaml changes it."""
    where = f"asterisk.{setting} di site.yaml"
    if error.errno == errno.EADDRINUSE:
        return f"Port {port}/{protocol} di {address} sudah dipakai; ganti {where} atau hentikan pemakainya."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"Alamat {address} tidak ada di mesin ini; ganti asterisk.sip_bind di site.yaml."
    return f"Port {port}/{protocol} di {address} tidak bisa dibuka ({error.strerror}); periksa {where}."
