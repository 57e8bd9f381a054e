"""The state of the configuration, followed from the supervisor's heartbeat and the journal; pages show it."""

from collections.abc import Mapping, Sequence

from tickets.model import Row


class Configuration:
    """Sentences on what is refused, what waits for a restart, and what is not in force."""

    def __init__(self) -> None:
        self._refused: tuple[str, ...] = ()
        self.restart: tuple[str, ...] = ()
        self._behind: tuple[str, ...] = ()  # processes that run another edition of the configuration, and the reasons

    @property
    def problems(self) -> tuple[str, ...]:
        """Sentences on what is refused and on what is not in force."""
        return (*self._refused, *self._behind)

    def begin(self, state: Mapping[str, Sequence[str]]) -> None:
        """Take over the state that the supervisor's heartbeat told."""
        self._refused, self.restart = tuple(state.get("refused", ())), tuple(state.get("waiting", ()))
        self._behind = tuple(state.get("behind", ()))

    def note(self, rows: list[Row]) -> None:
        """Follow rows of the journal."""
        for row in rows:
            problems = tuple(str(problem) for problem in row["data"].get("problems", ["konfigurasi ditolak"]))
            if row["kind"] == "config.refused":
                self._refused = problems
            elif row["kind"] == "config.restart_needed":  # it was right, so nothing is refused any more
                self._refused, self.restart = (), problems
            elif row["kind"] in ("config.accepted", "config.followed"):  # with the problems of files changed meanwhile
                data = row["data"]
                self._refused, self.restart = tuple(data.get("refused", ())), tuple(data.get("waiting", ()))
            elif row["kind"] == "config.not_in_force":
                self._behind = problems
            if row["kind"] in ("config.in_force", "config.followed"):
                self._behind = ()
