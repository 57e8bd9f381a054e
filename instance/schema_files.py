"""Writes docs/schema/*.schema.json for editors: `python -m instance.schema_files`."""

from __future__ import annotations

import json
from pathlib import Path

from instance.schema.files import schemas

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "schema"


def write(folder: Path = FOLDER) -> None:
    """Write every schema into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        text = json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=2)
        (folder / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
