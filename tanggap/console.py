"""`tanggap console`: the web pages. Wires the store, the configuration and the pages; serves until it is stopped."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from ssl import SSLContext

import structlog
from aiohttp import web

from asterisk.phone_numbers import normalise
from console.console import Console, Phone, Setting
from console.errors import ConsoleUnavailable
from console.live.live import LIVE
from console.site import ConsoleSite
from console.web.app import assets_version, make_app
from console.web.serving import Runner
from instance import Instance, secrets_file
from instance.places import gazetteer
from instance.problems import ConfigErrors
from operations import retention, tls
from operations.certificate import Certificate
from operations.disk.storage import StorageWatch
from operations.search_index import Indexing
from processes import page_answers
from processes.heartbeat import Heartbeat
from processes.tasks import TaskKeeper
from processes.vitals import answers
from processes.vitals.measures import Vitals
from tickets.derived_keys import METRICS, derive
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)

PROCESS = "console"
LOOK_S = 0.5
# limits of duties that work on a disk; a removal of many recordings takes longest
SLOW_S, ROUND_S = 120.0, 600.0
CLOSING_S = 3.0
MEASURED = ("calls", "agi", "escalate", "console", "steward")


async def run(
    instance: Callable[[], Instance], clock: Callable[[], datetime], stop: asyncio.Event, vitals: Vitals
) -> None:
    """Run the process until `stop`. ConsoleUnavailable when the address cannot be served."""
    keeper = TaskKeeper()
    store = await StoreThread(instance().var / "tanggap.db", lambda: instance().secrets.number_key).open()
    vitals.watch(store)
    async with AsyncExitStack() as closing:
        closing.push_async_callback(store.close)
        closing.push_async_callback(keeper.close)
        watch = StorageWatch(instance, clock)
        certificate = Certificate(await asyncio.to_thread(tls.chain, instance()), instance)
        console = _console(instance, store, keeper, clock, certificate)
        console.storage = watch.seen
        app = make_app(console)
        proxies = frozenset(console.site.proxies)
        runner = Runner(app, proxies, access_log=None, shutdown_timeout=CLOSING_S)
        await runner.setup()
        closing.push_async_callback(runner.cleanup)
        closing.push_async_callback(app[LIVE].close)
        await _listen(runner, console.site, certificate.context)
        vitals.gauge("tanggap_journal_seen", "Last journal row that was followed", lambda: app[LIVE].seen)
        _start_duties(partial(vitals.duties.start, keeper.start), console, app, watch, certificate, instance, vitals)
        log.info("console.ready", url=console.site.url)
        await stop.wait()


def _start_duties(
    start: Callable[..., object],
    console: Console,
    app: web.Application,
    watch: StorageWatch,
    certificate: Certificate,
    instance: Callable[[], Instance],
    vitals: Vitals,
) -> None:
    """Start the console's duties beside serving; it serves on without those that are not vital."""
    heart = Heartbeat(
        console.store,
        console.clock,
        PROCESS,
        vitals.beat,
        data=lambda: {"edition": instance().edition},
        refused=watch.written,
    )
    start("follow", app[LIVE].follow)
    start("tick", app[LIVE].tick)
    start("push", app[LIVE].push, limit_s=None)  # it waits for pages; its reads have limits of their own
    start("beat", heart.beat)
    start("certificate", certificate.follow, limit_s=SLOW_S, vital=False)
    start("configuration", lambda: _follow_configuration(console, instance, app), vital=False)
    start("retention", lambda: retention.keep(instance, console.store, console.clock), limit_s=ROUND_S, vital=False)
    start("storage", watch.watch, limit_s=SLOW_S, vital=False)
    start("search", Indexing(console.store).step, vital=False)


def _console(
    instance: Callable[[], Instance],
    store: StoreThread,
    keeper: TaskKeeper,
    clock: Callable[[], datetime],
    certificate: Certificate,
) -> Console:
    current = instance()
    return Console(
        store=store,
        clock=clock,
        spawn=keeper.start,
        site=replace(current.site.console, made=certificate.made),
        setting=_setting(current, 0),
        believed=partial(page_answers.tell, page_answers.socket_of(current.var)),
        media=current.var / "media",
        recordings=current.var / "asterisk" / "spool" / "recording",
        version=assets_version(),
        phone_of=lambda account: _phone(instance(), account),
        device_key=lambda: instance().secrets.session_key,
        wadul_key=lambda: instance().secrets.wadul_key,
        number_of=lambda text: normalise(text, None, instance().site.country_code, instance().site.area_code).e164,
        measured=lambda: measured(current.var),
        metrics_token=metrics_token(current.secrets.session_key),
        link_key=lambda: instance().secrets.link_key,
        push_key=lambda: instance().secrets.push_key,
        web_push=current.site.web_push,
        var=current.var,
        atlas=gazetteer.Shelf(instance).atlas,
    )


def _setting(instance: Instance, edition: int) -> Setting:
    site = instance.site
    parts = (site.name, site.region, instance.hours, instance.routing, instance.places)
    dials_out, hides = site.mobile_trunk is not None, site.hides_numbers
    within = timedelta(seconds=site.similar_s)
    return Setting(*parts, edition, dials_out, hides, terms=instance.terms, similar_within=within)


def _phone(instance: Instance, account: str) -> Phone | None:
    """The account's registration; read each time, since users are added while we run."""
    with suppress(ConfigErrors):
        secrets = secrets_file.read(instance.home)
        password = secrets.sip.get(account) if secrets else None
        if password:
            return Phone(account, instance.site.asterisk.sip_bind, instance.site.asterisk.sip_port, password)
    return None


async def measured(var: Path) -> Mapping[str, bytes]:
    """Ask the processes for their metrics; those that answer, by name."""
    texts = await asyncio.gather(*(answers.ask(answers.socket_of(var, name)) for name in MEASURED))
    return {name: text for name, text in zip(MEASURED, texts, strict=True) if text is not None}


def metrics_token(session_key: str) -> str:
    """The token that Prometheus must show from another machine, derived from the instance's secret."""
    return derive(session_key, METRICS).hex()


async def _listen(runner: web.AppRunner, site: ConsoleSite, context: SSLContext | None) -> None:
    try:
        await web.TCPSite(runner, site.bind, site.port, ssl_context=context).start()
    except OSError as error:
        where = f"{site.bind}:{site.port}"
        hint = "ubah console di site.yaml atau hentikan yang memakainya"
        raise ConsoleUnavailable(f"konsol tidak bisa melayani {where} ({error.strerror}); {hint}") from error


async def _follow_configuration(console: Console, instance: Callable[[], Instance], app: web.Application) -> None:
    """Give the pages each new edition of the configuration."""
    known = instance()
    while True:
        await asyncio.sleep(LOOK_S)
        if (current := instance()) is not known:
            known = current
            console.metrics_token = metrics_token(current.secrets.session_key)
            console.take(_setting(current, console.setting.edition + 1))
            app[LIVE].touch()
