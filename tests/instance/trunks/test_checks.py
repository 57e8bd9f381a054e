"""Trunks of site.yaml: what carriers need can be written; what contradicts itself is refused with where, what, why."""

from __future__ import annotations

from pathlib import Path

import pytest

from instance import load
from instance.examination import check
from instance.loader import Instance
from tests.fixtures import Edit

PLACE = "    local:                    # panggilan dari komputer ini sendiri: uji, demo, latihan\n"
TLS = ("console:\n", "tls: {generated: ya}\nconsole:\n")
EVERYTHING = """
    ims:
      match: [192.0.2.10, 192.0.2.64/28, sbc.contoh.co.id]
      contact: ["sip:sbc1.contoh.co.id:5061", "sip:192.0.2.11:5061"]
      transport: tls
      srtp: wajib
      avpf: ya
      user: "+62291112"
      realm: ims.contoh
      register: {server: "sip:ims.contoh", expires: 10m, retry: 15s}
      proxy: "sip:192.0.2.12:5061;transport=tls"
      from_user: "+62291112"
      from_domain: ims.contoh
      contact_user: "62291112"
      caller: "+62291591112"
      asserts: ppi
      number_form: "62"
      qualify: 15s
      rtp_keepalive: 10s
      jitter_buffer: 120ms
      session: {timers: wajib, expires: 15m, least: 2m}
      prack: tidak
      channels: 30
      reserve: 5
      codecs: [alaw, gsm]
"""


def with_trunk(edited: Edit, text: str, *changes: tuple[str, str]) -> Path:
    """An instance with a further trunk of these lines."""
    return edited("site.yaml", (PLACE, f"{text.strip(chr(10))}\n{PLACE}"), *changes)


def faults(home: Path) -> list[str]:
    """Errors without their place."""
    return [str(problem).partition(": ")[2] for problem in check(home) if not problem.warning]


def trunk_of(home: Path) -> Instance:
    """The loaded instance, after the check that nothing is wrong."""
    assert faults(home) == []
    return load(home, secrets=False)


def test_all_that_a_carrier_needs_can_be_written(edited: Edit) -> None:
    """Every option of a trunk is taken, by DNS name, registration and several contacts, too."""
    site = trunk_of(with_trunk(edited, EVERYTHING, TLS)).site.asterisk
    trunk = site.trunks[0]
    assert (trunk.contacts, trunk.channels, trunk.reserve) == (
        ("sip:sbc1.contoh.co.id:5061", "sip:192.0.2.11:5061"),
        30,
        5,
    )
    assert trunk.registration is not None
    assert (trunk.registration.server, trunk.registration.expires_s, trunk.registration.retry_s) == (
        "sip:ims.contoh",
        600,
        15,
    )
    assert (trunk.wire.jitter_ms, trunk.wire.qualify_s, trunk.wire.keepalive_s, trunk.wire.session_s) == (
        120,
        15,
        10,
        900,
    )
    assert (trunk.outgoing.caller, trunk.outgoing.asserts, trunk.outgoing.number_form) == ("+62291591112", "ppi", "62")


def test_nat_and_marks_of_the_site(edited: Edit) -> None:
    """The addresses that the outside sees, our own networks, IPv6 and DSCP."""
    home = edited(
        "site.yaml",
        ("sip_bind: 127.0.0.1", "sip_bind: 10.9.0.2"),
        (
            "  sip_port: 5060",
            "  sip_bind6: '::'\n  external_media_address: 203.0.113.9\n  local_net: [10.9.0.0/16]\n"
            "  dscp: {signalling: cs3, voice: ef, voice_cos: 5}\n  sip_port: 5060",
        ),
    )
    site = trunk_of(home).site.asterisk
    assert (site.nat.signalling, site.nat.media, site.nat.local) == ("203.0.113.9", "203.0.113.9", ("10.9.0.0/16",))
    assert (site.sip_bind6, site.dscp.signalling, site.dscp.voice_cos) == ("::", "cs3", 5)


def test_the_three_examples_that_ship_are_right(edited: Edit) -> None:
    """Without their # they fit the shipped files: IMS with two SBCs, registration, a gateway in the office."""
    home = edited()
    lines = (home / "site.yaml").read_text().splitlines(keepends=True)
    start = next(at for at, line in enumerate(lines) if line.startswith("    # telkom:"))
    end = next(at for at, line in enumerate(lines) if line.startswith("console:"))
    lines[start:end] = [line.replace("    # ", "    ", 1) for line in lines[start:end]]
    (home / "site.yaml").write_text("".join(lines))
    site = trunk_of(home).site.asterisk
    assert [trunk.name for trunk in site.trunks] == ["local", "telkom", "voip", "kantor"]
    assert [len(trunk.contacts) for trunk in site.trunks] == [0, 2, 1, 1]
    assert site.trunks[2].registration is not None


NEEDS_CONTACT = 'hanya berarti bagi panggilan keluar, dan contact tidak ada, diharapkan "contact: sip:…"'
WRONG = [
    (
        "t1: {match: [192.0.2.1], contact: sip:192.0.2.1, transport: tls}",
        "TLS memerlukan sertifikat, dan site.yaml tidak ",
    ),
    (
        't1: {match: [192.0.2.1], contact: "sip:192.0.2.1;transport=tcp", transport: udp}',
        "alamat ini memakai tcp, transport udp, diharapkan satu transport saja",
    ),
    ("t1: {match: [192.0.2.1], srtp: wajib}", "kunci SRTP dikirim tanpa TLS: siapa pun di jaringan bisa membacanya"),
    (
        "t1: {match: [192.0.2.1], contact: [sip:192.0.2.1, sip:192.0.2.2]}",
        "contact kedua tidak akan dipakai",
    ),
    ("t1: {match: [192.0.2.1], contact: [sip:a.co, sip:a.co], qualify: 9s}", "satu alamat ditulis dua kali"),
    ("t1: {match: [192.0.2.1], register: sip:ims.contoh}", "pendaftaran tanpa user"),
    ("t1: {match: [192.0.2.1], user: a, register: {expires: 1h}}", "pendaftaran tanpa server"),
    ("t1: {match: [192.0.2.1], caller: 0291112}", f"caller {NEEDS_CONTACT}"),
    ("t1: {match: [192.0.2.1], qualify: 30s}", "tidak ada yang bisa ditanya: contact tidak ada"),
    ("t1: {contact: sip:192.0.2.1}", "tanpa match: panggilan dari operator ini tidak dikenali"),
    ("t1: {match: [192.0.2.1], reserve: 2}", "cadangan tanpa jumlah saluran"),
    (
        "t1: {match: [192.0.2.1], channels: 4, reserve: 4}",
        "4 dari 4 saluran dicadangkan: tidak ada panggilan",
    ),
    (
        "t1: {match: [192.0.2.1], session: {expires: 90s, least: 2m}}",
        "sesi 90 detik lebih pendek daripada least",
    ),
    ("t1: {match: [192.0.2.1], contact: sip:192.0.2.1, realm: x}", "realm tanpa user"),
    ("t1: {match: [192.0.2.1], number_form: 062}", '"062" tidak dikenal, diharapkan'),
    ("t1: {match: [192.0.2.1], password: rahasia}", 'kunci "password" tidak dikenal'),
]


@pytest.mark.parametrize(("trunk", "sentence"), WRONG)
def test_a_contradiction_is_refused(edited: Edit, trunk: str, sentence: str) -> None:
    """One sentence at the trunk's line; nothing else is complained of."""
    home = with_trunk(edited, f"    {trunk}")
    (problem,) = [problem for problem in check(home) if not problem.warning]
    assert sentence in str(problem)
    assert problem.line == (home / "site.yaml").read_text().partition("    t1: ")[0].count("\n") + 1


OF_SITE = [
    (
        "external_media_address: 203.0.113.9",
        "alamat luar tanpa local_net: telepon kantor juga akan",
    ),
    ("local_net: [10.0.0.0/8]", "local_net tanpa alamat luar"),
    (
        "external_media_address: 203.0.113.9\n  local_net: [10.0.0.0/8]",
        "alamat komputer ini (127.0.0.1) tidak ada",
    ),
    ("external_media_address: 127.0.0.1\n  local_net: [127.0.0.0/8]", "sama dengan alamat komputer ini: tidak ada NAT"),
    ("external_media_address: 2001:db8::1\n  local_net: [127.0.0.0/8]", "NAT hanya ada di IPv4"),
    ("sip_bind6: 10.0.0.1", "10.0.0.1 bukan alamat IPv6"),
    ("dscp: {voice: efx}", '"efx" tidak dikenal, diharapkan "ef"'),
]


@pytest.mark.parametrize(("lines", "sentence"), OF_SITE)
def test_a_contradiction_of_the_site_is_refused(edited: Edit, lines: str, sentence: str) -> None:
    """Addresses that the outside sees, our networks, families and marks."""
    (fault,) = faults(edited("site.yaml", ("  sip_port: 5060", f"  {lines}\n  sip_port: 5060")))
    assert sentence in fault


EARLIER = [
    (
        "    local:  ",
        "    t1: {match: [192.0.2.1], contact: sips:192.0.2.1}\n    local:  ",
        "TLS memerlukan sertifikat",
    ),
    (
        "    local:  ",
        "    t1: {match: ['2001:db8::1']}\n    local:  ",
        "alamat IPv6, dan Asterisk hanya mendengar IPv4",
    ),
    (
        "  sip_port: 5060",
        "  media_address: 203.0.113.9\n  sip_port: 5060",
        "asterisk.media_address 203.0.113.9 bukan alamat komputer ini; suara dikirim dari alamat lain",
    ),
]


@pytest.mark.parametrize(("before", "after", "sentence"), EARLIER)
def test_what_0_1_took_still_starts_and_is_said(edited: Edit, before: str, after: str, sentence: str) -> None:
    """A warning: an instance that ran before must start."""
    home = edited("site.yaml", (before, after))
    assert faults(home) == []
    assert [sentence in str(problem) for problem in check(home) if problem.file == "site.yaml"] == [True]
