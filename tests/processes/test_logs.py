"""Contents of the log files of a process."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from pathlib import Path
import apprise
import tickets.notify.apprise
from processes.logs import to_file
to_file(Path(sys.argv[1]))
assert not apprise.Apprise().add("xyz://rahasia123")
"""


def test_addresses_of_message_services_reach_no_log(tmp_path: Path) -> None:
    """Apprise tells its URLs, which hold secrets: neither the file nor standard error has them."""
    file = tmp_path / "log" / "escalate.log"
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(file)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "rahasia123" not in file.read_text() + done.stderr
