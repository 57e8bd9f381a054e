"""Loads an instance's three YAML files and secrets, all of them or, when anything is wrong, none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from instance import build, holiday, secrets_file
from instance.coverage_checks import check_coverage
from instance.ladders import Reach, check_ladders
from instance.menu_checks import check_menus
from instance.problems import ConfigErrors, Problem, one_of, quoted
from instance.references import check_routing, group, items
from instance.scalars import DAY_NAMES
from instance.schema.files import PlacesFile
from instance.schema.hours import HoursFile
from instance.schema.routing import RoutingFile
from instance.schema.site import SiteFile
from instance.secrets_file import NO_SECRETS, Secrets
from instance.site import Site
from instance.site_checks import check_site
from instance.trunks.checks import doubts
from instance.validate import validated
from instance.yaml_marks import Document, read
from ivr.hours import Hours
from ivr.state import Script
from tickets.complaints.states import Terms
from tickets.places import Places
from tickets.routing import Contact, Routing, desk_accounts, is_placeholder
from voice.languages import spoken

__all__ = ["ConfigErrors", "Instance", "Problem", "Secrets", "Site", "load", "warnings"]

REPOSITORY = Path(__file__).resolve().parents[1]
PROMPTS = REPOSITORY / "ivr" / "prompts.yaml"
FILES = ("routing.yaml", "hours.yaml", "site.yaml")
# name of the places file among an instance's texts, whatever site.yaml calls it
PLACES = "places.yaml"


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance: its directory and everything read from it; `spoken_in`: the prompts of each further language.

    `texts`: the bytes that it was read from; `edition`: its number once it is in force, 0 before."""

    home: Path
    site: Site
    hours: Hours
    routing: Routing
    places: Places
    secrets: Secrets = NO_SECRETS
    spoken_in: Mapping[str, frozenset[str]] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    texts: Mapping[str, bytes] = field(default_factory=dict, compare=False, repr=False)
    edition: int = field(default=0, compare=False)

    @property
    def var(self) -> Path:
        """The directory of everything that the programs write."""
        return self.home / "var"

    @property
    def script(self) -> Script:
        """The part that the flow of a call needs."""
        return Script(
            self.routing.menus,
            self.hours,
            self.routing.screening,
            self.spoken_in,
            short_talk_s=self.site.short_talk_s,
        )


def load(home: Path, *, secrets: bool = True, texts: Mapping[str, bytes] | None = None) -> Instance:
    """Load the whole configuration of the instance in `home`; missing secrets are generated.

    Raises ConfigErrors with every problem of all files. `secrets=False` reads and writes none of them. `texts`
    stands in for the files that it names."""
    instance = _read(home, texts or {})
    if not secrets:
        return instance
    accounts = sorted(desk_accounts(instance.routing))
    return replace(instance, secrets=secrets_file.ensure(home, tuple(accounts)))


def warnings(instance: Instance) -> list[Problem]:
    """Warnings: settings that are allowed and yet worth a look."""
    mobiles = {name: contact.mobile for name, contact in instance.routing.contacts.items() if contact.mobile}
    examples = [name for name, mobile in mobiles.items() if is_placeholder(mobile)]
    real = [name for name in mobiles if name not in examples]
    sentences = []
    if examples:
        sentences.append(f"{_count(examples)} masih bernomor contoh (+62000…) dan tidak akan dihubungi")
    if real and not instance.site.mobile_trunk:
        sentences.append(f"{_count(real)} tidak akan dihubungi: mobile_trunk di site.yaml kosong")
    problems = [Problem("routing.yaml", 0, 0, fault, warning=True) for fault in sentences]
    if not instance.site.console.public_url and any(_reads(contact) for contact in instance.routing.contacts.values()):
        fault = "pesan ke OPD dikirim tanpa tautan: console.public_url kosong"
        problems.append(Problem("site.yaml", 0, 0, fault, "alamat yang terbuka dari ponsel petugas", warning=True))
    problems += [Problem("site.yaml", 0, 0, fault, expected, warning=True) for fault, expected in _web_push(instance)]
    site = instance.site
    for fault, expected in doubts(site.asterisk, certificate=site.tls is not None):
        problems.append(Problem("site.yaml", 0, 0, fault, expected, warning=True))
    if not any(instance.hours.weekly):
        problems.append(Problem("hours.yaml", 0, 0, "112 tutup setiap hari", "jam buka", warning=True))
    return problems


def _web_push(instance: Instance) -> Iterator[tuple[str, str]]:
    """Obstacles to web push, each with what would help, where a contact is to be reached by it."""
    if not any(contact.webpush for contact in instance.routing.contacts.values()):
        return
    site = instance.site
    if not site.web_push.subject:
        yield "webpush tidak akan dikirim: layanan push tidak diberi kontak", "web_push.contact"
    if site.tls is not None and not site.tls.certificate:
        yield "webpush tidak bisa didaftarkan dari ponsel: browser tidak mengenal sertifikat buatan program", "tls lain"
    elif not site.console.secure:
        yield "webpush hanya bisa didaftarkan lewat HTTPS", "tls, atau console.public_url yang diawali https://"


def _reads(contact: Contact) -> bool:
    return bool(contact.apprise or contact.webhook)


def _count(names: list[str], shown: int = 4) -> str:
    more = ", …" if len(names) > shown else ""
    return f"ponsel {len(names)} kontak ({', '.join(names[:shown])}{more})"


def _read(home: Path, texts: Mapping[str, bytes]) -> Instance:
    if not home.is_dir():
        raise ConfigErrors([Problem(str(home), 0, 0, "folder instans tidak ada", "folder berisi " + ", ".join(FILES))])
    routing, hours, site = (read(home / name, name, texts.get(name)) for name in FILES)
    routing_model = validated(RoutingFile, routing)
    hours_model = validated(HoursFile, hours)
    site_model = validated(SiteFile, site)
    places_path, places = _places(home, site, texts.get(PLACES))
    place_model = validated(PlacesFile, places)
    zone = site_model.time_zone if site_model else "Asia/Jakarta"
    reach = Reach(bool(group(site.data).get("mobile_trunk")), zone)
    prompts = spoken(PROMPTS, home / "prompts")
    check_routing(routing, list(group(group(places.data).get("kecamatan"))))
    check_menus(routing, prompts)
    check_ladders(routing, reach)
    check_site(site, site_model)
    _check_hours(hours)
    problems = [problem for document in (routing, hours, site, places) for problem in document.problems]
    if problems or routing_model is None or hours_model is None or site_model is None or place_model is None:
        raise ConfigErrors(problems)
    built = build.routing(routing_model, reach, site_model.calls.silent_hold)
    check_coverage(routing, built)
    if routing.problems:
        raise ConfigErrors(routing.problems)
    return Instance(
        home=home,
        site=build.site(site_model, places_path),
        hours=build.hours(hours_model, site_model.time_zone),
        routing=built,
        places=build.places(place_model),
        spoken_in=prompts.within if prompts else {},
        terms=build.terms(site_model.wadul, hours_model, site_model.time_zone),
        texts=dict(zip((*FILES, PLACES), (source.raw for source in (routing, hours, site, places)), strict=True)),
    )


def _places(home: Path, site: Document, text: bytes | None) -> tuple[Path, Document]:
    """Read the places file that site.yaml names, from the instance or else from the repository."""
    named = str(group(site.data).get("places") or "data/jepara.yaml")
    candidates = [home / named, REPOSITORY / named]
    place = next((path for path in candidates if path.is_file()), candidates[0])
    return place, read(place, named, text)


def _check_hours(document: Document) -> None:
    data: dict[str, Any] = group(document.data)
    if data and data.get("daily") is None:
        given = {str(day).lower() for day in group(data.get("weekly"))}
        missing = [day for day in DAY_NAMES if day not in given]
        if missing:
            expected = '"daily: 07:00-21:00", atau hari itu di weekly'
            document.complain((), f"tidak ada jam untuk {', '.join(missing)}", expected)
    named = group(data.get("holidays"))
    holiday.check(document, group(named.get("names")))
    _check_removed(document, items(named.get("remove")))


def _check_removed(document: Document, removed: list[Any]) -> None:
    known = {day_off.day.isoformat() for day_off in holiday.calendar()}
    for at, day in enumerate(removed):
        if isinstance(day, str) and day not in known and len(day) == 10:
            fault = f"tanggal {quoted(day)} bukan hari libur"
            same_year = sorted(other for other in known if other[:4] == day[:4])
            document.complain(("holidays", "remove", at), fault, one_of(day, same_year))
