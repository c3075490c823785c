"""Compiles the catalogues of messages, and the modules, when kpilint is built or installed."""

from compileall import compile_dir
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileHook(BuildHookInterface[Any]):
    """Writes each ``.po`` beside itself as ``.mo``, and bytecode, so that no first run is slow."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        for source in Path(self.root, "kpilint", "locale").rglob("*.po"):
            with source.open("rb") as po, source.with_suffix(".mo").open("wb") as mo:
                write_mo(mo, read_po(po))
        compile_dir(Path(self.root, "kpilint"), quiet=1)
