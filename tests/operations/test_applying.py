"""A changed configuration comes into force everywhere, however often it is tried, and until then says why not."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from asterisk.errors import LaunchError
from asterisk.launch import Asterisk
from instance import FILES, REPOSITORY, editions, load
from instance import Instance as Running
from operations import applying
from operations.applying import Applying
from operations.phone_system import build_prompts, phone_system, write_files
from processes.duties import Duty
from processes.tasks import TaskKeeper
from tests.fixtures import Edit
from tests.instance.test_reload import rewrite
from tickets.errors import StoreUnavailable
from tickets.store.thread import StoreThread

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
CLOSED = ("daily: 07:00-21:00", "daily: tutup")


class Instance:
    """An instance of the shipped files whose supervisor follows them; Asterisk's files are written, none runs."""

    def __init__(self, home: Path, store: StoreThread, keeper: TaskKeeper) -> None:
        self.home = home
        self.store = store
        self.now = NOON
        self._keeper = keeper
        self._made = editions.publish(load(home), NOON)
        self.asterisk = phone_system(self._made)
        write_files(self._made, self.asterisk, NOON)
        self.begin()

    def begin(self, running: Running | None = None) -> None:
        """Follow the files."""
        self.applying = Applying(running or self._made, self.store, lambda: self.now, "up")
        self._keeper.start("reload", Duty("reload", self.applying.run).run())

    def close_for_good(self) -> None:
        """Save hours by which 112 is always closed."""
        rewrite(self.home / "hours.yaml", *CLOSED)

    @property
    def failsafe_is_closed(self) -> bool:
        """True once Asterisk's own dialplan has the new hours."""
        return "Return(0)" in (self.asterisk.paths.etc / "extensions.conf").read_text()

    async def failsafe_knows(self, day: str) -> None:
        """Return as soon as Asterisk's own dialplan has a line for this date."""
        async with asyncio.timeout(15):
            while f"exten => {day},1,Return(" not in (self.asterisk.paths.etc / "extensions.conf").read_text():
                await asyncio.sleep(0.02)

    async def journal(self, *kinds: str) -> list[dict[str, Any]]:
        """The rows of these kinds, oldest first."""
        rows = await self.store.read(lambda store: store.journal.after(0, 1000))
        return [row for row in rows if row["kind"] in kinds]

    async def row(self, kind: str) -> dict[str, Any]:
        """The first row of a kind, as soon as it stands."""
        async with asyncio.timeout(15):
            while not (rows := await self.journal(kind)):
                await asyncio.sleep(0.02)
        return rows[0]


@pytest.fixture(scope="module")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prompts of the shipped instance, by which a try takes no longer than it must."""
    home = tmp_path_factory.mktemp("prompts")
    for name in FILES:
        shutil.copy(REPOSITORY / name, home)
    made = load(home)
    build_prompts(made)
    return made.var / "prompts"


@pytest.fixture
async def instance(edited: Edit, prompts: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Instance]:
    """A followed instance, its prompts made already; a failed try is repeated after a moment."""
    monkeypatch.setattr(applying, "BACK_OFF_S", (0.1,), raising=False)
    home, keeper = edited(), TaskKeeper()
    folder = load(home).var / "prompts"
    shutil.copytree(prompts, folder)
    store = await StoreThread(home / "var" / "tanggap.db").open()
    yield Instance(home, store, keeper)
    await keeper.close()
    await store.close()


@pytest.mark.long
async def test_hours_count_although_a_recording_is_broken(instance: Instance) -> None:
    """A broken WAV file holds up its own prompt and nothing else; it is named until it is mended."""
    broken = instance.home / "prompts" / "menu-utama.wav"
    broken.parent.mkdir()
    broken.write_bytes(b"no sound")
    instance.close_for_good()
    row = await instance.row("config.accepted")
    assert instance.failsafe_is_closed
    assert row["data"]["files"] == ["extensions.conf"]
    [sentence] = (await instance.row("config.not_in_force"))["data"]["problems"]
    assert sentence.startswith("suara (prompt) belum lengkap, karena ") and f"{broken}: bukan berkas WAV" in sentence
    broken.unlink()
    await instance.row("config.in_force")


@pytest.mark.long
async def test_files_that_cannot_be_written_are_tried_again(instance: Instance) -> None:
    """Each try that failed is in the journal; the first that succeeds puts the hours in force."""
    obstacle = instance.asterisk.paths.etc / ".extensions.conf.new"
    obstacle.mkdir()
    instance.close_for_good()
    sentence = (await instance.row("config.not_in_force"))["data"]["problems"][0]
    assert sentence.startswith("jalur cadangan Asterisk belum memakai konfigurasi yang baru, karena")
    assert (instance.failsafe_is_closed, await instance.journal("config.accepted")) == (False, [])
    obstacle.rmdir()
    await instance.row("config.accepted")
    await instance.row("config.in_force")
    assert instance.failsafe_is_closed


@pytest.mark.long
async def test_a_slow_asterisk_is_told_again_what_changed(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files are on the disk, the reload failed: the next try reloads them although none differs any more."""
    reloads: list[list[str]] = []

    async def reload(asterisk: Asterisk, changed: Sequence[str]) -> list[str]:
        reloads.append(list(changed))
        if len(reloads) == 1:
            raise LaunchError("Asterisk tidak menjawab dalam 5 detik")
        return []

    monkeypatch.setattr(Asterisk, "reload", reload)
    monkeypatch.setattr(Asterisk, "pid", property(lambda asterisk: 1))
    instance.close_for_good()
    await instance.row("config.accepted")
    assert reloads == [["extensions.conf"], ["extensions.conf"]]


@pytest.mark.long
async def test_a_file_that_only_a_restart_of_asterisk_takes_up_is_not_in_force(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The web server's certificate has changed, say: the journal names the file until Asterisk was started again."""
    monkeypatch.setattr(applying, "COMPARE_S", 0.0)
    monkeypatch.setattr(Asterisk, "pid", property(lambda asterisk: 1))
    began, files = instance.asterisk.paths.run / "asterisk.pid", instance.asterisk.paths.etc
    began.write_text("1")
    for name in ("http.conf", "queues.conf"):
        os.utime(files / name, (began.stat().st_mtime + 1,) * 2)
    row = await instance.row("config.not_in_force")
    assert row["data"]["problems"] == ["Asterisk belum memakai http.conf yang baru: berlaku setelah dijalankan ulang"]
    os.utime(began, (began.stat().st_mtime + 2,) * 2)
    await instance.row("config.in_force")
    assert await instance.journal("config.accepted") == []


@pytest.mark.long
async def test_a_process_that_runs_another_edition_is_told(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is reported once, after a few seconds; so is that it has caught up."""
    monkeypatch.setattr(applying, "LATE_S", 0.0)
    monkeypatch.setattr(applying, "COMPARE_S", 0.0)
    await instance.store.write(lambda store: store.people.beat(NOON, "agi", 1, {"edition": 7}))
    row = await instance.row("config.not_in_force")
    assert row["data"]["problems"] == ["proses agi memakai konfigurasi edisi 7, yang berlaku edisi 1"]
    await instance.store.write(lambda store: store.people.beat(NOON, "agi", 1, {"edition": 1}))
    await instance.row("config.in_force")
    kinds = [row["kind"] for row in await instance.journal("config.not_in_force", "config.in_force")]
    assert kinds == ["config.not_in_force", "config.in_force"]


@pytest.mark.long
async def test_what_still_waits_is_said_with_what_was_accepted(instance: Instance) -> None:
    """Both files are saved at once: the hours count, the site waits, and the last row of the journal says both."""
    rewrite(instance.home / "site.yaml", "port: 8112", "port: 8113")
    instance.close_for_good()
    row = await instance.row("config.accepted")
    assert row["data"]["waiting"] == [
        "site.yaml: peringatan: perubahan di berkas ini baru dipakai setelah dijalankan ulang: console.port"
    ]
    assert editions.current(instance.home).number == row["data"]["edition"] == 2  # type: ignore[union-attr]
    assert instance.applying.state() == {"edition": 2, "config": {"waiting": row["data"]["waiting"]}}
    kept = (editions.folder(instance.home) / "2" / "site.yaml").read_text()
    assert "port: 8112" in kept


async def test_a_supervisor_finishes_what_the_former_one_began(instance: Instance) -> None:
    """Asterisk was not given the edition in force before the former supervisor died."""
    editions.note_asterisk(instance.home, 5)
    instance.begin()
    row = await instance.row("config.accepted")
    assert row["data"]["edition"] == editions.of_asterisk(instance.home) == 1


@pytest.mark.long
async def test_a_store_that_refuses_holds_no_change_up(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hours count; the journal has its row once the store takes it."""
    write, refusals = instance.store.write, []

    async def refuse(job: Callable[[Any], Any]) -> Any:
        if len(refusals) < 3:
            refusals.append(job)
            raise StoreUnavailable("basis data tidak bisa ditulis")
        return await write(job)

    monkeypatch.setattr(instance.store, "write", refuse)
    instance.close_for_good()
    assert (await instance.row("config.accepted"))["data"]["files"] == ["extensions.conf"]
    assert len(refusals) == 3


async def test_files_without_an_edition_become_one(instance: Instance) -> None:
    """The disk was full at the start."""
    shutil.rmtree(editions.folder(instance.home))
    instance.begin(load(instance.home))
    assert (await instance.row("config.accepted"))["data"] == {"files": [], "edition": 1}


@pytest.mark.long
async def test_a_new_day_brings_its_special_days_to_the_failsafe(instance: Instance) -> None:
    """Asterisk's own dialplan knows the dates of the next 400 days: it gets those to come although nobody changes a
    file, and no row of the journal claims that somebody did."""
    rewrite(instance.home / "hours.yaml", "# dates:", "dates:\n  2028-06-01: tutup\n# dates:")
    await instance.row("config.accepted")
    instance.now = NOON + timedelta(days=300)
    await instance.failsafe_knows("20280601")
    instance.now = NOON
    assert len(await instance.journal("config.accepted", "config.not_in_force")) == 1


@pytest.mark.long
async def test_a_new_day_is_tried_again(instance: Instance) -> None:
    """Files that cannot be written at midnight are written as soon as they can be."""
    rewrite(instance.home / "hours.yaml", "# dates:", "dates:\n  2028-06-01: tutup\n# dates:")
    await instance.row("config.accepted")
    obstacle = instance.asterisk.paths.etc / ".extensions.conf.new"
    obstacle.mkdir()
    instance.now = NOON + timedelta(days=300)
    await instance.row("config.not_in_force")
    obstacle.rmdir()
    await instance.failsafe_knows("20280601")
    await instance.row("config.in_force")
