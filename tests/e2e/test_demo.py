"""`tanggap demo` as a newcomer runs it: the whole main job, every process, real phones."""

import asyncio
import json
import re
import sys
from pathlib import Path

from instance import REPOSITORY

STORY = (
    "112 menjawab",
    "penelepon mendengar sapaan",
    "telepon op1 berdering",
    "layar operator menampilkan",
    "penelepon mendengar operator dan operator mendengar penelepon",
    "Kirim ke OPD",
    "Damkar menerima tugas",
    "Peragaan berhasil",
)


async def tanggap(*words: str) -> tuple[int, str]:
    """Run a command of ours; its exit status and what it wrote."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tanggap", *words),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), 120)
    return process.returncode or 0, output.decode()


async def test_the_demo_tells_what_really_happened(tmp_path: Path) -> None:
    """Exit 0, the story in order, the greeting recognised, and the accepted assignment in the store afterwards."""
    home = tmp_path / "demo"
    code, story = await tanggap("demo", "--dir", str(home))
    assert code == 0, story
    places = [story.index(line) for line in STORY]
    assert places == sorted(places)
    heard = re.search(r"korelasi dengan berkas suara (\d\.\d+)", story)
    assert heard is not None
    assert float(heard[1]) > 0.95
    _, text = await tanggap("--home", str(home), "tickets", "list", "--json")
    (ticket,) = json.loads(text)
    (assignment,) = ticket["assignments"]
    assert (assignment["opd"], assignment["state"], assignment["via"]) == ("damkar", "diterima", "call")
    assert (ticket["category"], ticket["status"], ticket["kind"]) == ("kebakaran", "dispatched", "emergency")
