"""Reads and writes var/secrets.json: an instance's generated passwords and keys, readable by its owner alone."""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from instance.problems import ConfigErrors, Problem, reason

KEYS = ("ari_password", "ami_password", "session_key")
# keys that a file of an earlier version lacks: they are added to it
LATER_KEYS = ("number_key", "link_key", "wadul_key", "push_key")
NAME = "var/secrets.json"
ACCOUNT = re.compile(r"[a-z][a-z0-9_-]{1,30}")


@dataclass(frozen=True, slots=True)
class Secrets:
    """Generated passwords, and those of trunks as their carriers gave them; the repr shows none of them.

    `number_key` hashes numbers that were erased, `link_key` signs one-time links, `wadul_key` messages to and
    from the government's own application for complaints, `push_key` web pushes."""

    ari_password: str = field(repr=False)
    ami_password: str = field(repr=False)
    session_key: str = field(repr=False)
    sip: Mapping[str, str] = field(default_factory=dict, repr=False)
    number_key: str = field(default="", repr=False)
    link_key: str = field(default="", repr=False)
    wadul_key: str = field(default="", repr=False)
    push_key: str = field(default="", repr=False)
    trunks: Mapping[str, str] = field(default_factory=dict, repr=False)


NO_SECRETS = Secrets("", "", "")


def path(home: Path) -> Path:
    """The file of an instance's secrets."""
    return home / NAME


def read(home: Path) -> Secrets | None:
    """Read the secrets; None when there are none yet, ConfigErrors when the file is damaged."""
    try:
        raw = path(home).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _broken(f"berkas tidak bisa dibaca ({reason(error)})") from None
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        raise _broken("isinya bukan JSON yang benar") from None
    return _checked(data)


def present(home: Path, known: Secrets) -> Secrets:
    """Read the secrets anew; `known` where that fails."""
    try:
        return read(home) or known
    except ConfigErrors:
        return known


def ensure(home: Path, accounts: tuple[str, ...] = ()) -> Secrets:
    """Read the secrets, and generate missing ones, among them a SIP password for each of `accounts`.

    Several processes may do so at once. A damaged file raises ConfigErrors and stays as it is."""
    for account in accounts:
        if not ACCOUNT.fullmatch(account):
            raise ValueError(f"akun SIP {account!r} tidak sah, diharapkan huruf kecil, angka, - dan _, diawali huruf")
    try:
        path(home).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path(home).parent.chmod(0o700)
        with _locked(path(home).with_suffix(".lock")):
            return _ensure(home, accounts)
    except OSError as error:
        raise _broken(f"berkas tidak bisa ditulis ({reason(error)})", "folder var yang bisa ditulisi") from None


def sip_password(home: Path, account: str) -> str:
    """The SIP password of one account, generated on first demand."""
    return ensure(home, (account,)).sip[account]


def rotate(home: Path, names: Sequence[str] = (), accounts: Sequence[str] = ()) -> Secrets:
    """Generate new secrets for these keys and SIP accounts; the others stay. Written completely or not at all."""
    with _locked(path(home).with_suffix(".lock")):
        known = _ensure(home, ())
        sip = {**known.sip, **{account: _sip_generated() for account in accounts}}
        changed: dict[str, Any] = {name: _generated() for name in names}
        fresh = replace(known, sip=sip, **changed)
        _write(path(home), fresh)
        return fresh


def keep_trunk(home: Path, trunk: str, password: str | None) -> Secrets:
    """Keep the password that a carrier gave for a trunk; None forgets it."""
    path(home).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(path(home).with_suffix(".lock")):
        known = _ensure(home, ())
        trunks = {name: word for name, word in known.trunks.items() if name != trunk}
        fresh = replace(known, trunks=trunks | ({trunk: password} if password is not None else {}))
        _write(path(home), fresh)
        return fresh


def _ensure(home: Path, accounts: tuple[str, ...]) -> Secrets:
    saved = read(home)
    known = saved or Secrets(_generated(), _generated(), _generated())
    missing = {account: _sip_generated() for account in accounts if account not in known.sip}
    later: dict[str, Any] = {key: getattr(known, key) or _generated() for key in LATER_KEYS}
    complete = replace(known, sip={**known.sip, **missing}, **later)
    if complete != saved:
        _write(path(home), complete)
    elif path(home).stat().st_mode & 0o077:
        path(home).chmod(0o600)
    return complete


def _generated() -> str:
    return secrets.token_urlsafe(32)


def _sip_generated() -> str:
    return secrets.token_urlsafe(18)


def _write(target: Path, secrets: Secrets) -> None:
    data = {key: getattr(secrets, key) for key in (*KEYS, *LATER_KEYS)} | {"sip": dict(secrets.sip)}
    if secrets.trunks:  # a file without trunks stays one that earlier versions read
        data["trunks"] = dict(secrets.trunks)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".secrets-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(data, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


@contextmanager
def _locked(lock: Path) -> Iterator[None]:
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _checked(data: Any) -> Secrets:
    if not isinstance(data, dict) or not all(isinstance(data.get(key, {}), dict) for key in ("sip", "trunks")):
        raise _broken("susunannya tidak dikenal")
    for key in (*KEYS, *(key for key in LATER_KEYS if key in data)):
        if not isinstance(data.get(key), str) or len(data[key]) < 16:
            raise _broken(f'"{key}" tidak ada atau terlalu pendek')
    sip, trunks = data.get("sip", {}), data.get("trunks", {})
    for account, password in (*sip.items(), *trunks.items()):
        if not ACCOUNT.fullmatch(account) or not isinstance(password, str) or not password:
            raise _broken("ada akun SIP, trunk atau kata sandinya yang tidak sah")
    passwords = (data["ari_password"], data["ami_password"], data["session_key"])
    return Secrets(*passwords, sip=dict(sip), trunks=dict(trunks), **{key: data.get(key, "") for key in LATER_KEYS})


def _broken(fault: str, expected: str = "") -> ConfigErrors:
    hint = expected or "berkas yang dibuat program; pulihkan dari cadangan, atau hapus agar dibuat baru"
    return ConfigErrors([Problem(NAME, 0, 0, fault, hint)])
