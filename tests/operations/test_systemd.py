"""The units: one for each process, right by systemd's own check, and hardened by its own measure."""

import configparser
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from console.site import ConsoleSite
from instance import REPOSITORY, Instance, load
from operations.systemd.units import TARGET, UnitError, closed_folder, units, write
from tanggap.console import MEASURED
from tanggap.program import main

NAMES = sorted(f"tanggap-{name}.service" for name in ("asterisk", "prepare", *MEASURED))
# 0 is shut, 10 is open; systemd calls everything up to 2 «OK»
MOST_EXPOSED = 2.0


@pytest.fixture
def instance() -> Instance:
    """The shipped one."""
    return load(REPOSITORY, secrets=False)


@pytest.fixture
def folder(instance: Instance, tmp_path: Path) -> Path:
    """Its units, for a user that is there."""
    write(units(instance, "root"), tmp_path)
    return tmp_path


def parsed(text: str) -> configparser.ConfigParser:
    """A unit's sections; of settings that may be repeated the last one."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(text)
    return parser


def test_a_unit_for_each_process_and_a_target(instance: Instance) -> None:
    """The target wants them all and needs none: each goes on when another dies."""
    files = units(instance, "tanggap")
    assert sorted(files) == [*NAMES, TARGET]
    assert set(NAMES) <= set(parsed(files[TARGET])["Unit"]["Wants"].split())
    for name in NAMES:
        unit = parsed(files[name])
        assert unit["Unit"]["PartOf"] == unit["Install"]["WantedBy"] == TARGET
        assert not {"Requires", "BindsTo", "Requisite"} & set(unit["Unit"])


def test_every_process_is_watched_and_never_given_up(instance: Instance) -> None:
    """A watchdog for each of ours, a long start, and no limit to starts; Asterisk has no watchdog of its own."""
    for name, text in units(instance, "tanggap").items():
        if name == TARGET:
            continue
        unit = parsed(text)
        service = unit["Service"]
        if "prepare" in name:
            assert (service["Type"], service["RemainAfterExit"], service["Restart"]) == ("oneshot", "yes", "on-failure")
        else:
            assert (service["Type"], service["NotifyAccess"], service["Restart"]) == ("notify", "main", "always")
            assert "tanggap-prepare.service" in unit["Unit"]["After"].split()
        assert (unit["Unit"]["StartLimitIntervalSec"], service["TimeoutStartSec"]) == ("0", "300")
        assert service.get("WatchdogSec") == (None if "asterisk" in name or "prepare" in name else "10")
        assert (service["User"], service["UMask"]) == ("tanggap", "0077")
        assert (REPOSITORY / "docs" / "operations.md").exists()


def test_low_ports_need_a_capability_and_nothing_else_has_one(instance: Instance) -> None:
    """Pages on port 443, without a proxy."""
    files = units(replace(instance, site=replace(instance.site, console=ConsoleSite(port=443))), "tanggap")
    capabilities = {
        name: parsed(text)["Service"]["CapabilityBoundingSet"] for name, text in files.items() if name != TARGET
    }
    assert capabilities == {name: "CAP_NET_BIND_SERVICE" if "console" in name else "" for name in NAMES}


def test_who_needs_no_network_has_none(instance: Instance) -> None:
    """Only Asterisk, the pages and the pushes speak with others."""
    files = units(instance, "tanggap")
    shut = {name for name in NAMES if parsed(files[name])["Service"].get("IPAddressDeny") == "any"}
    assert shut == {f"tanggap-{name}.service" for name in ("agi", "calls", "prepare", "steward")}
    store = replace(instance.site.store, replica="s3://x/y", spill="/mnt/lain", backups="var/backup")
    files = units(replace(instance, site=replace(instance.site, store=store)), "tanggap")
    assert "IPAddressDeny" not in files["tanggap-steward.service"]
    writable = parsed(files["tanggap-calls.service"])["Service"]["ReadWritePaths"]
    assert writable.removesuffix(" /tmp") == f"{instance.var.resolve()} -/mnt/lain"  # /tmp: for a clone that lies there


@pytest.mark.parametrize(("home", "user"), [("/srv/jepara 112", "tanggap"), ("/srv/%i", "tanggap"), ("/srv/x", "a b")])
def test_what_a_unit_would_misread_is_refused(instance: Instance, home: str, user: str) -> None:
    """Blanks, specifiers, line ends."""
    with pytest.raises(UnitError):
        units(replace(instance, home=Path(home)), user)


def test_the_command_writes_them(tmp_path: Path) -> None:
    """And says what comes next."""
    done = CliRunner().invoke(main, ["--home", str(REPOSITORY), "systemd", "render", str(tmp_path / "units")])
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[-1] == "Lanjutkan: systemctl daemon-reload && systemctl enable --now tanggap.target"
    assert sorted(path.name for path in (tmp_path / "units").iterdir()) == [*NAMES, TARGET]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_nothing_wrong(folder: Path) -> None:
    """systemd-analyze verify: no unknown setting, no missing program, no cycle."""
    files = [str(folder / name) for name in (*NAMES, TARGET)]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_calls_them_hardened(folder: Path, instance: Instance) -> None:
    """systemd-analyze security: exposure of each unit, of a user that is not root."""
    write(units(instance, "tanggap"), folder)
    files = [str(folder / name) for name in NAMES]
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", *files],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    levels = dict(re.findall(r"exposure level for (\S+): ([0-9.]+)", done.stdout))
    assert sorted(levels) == NAMES, done.stderr
    assert {name: level for name, level in levels.items() if float(level) > MOST_EXPOSED} == {}


def test_a_folder_that_its_user_may_not_enter_is_named(instance: Instance, tmp_path: Path) -> None:
    """A Python or an instance in somebody's closed home: the units would never start."""
    shut = tmp_path / "rumah"
    (shut / "jepara").mkdir(parents=True)
    there = replace(instance, home=shut / "jepara")
    shut.chmod(0o700)
    needed = (there.home, REPOSITORY, Path(sys.executable), Path(os.path.realpath(sys.executable)))
    closed = closed_folder(there, "nobody")
    assert closed in {folder for path in needed for folder in path.parents}
    assert closed is not None and not closed.stat().st_mode & 0o001
    assert closed_folder(there, "root") is None


def test_sockets_that_had_to_go_to_tmp_can_be_made_there(instance: Instance) -> None:
    """A long path leaves no room for a socket's name: the processes then share /tmp, and may write to it."""
    short, long = (
        parsed(units(replace(instance, home=home), "tanggap")["tanggap-calls.service"])["Service"]
        for home in (Path("/srv/jepara"), Path("/srv") / ("panjang" * 12))
    )
    assert (long["PrivateTmp"], "/tmp" in long["ReadWritePaths"].split()) == ("no", True)
    if not any(path.is_relative_to("/tmp") for path in (REPOSITORY, Path(os.path.realpath(sys.executable)))):
        assert (short["PrivateTmp"], "/tmp" in short["ReadWritePaths"].split()) == ("yes", False)
