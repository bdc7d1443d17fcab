"""What the wheel holds besides the package: the parts that all localities share, from where they lie in the project."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class SharedParts(BuildHookInterface[Any]):
    """Asked by the build. An editable installation reads the parts where they are."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        top = Path(self.root)
        found = importlib.util.spec_from_file_location("shipped", top / "src/compendium/repository/shipped.py")
        assert found is not None and found.loader is not None
        shipped = importlib.util.module_from_spec(found)
        found.loader.exec_module(shipped)
        for name in shipped.names(top):
            build_data["force_include"][str(top / name)] = f"compendium/{shipped.INSIDE}/{name}"
