"""Refuses routing in which a category reaches nobody at some hour of the week."""

from __future__ import annotations

from instance.problems import quoted
from instance.yaml_marks import Document
from tickets.escalation.coverage import uncovered
from tickets.routing import Routing

EXPECTED = "kontak yang berdinas pada jam itu, atau stand_in yang menggantikannya"


def check_coverage(document: Document, routing: Routing) -> None:
    """Complain of each agency's ladder with a gap: the categories, the hours, the remedy."""
    for hole in uncovered(routing):
        names = ", ".join(hole.categories[:4]) + (", …" if len(hole.categories) > 4 else "")
        fault = f"{names}: tidak ada kontak OPD {quoted(hole.opd)} yang terjangkau {hole.times}"
        document.complain(("opds", hole.opd, "contacts"), fault, EXPECTED, key=True)
