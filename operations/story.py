"""Output of `up` and `demo` in the terminal: steps with their seconds, addresses, new logins (once)."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from instance import Instance


@dataclass(frozen=True, slots=True)
class Login:
    """A login that was just made; shown once, kept nowhere."""

    name: str
    password: str
    role: str
    display: str


class Story:
    """Writer to the terminal; plain lines where the output is no terminal."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._began = time.monotonic()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Show a step: its name when it begins, its seconds when it ends."""
        began = time.monotonic()
        if self._console.is_terminal:
            self._console.print(f"  … {name}", end="\r")
        try:
            yield
        except BaseException:
            self._console.print(f"  [red]✗[/red] {name}")
            raise
        self._console.print(f"  [green]✓[/green] {name}  [dim]{time.monotonic() - began:.1f} detik[/dim]")

    def tell(self, line: str) -> None:
        """Print a line with the seconds since the beginning."""
        self._console.print(f"[dim]{time.monotonic() - self._began:6.1f} s[/dim]  {line}")

    def say(self, line: str = "") -> None:
        """Print a plain line."""
        self._console.print(line)

    def logins(self, logins: Sequence[Login]) -> None:
        """Print new logins with their passwords."""
        if not logins:
            return
        table = Table("Pengguna", "Kata sandi", "Peran", "Nama", title="Login baru (hanya ditampilkan sekali; simpan)")
        for login in logins:
            table.add_row(login.name, login.password, login.role, login.display)
        self._console.print(table)

    def addresses(self, instance: Instance, softphone: Sequence[str]) -> None:
        """Print the addresses of pages and telephones."""
        site = instance.site
        self.say(f"\n[bold]{site.name}[/bold] siap.")
        self.say(f"  Halaman    {site.console.url}  (operator: /operator, OPD: /opd, pantauan: /pantau)")
        self.say(f"  SIP        {site.asterisk.sip_bind}:{site.asterisk.sip_port} (UDP, TCP)")
        for line in softphone:
            self.say(f"  {line}")
        self.say("  Ctrl-C menghentikan semuanya.")
