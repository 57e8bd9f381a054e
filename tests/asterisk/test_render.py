"""The configuration files: what is in them, what is refused, and how they reach the disk."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from asterisk.errors import AsteriskError, RenderError
from asterisk.render import render, write
from asterisk.site import AsteriskPaths, AsteriskSecrets, AsteriskSite, FailsafeHours, SipAccount, Trunk

KINDS = ("etc", "run", "spool", "db", "log", "lib", "prompts_dir", "moh_dir", "data_dir", "modules_dir")
PATHS = AsteriskPaths(*(Path("/srv/tanggap/var/asterisk") / kind for kind in KINDS))
SITE = AsteriskSite(
    "10.0.0.5", 5060, 8088, 5038, 4573, 10000, 10999, ("112", "0291112"), (Trunk("telkom", ("10.1.1.1",)),)
)
HOURS = FailsafeHours("Asia/Jakarta", (((420, 1260),),) * 6 + ((),), {date(2026, 12, 25): ((0, 120), (480, 720))})
OPERATOR = SipAccount("op-sari", "s3;cret", 'Sari "A" <B>', "operator")
DESK = SipAccount("damkar1", "x", "Damkar", "desk")
UNFIT = "tidak bisa dipakai; yang diharapkan"
A_NAME = "huruf di depan, lalu huruf, angka, titik, garis"
UNWRITABLE = "tidak bisa ditulis ke konfigurasi Asterisk"
SECRETS = AsteriskSecrets("ari-pw", "ami-pw")


def files(
    site: AsteriskSite = SITE, *accounts: SipAccount, hours: FailsafeHours = HOURS, paths: AsteriskPaths = PATHS
) -> dict[str, str]:
    """The rendered files; two accounts unless others are given."""
    return render(site, accounts or (OPERATOR, DESK), SECRETS, hours, paths)


def test_phones_and_trunks() -> None:
    """A trunk is known by address, a phone by name and password; values cannot break out of their line."""
    text = files()["pjsip-endpoints.conf"]
    assert "[trunk-telkom]\ntype=identify\nendpoint=trunk-telkom\nsrv_lookups=no\nmatch=10.1.1.1\n" in text
    assert "username=op-sari\npassword=s3\\;cret\n" in text
    assert 'callerid="Sari A B" <op-sari>\n' in text
    assert "media_address=10.0.0.5\nbind_rtp_to_media_address=yes\n" in text
    assert "anonymous" not in text
    assert "bind=10.0.0.5:5060\n" in files()["pjsip.conf"]


def test_wildcard_bind_leaves_the_media_address_to_asterisk() -> None:
    """0.0.0.0 is never announced; a media address given by hand is."""
    assert "media_address" not in files(replace(SITE, sip_bind="0.0.0.0"))["pjsip-endpoints.conf"]
    given = files(replace(SITE, sip_bind="0.0.0.0", media_address="203.0.113.9"))
    assert "media_address=203.0.113.9\n" in given["pjsip-endpoints.conf"]


def test_failsafe_dials_operators_not_desks() -> None:
    """The dialplan knows all operators; without any it goes on to the recording."""
    text = files()["extensions.conf"]
    assert "?PJSIP/op-sari:${TANGGAP_DIAL}),20,m(default)iU(" in text.replace("})},20", "}),20")
    assert "Dial(" not in files(SITE, DESK)["extensions.conf"]
    assert [line for line in text.splitlines() if line.startswith("exten => 0291112")] == [
        "exten => 0291112,1,Goto(line,s,1)",
    ]


def test_a_trunk_may_dial_anything() -> None:
    """One pattern for all that a trunk dials, and the rows that name its caller are read, cut and encoded."""
    text = files()["extensions.conf"]
    assert "[from-trunk]\nexten => _[!-~]!,1,Goto(line,s,1)\n" in text
    lines = [line for line in text.splitlines() if "Set(TANGGAP_IDENTITY=" in line]
    assert "&from=${URIENCODE(${PJSIP_HEADER(read,From,1):0:300})})" in lines[0]
    asserted = "pai=${URIENCODE(${PJSIP_HEADER(read,P-Asserted-Identity,%d):0:300})}"
    assert lines[1].endswith(f"&{asserted % 1}&{asserted % 2})")
    # what did not come is not asked for
    assert ' same => n(pai),GotoIf($["${TANGGAP_HEADERS}" =~ ",P-ASSERTED-IDENTITY,|,,"]?:rpid)\n' in text
    assert ' same => n(history),GotoIf($["${TANGGAP_HEADERS}" =~ ",HISTORY-INFO,|,,"]?:place)\n' in text
    assert max(map(len, text.splitlines())) < 500


def test_hours_in_the_dialplan() -> None:
    """Each weekday and each date that differs has its own line."""
    text = files()["extensions.conf"]
    assert "exten => d1,1,Return($[(${TANGGAP_MINUTE} >= 420 & ${TANGGAP_MINUTE} < 1260)])\n" in text
    assert "exten => d7,1,Return(0)\n" in text
    both = "(${TANGGAP_MINUTE} >= 0 & ${TANGGAP_MINUTE} < 120) | (${TANGGAP_MINUTE} >= 480 & ${TANGGAP_MINUTE} < 720)"
    assert f"exten => 20261225,1,Return($[{both}])\n" in text


def test_no_message_after_hours() -> None:
    """Without a message the call ends after the prompt."""
    text = files(hours=replace(HOURS, leave_message=False))["extensions.conf"]
    assert "tutup-jam)\n same => n,Goto(done)\n" in text


def test_modules_that_are_missing_are_left_out(tmp_path: Path) -> None:
    """An older Asterisk is not asked for what it does not have."""
    (tmp_path / "chan_pjsip.so").touch()
    text = render(SITE, (), SECRETS, HOURS, PATHS, tmp_path)["modules.conf"]
    assert text == "[modules]\nautoload=no\nload=chan_pjsip.so\n"


def test_passwords_are_nowhere_else() -> None:
    """Only the files that are made unreadable for others hold a password."""
    names = {name for name, text in files().items() if re.search(r"ari-pw|ami-pw|s3", text)}
    assert names == {"ari.conf", "manager.conf", "pjsip-endpoints.conf"}
    assert "s3" not in repr(OPERATOR) and "ari-pw" not in repr(SECRETS)


@pytest.mark.parametrize(
    ("site", "account", "text"),
    [
        (replace(SITE, numbers=("112,1",)), OPERATOR, f"Nomor layanan '112,1' {UNFIT}: angka saja"),
        (SITE, replace(OPERATOR, name="op sari"), f"Nama akun SIP 'op sari' {UNFIT}: {A_NAME}"),
        (SITE, replace(OPERATOR, name="trunk-x"), "Nama akun SIP 'trunk-x' tidak boleh diawali «trunk-»"),
        (SITE, replace(OPERATOR, password="a\n[x]"), "Tanda kendali di 'a\\n[x]' " + UNWRITABLE),
        (SITE, DESK, "Nama 'damkar1' dipakai dua kali untuk telepon atau trunk"),
        (replace(SITE, sip_bind="10.0.0.5;x"), OPERATOR, f"Alamat '10.0.0.5;x' {UNFIT}: alamat IP atau jaringan"),
    ],
)
def test_refused(site: AsteriskSite, account: SipAccount, text: str) -> None:
    """A value that Asterisk would misread is refused with a sentence."""
    with pytest.raises(RenderError) as error:
        files(site, account, DESK)
    assert str(error.value) == text


def test_refused_path() -> None:
    """A comma in the instance's path would end an argument in the dialplan."""
    with pytest.raises(RenderError, match="Folder '/srv/a,b' tidak bisa dipakai"):
        files(paths=replace(PATHS, prompts_dir=Path("/srv/a,b")))


def test_write_names_what_changed(tmp_path: Path) -> None:
    """Only files that differ are written; those with passwords are for us alone."""
    etc = tmp_path / "etc"
    assert len(write(files(), etc)) == len(files())
    assert write(files(), etc) == []
    assert write(files(SITE, OPERATOR), etc) == ["pjsip-endpoints.conf"]
    modes = {path.name: path.stat().st_mode & 0o777 for path in etc.iterdir()}
    assert {name for name, mode in modes.items() if mode == 0o600} == {
        "ari.conf",
        "manager.conf",
        "pjsip-endpoints.conf",
        "prometheus.conf",
    }
    assert etc.stat().st_mode & 0o777 == 0o700
    assert sorted(modes) == sorted(files())


def test_full_disk_leaves_everything_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file that does not fit leaves all unchanged, and nothing half-written."""
    write(files(), tmp_path)
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}
    left = [3]

    def full(descriptor: int) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    changed = {name: text + "; x\n" for name, text in files().items()}
    with pytest.raises(AsteriskError, match=r"tidak bisa ditulis di .*: No space left on device"):
        write(changed, tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == before


def test_wss_is_there_with_a_certificate_alone() -> None:
    """Its own port and transport; the metrics, which anybody could reach there, ask for a password then."""
    plain = files()
    assert "tlsenable" not in plain["http.conf"]
    assert "wss" not in plain["pjsip.conf"]
    assert "auth_" not in plain["prometheus.conf"]
    tls = files(replace(SITE, wss_port=8089, certificate="/srv/112/full.pem", key="/srv/112/key.pem"))
    assert "tlsenable=yes\ntlsbindaddr=10.0.0.5:8089\ntlscertfile=/srv/112/full.pem\n" in tls["http.conf"]
    assert "[wss]\ntype=transport\nprotocol=wss\nbind=10.0.0.5:8089\n\n#include" in tls["pjsip.conf"]
    assert "auth_username=tanggap\nauth_password=ari-pw\n" in tls["prometheus.conf"]
    with pytest.raises(RenderError, match="Berkas '/srv/a;b.pem' " + UNFIT):
        files(replace(SITE, wss_port=8089, certificate="/srv/a;b.pem", key="/srv/112/key.pem"))
