"""Builds the web application into the wheel; where that cannot be, the wheel has none, and it is said so."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebApplicationHook(BuildHookInterface[Any]):
    """Runs before a wheel is made. `QAIF_WEB=0` leaves the application out."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the application, unless the package is installed in place: then `tools/web.py build` does."""
        del build_data
        if version == "editable" or os.environ.get("QAIF_WEB") == "0":
            return
        web = _loaded(Path(self.root) / "tools" / "web.py")
        try:
            web.build()
        except web.NotBuiltError as error:
            shutil.rmtree(web.STATIC, ignore_errors=True)  # pages of other sources are worse than none
            sys.stderr.write(
                f"qaif: NO WEB APPLICATION in this wheel: {error}\nqaif: everything else works as it is.\n"
            )


def _loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("qaif_web_build", path)
    if spec is None or spec.loader is None:  # pragma: no cover  # a path of Python source has both
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
