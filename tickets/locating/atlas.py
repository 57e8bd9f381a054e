"""Everything that a site knows of its places: names to find, and the region in which points lie. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tickets.errors import InvalidInput
from tickets.locating import map_links, pidf_lo
from tickets.locating.finding import Gazetteer, Place
from tickets.locating.placing import place_of
from tickets.locating.region import Region
from tickets.model import Row


@dataclass(frozen=True, slots=True)
class Atlas:
    """The index of names, and the region of the same places."""

    gazetteer: Gazetteer
    region: Region

    @classmethod
    def of(cls, places: Sequence[Place]) -> Atlas:
        """The atlas of these places."""
        return cls(Gazetteer(places), Region(places))

    def look(self, text: str, kecamatan: str | None = None) -> Row:
        """`point` of a pasted one, else `places` that the text may name; `refused` where a link holds no point."""
        refused = None
        try:
            return {"places": [], "point": place_of(text, self.region).as_row(), "refused": None}
        except InvalidInput as error:
            if map_links.search(text) or pidf_lo.is_meant(text):
                refused = str(error)
        places = [] if refused else [match.as_row() for match in self.gazetteer.find(text, within=kecamatan)]
        return {"places": places, "point": None, "refused": refused}


NOWHERE = Atlas.of(())
