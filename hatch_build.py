"""Compiles the one source that is not Python, when the package is built or installed in place.

The compiler comes with the build's requirements, so that no machine needs one of its own and all get the same.
"""

import os
import platform
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = Path("sqlml/model/quickscorer.c")
LIBRARY = SOURCE.with_name("libquickscorer.so")

# Sums stay sums: nothing that could round otherwise with another width of vectors.
_OPTIONS = ["-O3", "-g0", "-s", "-shared", "-fPIC", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror"]
# The oldest C library of any distribution that has a Python new enough.
_GLIBC = "2.17"


class CompileHook(BuildHookInterface):  # type: ignore[type-arg,misc]
    """The wheel carries the library for the machine that it is built on; an installation in place has it beside its
    source."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        library = Path(self.root) / LIBRARY
        _compile(Path(self.root) / SOURCE, library)
        if version != "editable":
            build_data["force_include"][str(library)] = LIBRARY.as_posix()
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"


def _compile(source: Path, library: Path) -> None:
    made = library.with_name(f"{library.stem}.{os.getpid()}.so")
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", "ziglang", "cc", *_target(), *_OPTIONS, "-o", str(made), str(source), "-lm"]
        places = {"ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache}
        subprocess.run(command, check=True, env=os.environ | places)  # noqa: S603
    # Whoever has the old one in use keeps it.
    made.replace(library)


def _target() -> list[str]:
    is_glibc = sys.platform == "linux" and platform.libc_ver()[0] == "glibc"
    return ["-target", f"{platform.machine()}-linux-gnu.{_GLIBC}"] if is_glibc else []
