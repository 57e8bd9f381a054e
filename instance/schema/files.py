"""All YAML files of an instance by name; the JSON Schemas for editors are made from them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from instance.fields import Listed, Name, Text
from instance.schema.hours import HoursFile
from instance.schema.routing import RoutingFile
from instance.schema.site import SiteFile
from instance.strict import Strict


class PlacesFile(Strict):
    """Daftar kecamatan dengan desa dan kelurahannya."""

    region: Name | None = None
    source: Text | None = None
    points: Text | None = None
    kecamatan: dict[Name, Annotated[list[Name], Listed]] = Field(min_length=1)


FILES: dict[str, type[Strict]] = {"routing": RoutingFile, "hours": HoursFile, "site": SiteFile, "places": PlacesFile}


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each file, by the name of its file in docs/schema."""
    return {f"{name}.schema.json": model.model_json_schema() for name, model in FILES.items()}
