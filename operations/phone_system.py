"""The instance as Asterisk sees it: accounts, prompts, rendered files, and the Asterisk that runs them."""

import asyncio
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import structlog

from asterisk.binary import locate
from asterisk.launch import Asterisk
from asterisk.paths import paths_of, prepare
from asterisk.ports import is_ours
from asterisk.render import render, write
from asterisk.site import AsteriskSecrets, AsteriskSite, FailsafeHours, SipAccount
from instance import PROMPTS, REPOSITORY, Instance, secrets_file
from ivr.hours import for_failsafe, spoken
from operations import tls
from tickets.model import Row
from tickets.routing import desk_accounts
from tickets.store import Store
from voice import prompts

log = structlog.get_logger(__name__)


def people_of(home: Path) -> tuple[list[Row], list[Row]]:
    """Rows `name display` of the enabled operators and supervisors; none where there is no database yet."""
    path = home / "var" / "tanggap.db"
    if not path.exists():
        return [], []
    store = Store(path)
    try:
        return store.people.operators(), store.people.supervisors()
    finally:
        store.close()


def accounts(instance: Instance, operators: list[Row], supervisors: list[Row]) -> tuple[SipAccount, ...]:
    """Accounts of the phones that may register: operators, supervisors, and the desk phones that routing.yaml names.

    A supervisor with the name of a desk phone shares its account."""
    desks = desk_accounts(instance.routing)
    supervisors = [row for row in supervisors if row["name"] not in desks]
    names = tuple(row["name"] for row in (*operators, *supervisors))
    known = secrets_file.ensure(instance.home, (*names, *sorted(desks))).sip
    people = [SipAccount(row["name"], known[row["name"]], row["display"], "operator") for row in operators]
    people += [SipAccount(row["name"], known[row["name"]], row["display"], "supervisor") for row in supervisors]
    return (*people, *(SipAccount(name, known[name], desks[name], "desk") for name in sorted(desks)))


def build_prompts(instance: Instance) -> list[str]:
    """Make the prompts that are missing or changed; returns their names."""
    values = {"layanan": instance.site.name, "jam": spoken(instance.hours)}
    return prompts.build(PROMPTS, instance.var / "prompts", values, instance.home / "prompts")


def failsafe_hours(instance: Instance, now: datetime) -> FailsafeHours:
    """The opening hours as Asterisk alone can follow them."""
    weekly, dates = for_failsafe(instance.hours, now.astimezone(instance.hours.tz).date())
    after = instance.hours.after_hours
    return FailsafeHours(instance.hours.time_zone, weekly, dict(dates), after.leave_message, after.max_message_s)


def phone_system(instance: Instance) -> Asterisk:
    """The Asterisk of an instance, running or not; LaunchError when there is none on this machine."""
    binary = locate(REPOSITORY)
    return Asterisk(binary, paths_of(instance.var, binary), instance.site.asterisk)


def write_files(instance: Instance, asterisk: Asterisk, now: datetime) -> list[str]:
    """Render the configuration of an instance into place; returns the names of the changed files."""
    return render_into(instance, asterisk, now, asterisk.paths.etc)


def render_into(instance: Instance, asterisk: Asterisk, now: datetime, folder: Path) -> list[str]:
    """Render the configuration into any folder, for an Asterisk that runs under systemd to include."""
    known = accounts(instance, *people_of(instance.home))
    own = secrets_file.present(instance.home, instance.secrets)
    secrets = AsteriskSecrets(own.ari_password, own.ami_password, own.trunks)
    prepare(asterisk.paths)
    hours, site = failsafe_hours(instance, now), _with_certificate(instance)
    modules = asterisk.paths.modules_dir
    files = render(site, known, secrets, hours, asterisk.paths, modules)
    folder.mkdir(parents=True, exist_ok=True)
    return write(files, folder)


def _with_certificate(instance: Instance) -> AsteriskSite:
    """The site with its certificate, and whether its media address is ours; without a certificate there is neither WSS
    nor SIP over TLS, and calls go on."""
    site = instance.site.asterisk
    site = replace(site, media_is_ours=not site.media or is_ours(site.media))
    try:
        chain = tls.chain(instance)
    except tls.TlsError as error:
        log.error("asterisk.no_wss", error=str(error))
        chain = None
    if chain is None:
        return replace(site, wss_port=0)
    return replace(site, certificate=str(chain.certificate.resolve()), key=str(chain.key.resolve()))


async def take_up(instance: Instance, now: datetime) -> list[str]:
    """Apply changes of the instance to a running Asterisk; a stopped one reads them at its next start."""
    asterisk = phone_system(instance)
    await asyncio.to_thread(build_prompts, instance)
    changed = await asyncio.to_thread(write_files, instance, asterisk, now)
    if changed and asterisk.pid is not None:
        await asterisk.reload(changed)
    return changed


async def take_passwords(instance: Instance, now: datetime) -> list[str]:
    """Give a running Asterisk the present passwords; calls and open connections stay as they are."""
    asterisk = phone_system(instance)
    changed = await asyncio.to_thread(write_files, instance, asterisk, now)
    if changed and asterisk.pid is not None:
        await asterisk.reload(changed)
    return changed
