"""Checks of Asterisk: installed, new enough, running, answering, complete."""

from __future__ import annotations

from pathlib import Path

from asterisk.errors import LaunchError
from asterisk.modules import MODULES
from asterisk.ports import addresses
from operations.doctor.finding import Finding, bad, odd
from operations.doctor.patient import Patient

PROC = Path("/proc")
START = "jalankan: tanggap up (atau systemctl start tanggap.target)"


async def installed(patient: Patient) -> list[Finding]:
    """Find an Asterisk that is missing or too old."""
    if not patient.no_asterisk:
        return []
    code = "ASTERISK_TOO_OLD" if "terlalu lama" in patient.no_asterisk else "ASTERISK_MISSING"
    return [bad(code, patient.no_asterisk, "jalankan: bash scripts/setup")]


async def running(patient: Patient) -> list[Finding]:
    """Find an Asterisk that does not run, or runs and does not answer."""
    if patient.asterisk is None or patient.status.running:
        return []
    pid = patient.asterisk.pid
    if pid is not None:
        sentence = f"Asterisk (pid {pid}) berjalan tetapi tidak menjawab"
        return [bad("ASTERISK_HUNG", sentence, f"bila tetap begitu setengah menit: kill -9 {pid}; ia dimulai lagi")]
    return [bad("ASTERISK_DOWN", "Asterisk tidak berjalan: 112 tidak dijawab", START)]


async def foreign(patient: Patient) -> list[Finding]:
    """Find another Asterisk on this machine, which may hold our ports or answer our trunk."""
    ours = patient.asterisk.pid if patient.asterisk else None
    others = [pid for pid in _asterisks() if pid != ours and not _of_an_instance(pid)]
    if not others:
        return []
    sentence = f"Asterisk lain berjalan di komputer ini (pid {', '.join(map(str, others))})"
    return [odd("ASTERISK_FOREIGN", sentence, "bila tidak dipakai: systemctl disable --now asterisk")]


async def modules(patient: Patient) -> list[Finding]:
    """Find modules that calls need and that are missing or not loaded."""
    if patient.asterisk is None:
        return []
    folder = patient.asterisk.paths.modules_dir
    missing = [name for name in MODULES if not (folder / f"{name}.so").exists()]
    findings = []
    if missing:
        sentence = f"modul Asterisk tidak ada di {folder}: {', '.join(missing)}"
        findings.append(
            odd("ASTERISK_MODULE_MISSING", sentence, "pasang paket Asterisk yang lengkap: bash scripts/setup")
        )
    if patient.status.running:
        asleep = [name for name in await _not_loaded(patient) if name not in missing]
        if asleep:
            sentence = f"modul Asterisk tidak termuat: {', '.join(asleep)}"
            remedy = f"lihat {patient.asterisk.paths.log / 'messages.log'}, lalu jalankan ulang Asterisk"
            findings.append(bad("ASTERISK_MODULE_NOT_LOADED", sentence, remedy))
    return findings


async def ports(patient: Patient) -> list[Finding]:
    """Find addresses that another program holds; checked only while nothing of ours runs."""
    from asterisk.errors import PortInUse
    from asterisk.ports import check_free

    if patient.instance is None:
        return []
    site = patient.instance.site
    wanted = [] if patient.asterisk is None or patient.asterisk.pid is not None else [*addresses(site.asterisk)]
    if not _heard(patient, "agi"):
        wanted.append(("tcp", "127.0.0.1", site.asterisk.agi_port, "asterisk.agi_port"))
    if not _heard(patient, "console"):
        wanted.append(("tcp", site.console.bind, site.console.port, "console.port"))
    try:
        check_free(wanted)
    except PortInUse as error:
        remedy = "ss -lntup menunjukkan pemakainya; hentikan, atau ganti port di site.yaml"
        return [bad("PORT_TAKEN", line, remedy) for line in str(error).splitlines()]
    return []


async def link(patient: Patient) -> list[Finding]:
    """Find a calls process that has no connection to a running Asterisk."""
    row = patient.beats.get("calls")
    if row is None or not _heard(patient, "calls") or row["data"].get("asterisk") or not patient.status.running:
        return []
    sentence = "proses panggilan tidak tersambung ke Asterisk: panggilan dijawab jalur cadangan"
    return [bad("ASTERISK_LINK", sentence, f"lihat {patient.var / 'log' / 'calls.log'}")]


def _heard(patient: Patient, process: str) -> bool:
    age = patient.age_s(process)
    return age is not None and age < 10


async def _not_loaded(patient: Patient) -> list[str]:
    assert patient.asterisk is not None
    try:
        output = await patient.asterisk.command("module show")
    except LaunchError:
        return []
    running = {line.split()[0].removesuffix(".so") for line in output.splitlines() if " Running " in line}
    return [name for name in MODULES if name not in running]


def _asterisks() -> list[int]:
    """Pids of every process whose program is called asterisk."""
    pids = []
    for folder in PROC.glob("[0-9]*"):
        words = _words(int(folder.name))
        # ours is started by the loader of its own root directory; its program is then the first path
        programs = [word for word in words[:6] if word.endswith("/sbin/asterisk")]
        if programs and "-rx" not in words:
            pids.append(int(folder.name))
    return sorted(pids)


def _of_an_instance(pid: int) -> bool:
    """True for the Asterisk of any instance of this program."""
    return any(word.endswith("/var/asterisk/etc/asterisk.conf") for word in _words(pid))


def _words(pid: int) -> list[str]:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []
