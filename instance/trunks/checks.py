"""Refuses what contradicts itself in the SIP side of site.yaml, each with where, what, and what was expected."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from pathlib import Path

from asterisk.ports import is_ours
from asterisk.site import AsteriskSite
from asterisk.trunks.settings import host, is_name, is_tls
from instance.problems import quoted
from instance.trunks.model import AsteriskModel, TrunkModel
from instance.yaml_marks import Document, Route

# key below `asterisk` or below the trunk, fault, expected
Fault = tuple[Route, str, str]
NO_CERTIFICATE = "TLS memerlukan sertifikat, dan site.yaml tidak punya tls"
# settings of calls that go out, which need somewhere to go
OUTGOING = ("proxy", "caller", "from_user", "from_domain", "contact_user", "user")


def check_trunks(document: Document, model: AsteriskModel, *, certificate: bool) -> None:
    """Complain of every contradiction; `certificate`: the site has one (`tls`)."""
    for route, fault, expected in _of_site(model):
        document.complain(("asterisk", *route), fault, expected)
    for name, trunk in model.trunks.items():
        faults = (*_of_transport(trunk, certificate), *_of_calls(trunk), *_of_reserve(trunk))
        for route, fault, expected in faults:
            place = ("asterisk", "trunks", name, *route)
            document.complain(place, f"trunk {quoted(name)}: {fault}", expected, key=not route)


def _of_site(model: AsteriskModel) -> Iterator[Fault]:
    outside = [key for key in ("external_signaling_address", "external_media_address") if getattr(model, key)]
    if outside and not model.local_net:
        expected = '"local_net: [192.168.1.0/24]", jaringan kantor yang tidak lewat NAT'
        yield (outside[0],), "alamat luar tanpa local_net: telepon kantor juga akan mengirim suara ke sana", expected
    if model.local_net and not outside:
        yield ("local_net",), "local_net tanpa alamat luar", '"external_media_address: …"'
    for key in outside:
        if ":" in getattr(model, key):
            yield (key,), "NAT hanya ada di IPv4", "alamat IPv4"
        elif getattr(model, key) in (model.sip_bind, model.media_address):
            yield (key,), "sama dengan alamat komputer ini: tidak ada NAT", "alamat yang dilihat operator, atau hapus"
    ours = model.media_address or model.sip_bind
    if outside and model.local_net and not _within(ours, model.local_net):
        fault = f"alamat komputer ini ({ours}) tidak ada di local_net: alamat luar tidak akan dipakai"
        yield ("local_net",), fault, f"jaringan yang berisi {ours}"
    if model.sip_bind6 is not None:
        if ":" not in model.sip_bind6:
            yield ("sip_bind6",), f"{model.sip_bind6} bukan alamat IPv6", 'alamat IPv6, atau "::"'
        elif ":" in model.sip_bind:
            yield ("sip_bind6",), "sip_bind sudah IPv6", "sip_bind IPv4, atau tanpa sip_bind6"


def _of_transport(trunk: TrunkModel, certificate: bool) -> Iterator[Fault]:
    tls = trunk.transport == "tls" or any(map(is_tls, trunk.contact))
    if trunk.transport == "tls" and not certificate:
        yield ("transport",), NO_CERTIFICATE, '"tls: {certificate: …, key: …}", atau transport udp'
    for at, uri in enumerate(trunk.contact):
        written = "tls" if is_tls(uri) else _transport(uri)
        if trunk.transport and written and written != trunk.transport:
            yield ("contact", at), f"alamat ini memakai {written}, transport {trunk.transport}", "satu transport saja"
    if trunk.srtp == "wajib" and not tls:
        fault = "kunci SRTP dikirim tanpa TLS: siapa pun di jaringan bisa membacanya"
        yield ("srtp",), fault, '"transport: tls", atau "srtp: boleh"'
    if trunk.session.least > trunk.session.expires:
        fault = f"sesi {trunk.session.expires:g} detik lebih pendek daripada least {trunk.session.least:g} detik"
        yield _key(trunk, "session"), fault, "expires yang lebih panjang"


def _of_calls(trunk: TrunkModel) -> Iterator[Fault]:
    if not trunk.match and trunk.register_ is None:
        yield (), "tanpa match: panggilan dari operator ini tidak dikenali", '"match: [alamat SBC]"'
    if trunk.register_ is not None:
        if trunk.user is None:
            yield ("register",), "pendaftaran tanpa user", '"user: …"; kata sandinya: tanggap secrets trunk NAMA'
        if trunk.register_.server is None and not trunk.contact:
            yield ("register",), "pendaftaran tanpa server", '"register: sip:…", atau contact'
    if not trunk.contact:
        keys = [key for key in OUTGOING if getattr(trunk, key)] if trunk.register_ is None else []
        if keys:
            yield (
                (keys[0],),
                f"{keys[0]} hanya berarti bagi panggilan keluar, dan contact tidak ada",
                '"contact: sip:…"',
            )
        if trunk.qualify:
            yield ("qualify",), "tidak ada yang bisa ditanya: contact tidak ada", '"contact: sip:…"'
    if trunk.realm and not trunk.user:
        yield ("realm",), "realm tanpa user", '"user: …"'
    if len(trunk.contact) > 1 and not trunk.qualify:
        fault = "contact kedua tidak akan dipakai: tanpa qualify tidak ketahuan bahwa yang pertama mati"
        yield ("contact",), fault, '"qualify: 15s"'
    if len(set(trunk.contact)) < len(trunk.contact):
        yield ("contact",), "satu alamat ditulis dua kali", "alamat yang berbeda"


def _of_reserve(trunk: TrunkModel) -> Iterator[Fault]:
    if trunk.reserve and trunk.channels is None:
        yield ("reserve",), "cadangan tanpa jumlah saluran", '"channels: …", jumlah di surat aktivasi'
    elif trunk.channels is not None and trunk.reserve >= trunk.channels:
        fault = f"{trunk.reserve} dari {trunk.channels} saluran dicadangkan: tidak ada panggilan keluar sama sekali"
        yield ("reserve",), fault, f"kurang dari {trunk.channels}"


def doubts(site: AsteriskSite, *, certificate: bool) -> Iterator[tuple[str, str]]:
    """Settings that an earlier version took and that cannot work: each with what was expected."""
    media = site.media_address
    if media and not is_ours(media):
        fault = f"asterisk.media_address {media} bukan alamat komputer ini; suara dikirim dari alamat lain"
        yield fault, "alamat komputer ini; alamat umum di balik NAT: external_media_address dan local_net"
    served = {":" in address for address in (site.sip_bind, site.sip_bind6) if address}
    if (
        certificate
        and any(trunk.tls for trunk in site.trunks)
        and site.sips.verify
        and not Path(site.sips.ca).is_file()
    ):
        yield (
            f"asterisk.sips.ca {site.sips.ca} tidak ada: TLS trunk tidak jalan",
            "berkas sertifikat akar, atau verify: tidak",
        )
    for trunk in site.trunks:
        if not certificate and any(map(is_tls, trunk.contacts)):
            yield f"trunk {quoted(trunk.name)}: {NO_CERTIFICATE}", '"tls: {certificate: …, key: …}", atau contact lain'
        for address in (*trunk.match, *map(host, trunk.contacts)):
            if address and not is_name(address) and (":" in address) not in served:
                family, ours, key = ("6", "4", "sip_bind6") if ":" in address else ("4", "6", "sip_bind IPv4")
                fault = f"{quoted(address)} alamat IPv{family}, dan Asterisk hanya mendengar IPv{ours}"
                yield f"trunk {quoted(trunk.name)}: {fault}", key


def _key(trunk: TrunkModel, *names: str) -> Route:
    """The first of these keys that is written."""
    return next(((name,) for name in names if name in trunk.model_fields_set), ())


def _transport(uri: str) -> str:
    return uri.lower().partition(";transport=")[2].partition(";")[0]


def _within(address: str, networks: list[str]) -> bool:
    own = ipaddress.ip_address(address)
    return own.is_unspecified or any(own in ipaddress.ip_network(network, strict=False) for network in networks)
