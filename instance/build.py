"""Builds the dataclasses of the lower packages from the checked YAML models."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from console.site import ConsoleSite
from instance import holiday
from instance.ladders import Reach, contact, resolve, unsent_ways
from instance.schema.agencies import MessagesModel, OpdModel, UnsentModel
from instance.schema.files import PlacesFile
from instance.schema.hours import HoursFile, SpecialModel
from instance.schema.routing import CategoryModel, ChoiceModel, MenuModel, RoutingFile, RuleModel
from instance.schema.screening import ScreeningModel
from instance.schema.site import SiteFile, StoreModel, WadulModel
from instance.site import PageTestSite, Site, StoreSite, Tls, WadulSite
from instance.trunks.building import asterisk_site
from ivr.hours import AfterHours, Hours, SpecialDay, Window
from ivr.menu import Choice, Menu, Menus
from ivr.screening_rules import ScreeningRules
from tickets.complaints.states import Terms
from tickets.complaints.working_days import WorkingDays
from tickets.escalation.unsent import URGENT_WORDS, UnsentRules, UnsentStep
from tickets.escalation.unsent_words import command_centre
from tickets.messages import Messages
from tickets.places import Places
from tickets.routing import Category, Contact, Ladder, Opd, Routing, Rule
from tickets.web_push import WebPushSite

Weekly = tuple[tuple[Window, ...], ...]


def hours(model: HoursFile, time_zone: str) -> Hours:
    """The opening hours: dates go before holidays, holidays before the day of the week, that before `daily`."""
    weekly = tuple(model.weekly.get(day, model.daily or ()) for day in range(7))
    special = holiday.special_days(model.holidays)
    for day, entry in model.dates.items():
        special[day] = _special(entry, day, weekly, special)
    after = model.after_hours
    return Hours(time_zone, weekly, special, AfterHours(after.leave_message, after.page_duty, after.max_message))


def _special(entry: SpecialModel, day: date, weekly: Weekly, special: dict[date, SpecialDay]) -> SpecialDay:
    known = special[day].reason if day in special else ""
    windows = weekly[day.weekday()] if entry.hours is None else entry.hours
    return SpecialDay(windows, entry.reason or known)


def menus(model: RoutingFile) -> Menus:
    """The key menus."""
    return Menus(model.start, {name: _menu(name, item, model) for name, item in model.menus.items()})


def _menu(name: str, item: MenuModel, model: RoutingFile) -> Menu:
    keys = {key: _choice(choice, model) for key, choice in item.keys.items()}
    return Menu(name, item.prompt, item.tries, item.patience, keys, item.again, item.repeat, item.back)


def _choice(item: ChoiceModel, model: RoutingFile) -> Choice:
    """A choice of the menu; its category, if any, decides the kind too."""
    kind = item.kind or (model.categories[item.category].kind if item.category else None)
    return Choice(item.lane, kind, item.menu, item.label, item.category, item.language)


def screening(model: ScreeningModel, silent_hold_s: float | None) -> ScreeningRules:
    """The rules of screening; `silent_hold_s` comes from a site.yaml of an earlier version."""
    return ScreeningRules(
        enabled=model.enabled,
        challenge_tries=model.challenge.tries,
        challenge_patience_s=model.challenge.patience,
        speak_patience_s=model.speak_patience,
        silent_hold_s=model.silent_hold or silent_hold_s or ScreeningRules().silent_hold_s,
        sample=model.sample,
        reserve=model.reserve,
        unverified_max_s=model.unverified_max,
        flood_calls=model.flood.calls,
        flood_trunk_calls=model.flood.trunk_calls,
        flood_within_s=model.flood.within,
        flood_short_s=model.flood.short,
        half_life_days=model.reputation.half_life / 86400,
        doubt_score=model.reputation.threshold,
        genuine_weight=model.reputation.genuine_weight,
    )


def routing(model: RoutingFile, reach: Reach, silent_hold_s: float | None = None) -> Routing:
    """The content of routing.yaml, its ladders resolved for each OPD."""
    above, own = model.contacts.items(), [(c, r, item) for c, o in model.opds.items() for r, item in o.contacts.items()]
    names = {*model.contacts, *(f"{code}.{role}" for code, role, _ in own)}
    contacts = {name: contact(name, None, item, names, reach) for name, item in above}
    contacts |= {f"{code}.{role}": contact(f"{code}.{role}", code, item, names, reach) for code, role, item in own}
    built = Routing(
        menus=menus(model),
        categories={code: _category(code, item) for code, item in model.categories.items()},
        opds={code: _opd(code, item, model, contacts, reach) for code, item in model.opds.items()},
        contacts=contacts,
        rules=tuple(_rule(item) for item in model.rules),
        fallback=tuple(model.fallback),
        duty=model.duty,
        screening=screening(model.screening, silent_hold_s),
        mobiles=reach.mobiles,
        messages=messages(model.messages),
        known_s=model.known_for,
        nudge_s=model.nudge_every,
        unread_s=model.unread_for,
    )
    return replace(built, unsent=unsent(model.unsent, built, reach))


def unsent(model: UnsentModel, built: Routing, reach: Reach) -> UnsentRules:
    """The ladder of an emergency that nobody has sent; its command centre is known by the agencies' ladders."""
    steps = {"desk": model.desk, "room": model.room, "command_centre": model.command_centre}
    ways = {audience: unsent_ways(step.notify or {}, built.contacts, reach) for audience, step in steps.items()}
    if model.command_centre.notify is None:
        ways["command_centre"] = command_centre(built)
    return UnsentRules(
        model.grace,
        model.longest_grace,
        tuple(UnsentStep(audience, step.after, step.every, ways[audience]) for audience, step in steps.items()),
        URGENT_WORDS if model.words is None else tuple(model.words),
    )


def messages(model: MessagesModel) -> Messages:
    """The texts that agencies read and hear."""
    reminders = {state: text for state, text in model.reminders if text is not None}
    plain = (model.subject, model.body, model.spoken, model.read_back, model.ask, model.update)
    return Messages(*plain, reminders, model.ask_above)


def _category(code: str, item: CategoryModel) -> Category:
    return Category(code, item.name, item.kind, tuple(item.opds), item.priority, item.hint or "")


def _opd(code: str, item: OpdModel, model: RoutingFile, contacts: dict[str, Contact], reach: Reach) -> Opd:
    def ladder(name: str) -> Ladder:
        return resolve(name, model.ladders[name], code, contacts, reach)

    return Opd(
        code=code,
        name=item.name,
        short=item.short or item.name,
        contacts=tuple(f"{code}.{role}" for role in item.contacts),
        ladder=ladder(item.ladder),
        complaint_ladder=ladder(item.complaint_ladder or item.ladder),
        colour=item.colour,
        follow_up_s=item.follow_up,
        phone=item.phone or "",
    )


def _rule(item: RuleModel) -> Rule:
    when = item.when
    return Rule(
        categories=tuple(when.category),
        kinds=tuple(when.kind),
        kecamatan=tuple(when.kecamatan),
        opds=tuple(item.opds),
        add=tuple(item.add),
        why=item.why,
    )


def places(model: PlacesFile) -> Places:
    """The places of the region."""
    kecamatan = {name: tuple(desa) for name, desa in model.kecamatan.items()}
    return Places(kecamatan, model.source or "", model.points or "")


def site(model: SiteFile, places_path: Path) -> Site:
    """The site: name, ports, telephones, pages, times of keeping."""
    tls = model.tls
    return Site(
        name=model.name,
        region=model.region,
        time_zone=model.time_zone,
        asterisk=asterisk_site(model.asterisk, model.tls.wss_port if model.tls else 0),
        console=ConsoleSite(
            model.console.bind,
            model.console.port,
            model.console.public_url or "",
            tuple(model.console.proxies),
            tls=bool(tls),
        ),
        places=places_path,
        ring_s=model.calls.ring,
        wrap_up_s=model.calls.wrap_up,
        short_talk_s=model.calls.short_talk,
        similar_s=model.calls.similar,
        ear=model.calls.ear,
        hides_numbers=model.calls.hide_numbers,
        country_code=model.country_code,
        area_code=model.area_code,
        mobile_trunk=model.mobile_trunk,
        numbers_kept_s=model.retention.numbers,
        recordings_kept_s=model.retention.recordings,
        messages_kept_s=model.retention.messages,
        photos_kept_s=model.retention.photos,
        reports_kept_s=model.retention.reports,
        store=_store(model.store),
        tls=Tls(tls.certificate or "", tls.key or "") if tls else None,
        wadul=WadulSite(model.wadul.url, model.wadul.give_up),
        page_test=PageTestSite(model.page_test.day, model.page_test.hour) if model.page_test else None,
        web_push=_web_push(model),
    )


def _web_push(model: SiteFile) -> WebPushSite:
    """The settings of web push; without a contact the public address is used."""
    public = model.console.public_url or ""
    contact = model.web_push.contact or (public if public.startswith("https://") else "")
    if "@" in contact and not contact.startswith("mailto:"):
        contact = f"mailto:{contact}"
    return WebPushSite(contact, tuple(model.web_push.services))


def terms(model: WadulModel, hours: HoursFile, time_zone: str) -> Terms:
    """The terms of a complaint; hours.yaml adds and removes holidays."""
    free = holiday.free_days(hours.holidays, cuti_bersama=model.cuti_bersama)
    days = (model.pass_on, model.answer, model.done)
    return Terms(WorkingDays(free), ZoneInfo(time_zone), *days, url=model.url or "")


def _store(model: StoreModel) -> StoreSite:
    replica = model.replica
    return StoreSite(
        spill=model.spill,
        min_free_bytes=model.min_free,
        backups=model.backup.folder,
        backup_every_s=model.backup.every,
        backups_kept=model.backup.keep,
        replica=replica.to if replica else None,
        litestream=replica.litestream if replica else "litestream",
    )
