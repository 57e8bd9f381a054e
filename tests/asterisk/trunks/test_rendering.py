"""Trunks in Asterisk's files: 0.1's as they were, and each option of a carrier as the lines that Asterisk reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from asterisk.errors import RenderError
from asterisk.render import render
from asterisk.site import AsteriskSecrets, AsteriskSite
from instance import load, secrets_file
from tests.asterisk.test_render import HOURS, PATHS
from tests.fixtures import Edit
from tests.instance.trunks.test_checks import EVERYTHING, PLACE, TLS, with_trunk

HERE = Path(__file__).parent
EARLIER = (
    PLACE,
    "    telkom:\n      match: [192.0.2.10, 192.0.2.0/28]\n      codecs: [alaw, ulaw, g722]\n"
    '      contact: "sip:192.0.2.10:5060;transport=tcp"\n',
)
PASSWORD = "k;ata"


def rendered(home: Path, **changes: object) -> dict[str, str]:
    """Asterisk's files of the instance, with a password for each trunk."""
    site = load(home, secrets=False).site.asterisk
    secrets = AsteriskSecrets("ari", "ami", {trunk.name: PASSWORD for trunk in site.trunks})
    site = replace(site, **{"certificate": "/srv/a.pem", "key": "/srv/a.key"} | changes)
    return render(site, (), secrets, HOURS, PATHS)


def section(text: str, name: str, kind: str) -> list[str]:
    """Lines of the section of this name and type; an endpoint has its type from a template."""
    parts = [part.splitlines() for part in text.split("\n\n")]
    head = f"[{name}](trunk)" if kind == "endpoint" else f"[{name}]"
    (lines,) = [part[1:] for part in parts if part[0] == head and (kind == "endpoint" or f"type={kind}" in part)]
    return lines


def test_a_site_of_0_1_is_rendered_as_before(edited: Edit) -> None:
    """Not a line more, not a line less: transports, endpoints, contacts, addresses."""
    home = edited("site.yaml", (PLACE, EARLIER[1] + PLACE), ("sip_bind: 127.0.0.1", "sip_bind: 10.0.0.5"), TLS)
    files = rendered(home)
    assert files["pjsip.conf"] == (HERE / "golden-pjsip.conf").read_text()
    (telkom, local) = (HERE / "golden-trunks.conf").read_text().split("[trunk-telkom](trunk)")[::-1]
    text = files["pjsip-endpoints.conf"]
    assert text[text.index("[trunk-telkom](trunk)") :].rstrip() == f"[trunk-telkom](trunk){telkom}{local}".rstrip()
    assert "res_pjsip_outbound_registration" not in files["modules.conf"]
    assert "res_resolver_unbound" not in files["modules.conf"]


def test_everything_of_a_carrier(edited: Edit) -> None:
    """Registration, password, proxy, contacts in order, encryption, timers, keepalive, jitter buffer."""
    files = rendered(with_trunk(edited, EVERYTHING, TLS))
    text = files["pjsip-endpoints.conf"]
    assert section(text, "trunk-ims", "endpoint") == [
        "allow=alaw,gsm",
        "outbound_auth=trunk-ims",
        "outbound_proxy=sip:192.0.2.12:5061\\;transport=tls\\;lr",
        "from_user=+62291112",
        "from_domain=ims.contoh",
        "contact_user=62291112",
        "media_encryption=sdes",
        "media_encryption_optimistic=no",
        "use_avpf=yes",
        "rtp_keepalive=10",
        "set_var=JITTERBUFFER(adaptive)=120",
        "timers=required",
        "timers_sess_expires=900",
        "timers_min_se=120",
        "100rel=no",
        "aors=trunk-ims,trunk-ims-2",
    ]
    asked = ["qualify_frequency=15", "qualify_timeout=3.0", "outbound_proxy=sip:192.0.2.12:5061\\;transport=tls\\;lr"]
    first, second = "sip:sbc1.contoh.co.id:5061\\;transport=tls", "sip:192.0.2.11:5061\\;transport=tls"
    assert section(text, "trunk-ims", "aor") == ["type=aor", f"contact={first}", *asked]
    assert section(text, "trunk-ims-2", "aor") == ["type=aor", f"contact={second}", *asked]
    assert "password=k\\;ata" in section(text, "trunk-ims", "auth")
    held = section(text, "trunk-ims", "registration")
    assert held[1:4] == [
        "server_uri=sip:ims.contoh\\;transport=tls",
        "client_uri=sip:+62291112@ims.contoh",
        "contact_user=62291112",
    ]
    assert {"expiration=600", "retry_interval=15", "auth_rejection_permanent=no", "max_retries=1000000"} <= set(held)
    assert "srv_lookups=yes" in section(text, "trunk-ims", "identify")
    for module in ("res_pjsip_outbound_registration", "res_resolver_unbound", "codec_gsm"):
        assert f"load={module}.so\n" in files["modules.conf"]
    assert "\n[trunk-tls]\ntype=transport\nprotocol=tls\nbind=127.0.0.1:5061\n" in files["pjsip.conf"]
    assert PASSWORD not in "".join(text for name, text in files.items() if name != "pjsip-endpoints.conf")


def test_without_a_certificate_there_is_no_tls_and_everything_else_goes_on(edited: Edit) -> None:
    """A certificate that cannot be made takes the trunk's TLS, not the line."""
    files = rendered(with_trunk(edited, EVERYTHING, TLS), certificate="", key="")
    assert "protocol=tls" not in files["pjsip.conf"]
    assert "[trunk-local](trunk)" in files["pjsip-endpoints.conf"]


def test_addresses_that_the_outside_sees_and_ipv6(edited: Edit) -> None:
    """Transports name what a NAT shows; those of IPv6 have brackets, and a trunk of IPv6 gets RTP of IPv6."""
    home = edited(
        "site.yaml",
        ("sip_bind: 127.0.0.1", "sip_bind: 10.0.0.5"),
        (
            "  sip_port: 5060",
            "  sip_bind6: 2001:db8::5\n  external_media_address: 203.0.113.9\n  local_net: [10.0.0.0/8]\n"
            "  dscp: {signalling: cs3, voice: ef, voice_cos: 5}\n  sip_port: 5060",
        ),
        (PLACE, f"    enam: {{match: ['2001:db8::10'], contact: 'sip:[2001:db8::10]:5060'}}\n{PLACE}"),
    )
    files = rendered(home)
    outside = (
        "external_signaling_address=203.0.113.9\nexternal_media_address=203.0.113.9\nlocal_net=10.0.0.0/8\ntos=cs3\n"
    )
    assert f"[udp]\ntype=transport\nprotocol=udp\nbind=10.0.0.5:5060\n{outside}" in files["pjsip.conf"]
    six = "[trunk-udp6]\ntype=transport\nprotocol=udp\nbind=[2001:db8::5]:5060\ntos=cs3\n\n"
    assert six in files["pjsip.conf"]
    text = files["pjsip-endpoints.conf"]
    assert section(text, "trunk-enam", "endpoint")[1:4] == [
        "rtp_ipv6=yes",
        "media_address=2001:db8::5",
        "bind_rtp_to_media_address=yes",
    ]
    assert "tos_audio=ef\ncos_audio=5\n" in text


def test_a_media_address_that_is_not_ours_is_announced_and_not_bound(edited: Edit) -> None:
    """Bound to it, Asterisk would refuse every call with 488."""
    home = edited("site.yaml", ("  sip_port: 5060", "  media_address: 203.0.113.9\n  sip_port: 5060"))
    text = rendered(home, media_is_ours=False)["pjsip-endpoints.conf"]
    assert "media_address=203.0.113.9\n" in text
    assert "bind_rtp_to_media_address" not in text


def test_a_codec_that_this_asterisk_cannot_carry_is_not_offered(edited: Edit, tmp_path: Path) -> None:
    """With it alone callers would be answered and hear nothing: those that are always there stand in."""
    text = "    aa: {match: [192.0.2.1], codecs: [opus]}\n    bb: {match: [192.0.2.2], codecs: [g722, gsm, opus]}"
    site = load(with_trunk(edited, text), secrets=False).site.asterisk
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "codec_gsm.so").touch()
    files = render(site, (), AsteriskSecrets("a", "b"), HOURS, PATHS, modules)
    assert section(files["pjsip-endpoints.conf"], "trunk-aa", "endpoint")[0] == "allow=alaw,ulaw"
    assert section(files["pjsip-endpoints.conf"], "trunk-bb", "endpoint")[0] == "allow=g722,gsm"
    assert "codec_gsm" in files["modules.conf"]


def test_a_word_that_would_end_its_line_is_refused(edited: Edit) -> None:
    """Whatever built the site."""
    site: AsteriskSite = load(with_trunk(edited, EVERYTHING, TLS), secrets=False).site.asterisk
    trunk = site.trunks[0]
    for outgoing in (replace(trunk.outgoing, user="a]\n[b"), replace(trunk.outgoing, proxy="sip:x y")):
        with pytest.raises(RenderError, match="tidak bisa dipakai"):
            render(
                replace(site, trunks=(replace(trunk, outgoing=outgoing),)), (), AsteriskSecrets("a", "b"), HOURS, PATHS
            )


def test_a_password_of_a_trunk_is_kept_beside_the_others(tmp_path: Path) -> None:
    """It survives new ones of ours, it is no part of any repr, and it can be forgotten."""
    secrets_file.keep_trunk(tmp_path, "ims", PASSWORD)
    secrets_file.rotate(tmp_path, ("ari_password",))
    known = secrets_file.ensure(tmp_path, ("damkar1",))
    assert known.trunks == {"ims": PASSWORD}
    assert PASSWORD not in repr(known) + repr(AsteriskSecrets("a", "b", known.trunks))
    assert (tmp_path / "var" / "secrets.json").stat().st_mode & 0o077 == 0
    assert secrets_file.keep_trunk(tmp_path, "ims", None).trunks == {}
    assert "trunks" not in (tmp_path / "var" / "secrets.json").read_text()
