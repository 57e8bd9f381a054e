"""Checks across keys and files, made on the bare data so that other errors do not hide it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from instance.problems import one_of, quoted
from instance.yaml_marks import Document, Route


def group(value: Any) -> dict[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """The value as a list: a list itself, an empty one for nothing, else a list of this value alone."""
    return value if isinstance(value, list) else [] if value is None else [value]


def check_routing(document: Document, kecamatan: Iterable[str]) -> None:
    """Check that every name in routing.yaml is defined, every OPD is reached, and the fallback has no condition."""
    data = group(document.data)
    opds, categories = list(group(data.get("opds"))), list(group(data.get("categories")))
    for route, name in _opd_uses(data):
        known(document, route, name, opds, "OPD")
    for condition, noun, names in (("category", "kategori", categories), ("kecamatan", "kecamatan", list(kecamatan))):
        for route, value in _rule_values(data, condition):
            known(document, route, value, names, noun)
    for code, opd in group(data.get("opds")).items():
        for key in ("ladder", "complaint_ladder"):
            known(document, ("opds", code, key), group(opd).get(key), list(group(data.get("ladders"))), "tangga")
    known(document, ("duty",), data.get("duty"), contact_names(data), "kontak")
    _check_stand_ins(document, data)
    _check_fallback(document, data)
    _check_used(document, data)
    _check_rules(document, data)
    _check_roles(document, data)
    for audience, step in group(data.get("unsent")).items():
        for name in group(group(step).get("notify")):
            known(document, ("unsent", audience, "notify", name), name, contact_names(data), "kontak", key=True)


def _check_stand_ins(document: Document, data: dict[str, Any]) -> None:
    """Check that each stand-in is a contact, and not the contact itself."""
    names = contact_names(data)
    places: list[tuple[Route, str | None, Any]] = [
        (("contacts", name), None, stand_ins) for name, stand_ins in group(data.get("contacts")).items()
    ]
    for code, opd in group(data.get("opds")).items():
        roles = group(group(opd).get("contacts")).items()
        places += [(("opds", code, "contacts", role), code, stand_ins) for role, stand_ins in roles]
    for route, opd_code, stand_ins in places:
        code = opd_code or ""
        own = f"{code}.{route[-1]}" if code else str(route[-1])
        for at, name in enumerate(items(group(stand_ins).get("stand_in"))):
            place: Route = (
                (*route, "stand_in", at) if isinstance(group(stand_ins)["stand_in"], list) else (*route, "stand_in")
            )
            if name in (own, route[-1]):
                document.complain(place, f"kontak {quoted(own)} menggantikan dirinya sendiri", "kontak yang lain")
            elif f"{code}.{name}" not in names:
                roles_here = [contact.split(".")[1] for contact in names if code and contact.startswith(f"{code}.")]
                known(document, place, name, [*roles_here, *names], "kontak pengganti")


def contact_names(data: dict[str, Any]) -> list[str]:
    """All contacts: the global ones by name, those of an OPD as opd.role."""
    own = [
        f"{code}.{role}" for code, opd in group(data.get("opds")).items() for role in group(group(opd).get("contacts"))
    ]
    return [*group(data.get("contacts")), *own]


def known(document: Document, route: Route, name: object, names: list[str], noun: str, *, key: bool = False) -> None:
    """Complain of a name that is none of `names`; `key`: it stands before a colon."""
    if isinstance(name, str) and name not in names:
        document.complain(route, f"{noun} {quoted(name)} tidak ada", one_of(name, names), key=key)


def _opd_uses(data: dict[str, Any]) -> Iterator[tuple[Route, str]]:
    lists: list[tuple[Route, Any]] = [(("fallback",), data.get("fallback"))]
    lists += [
        (("categories", code, "opds"), group(item).get("opds")) for code, item in group(data.get("categories")).items()
    ]
    for at, rule in enumerate(items(data.get("rules"))):
        lists += [(("rules", at, key), group(rule).get(key)) for key in ("opds", "add")]
    for route, value in lists:
        for at, name in enumerate(items(value)):
            if isinstance(name, str):
                yield (*route, at), name


def _rule_values(data: dict[str, Any], condition: str) -> Iterator[tuple[Route, object]]:
    for at, rule in enumerate(items(data.get("rules"))):
        for index, name in enumerate(items(group(group(rule).get("when")).get(condition))):
            yield ("rules", at, "when", condition, index), name


def _check_fallback(document: Document, data: dict[str, Any]) -> None:
    if isinstance(data.get("fallback"), dict):
        document.complain(("fallback",), "tujuan cadangan (fallback) tidak boleh bersyarat", "daftar kode OPD saja")


def _check_used(document: Document, data: dict[str, Any]) -> None:
    used = {name for _, name in _opd_uses(data)}
    for code, opd in group(data.get("opds")).items():
        by_hand = str(group(opd).get("manual", "")).lower() in ("true", "ya", "yes", "on")
        if code not in used and not by_hand:
            fault = f"OPD {quoted(code)} tidak terjangkau: tidak ada kategori, aturan atau fallback yang menujunya"
            document.complain(("opds", code), fault, "sebuah kategori yang menujunya, atau manual: true", key=True)


def _check_rules(document: Document, data: dict[str, Any]) -> None:
    for at, rule in enumerate(items(data.get("rules"))):
        if isinstance(rule, dict) and not (items(rule.get("opds")) or items(rule.get("add"))):
            document.complain(("rules", at), "aturan ini tidak mengubah apa pun", '"opds: …" atau "add: …"')
        if isinstance(rule, dict) and "when" in rule and not group(rule.get("when")):
            document.complain(("rules", at, "when"), "aturan tanpa syarat", "category, kind atau kecamatan", key=True)


def _check_roles(document: Document, data: dict[str, Any]) -> None:
    """Check that ladders name roles of some OPD or contacts above, and that no role hides such a contact."""
    above = list(group(data.get("contacts")))
    roles = sorted({name.split(".")[1] for name in contact_names(data) if "." in name})
    for ladder, steps in group(data.get("ladders")).items():
        for at, step in enumerate(items(steps)):
            for name in group(group(step).get("notify")):
                if name not in above and name not in roles:
                    route = ("ladders", ladder, at, "notify", name)
                    fault = f"peran atau kontak {quoted(name)} tidak ada"
                    document.complain(route, fault, one_of(name, [*roles, *above]), key=True)
    for code, opd in group(data.get("opds")).items():
        for role in group(group(opd).get("contacts")):
            if role in above:
                place = ("opds", code, "contacts", role)
                document.complain(place, f"{quoted(role)} sudah nama kontak umum", "nama peran yang lain", key=True)
