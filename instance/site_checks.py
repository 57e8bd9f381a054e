"""Checks across the keys of site.yaml, made on the bare data."""

from __future__ import annotations

from typing import Any

from instance.problems import one_of, quoted
from instance.references import group
from instance.schema.site import ConsoleModel, SiteFile, TlsModel
from instance.trunks.checks import check_trunks
from instance.trunks.model import AsteriskModel, SipsModel
from instance.yaml_marks import Document, Route

TCP_PORTS = ("sip_port", "http_port", "ami_port", "agi_port")
FEWEST_RTP_PORTS = 20
WSS_PORT = TlsModel.model_fields["wss_port"].default
YES = ("ya", "yes", "true", "on")


def check_site(document: Document, model: SiteFile | None) -> None:
    """Check that services have ports of their own, RTP has enough, trunks are whole, and the mobile trunk dials out."""
    data = group(document.data)
    asterisk = group(data.get("asterisk"))
    _check_ports(document, _ports(data, asterisk))
    _check_rtp(document, asterisk)
    _check_mobile_trunk(document, data.get("mobile_trunk"), group(asterisk.get("trunks")))
    if "tls" in data:
        _check_tls(document, group(data["tls"]))
    if model is not None:
        check_trunks(document, model.asterisk, certificate=model.tls is not None)


def _ports(data: dict[str, Any], asterisk: dict[str, Any]) -> list[tuple[Route, int]]:
    ports: list[tuple[Route, int]] = [
        (("asterisk", key), _port(asterisk, key, AsteriskModel.model_fields[key].default)) for key in TCP_PORTS
    ]
    console = _port(group(data.get("console")), "port", ConsoleModel.model_fields["port"].default)
    ports.append((("console", "port"), console))
    if "tls" in data:
        ports.append((("tls", "wss_port"), _port(group(data["tls"]), "wss_port", WSS_PORT)))
        if "tls" in str(asterisk.get("trunks")):
            sips = group(asterisk.get("sips"))
            ports.append((("asterisk", "sips", "port"), _port(sips, "port", SipsModel.model_fields["port"].default)))
    return ports


def _port(where: dict[str, Any], key: str, default: int) -> int:
    written = str(where.get(key) or default)
    return int(written) if written.isascii() and written.isdigit() and len(written) < 6 else 0


def _check_ports(document: Document, ports: list[tuple[Route, int]]) -> None:
    taken: dict[int, Route] = {}
    for route, port in ports:
        if port in taken and port:
            other = ".".join(str(part) for part in taken[port])
            document.complain(route, f"port {port} sudah dipakai {other}", "port lain")
        taken.setdefault(port, route)


def _check_rtp(document: Document, asterisk: dict[str, Any]) -> None:
    start, end = _port(asterisk, "rtp_start", 10000), _port(asterisk, "rtp_end", 10999)
    if not start or not end:
        return
    if end - start + 1 < FEWEST_RTP_PORTS:
        fault = f"port RTP {start} sampai {end} terlalu sedikit"
        expected = f"paling sedikit {FEWEST_RTP_PORTS} port, empat untuk tiap percakapan"
        document.complain(("asterisk", "rtp_end"), fault, expected)
    if start <= _port(asterisk, "sip_port", 5060) <= end:
        document.complain(("asterisk", "sip_port"), f"port SIP ada di port RTP {start}-{end}", "port lain")


def _check_tls(document: Document, tls: dict[str, Any]) -> None:
    generated = str(tls.get("generated") or "").lower() in YES
    files = [key for key in ("certificate", "key") if tls.get(key)]
    if generated and files:
        document.complain(("tls", files[0]), "sertifikat dibuat program (generated)", "salah satu saja", key=True)
    elif not generated and len(files) < 2:
        missing = next(key for key in ("certificate", "key") if key not in files)
        expected = '"certificate" dan "key", atau "generated: ya"'
        document.complain(("tls",), f"tls tanpa {missing}", expected, key=True)


def _check_mobile_trunk(document: Document, name: object, trunks: dict[str, Any]) -> None:
    if not isinstance(name, str):
        return
    if name not in trunks:
        document.complain(("mobile_trunk",), f"trunk {quoted(name)} tidak ada", one_of(name, list(trunks)))
    elif not group(trunks[name]).get("contact"):
        fault = f"trunk {quoted(name)} tidak bisa memanggil keluar"
        document.complain(("asterisk", "trunks", name), fault, '"contact: sip:…"', key=True)
