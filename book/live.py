"""Live proofs: what the reader's browser needs to run the derivations, shipped inside the site.

Python for the browser is the npm package `pyodide`; SymPy, mpmath and lazy-loader are the installed
ones, without their tests. Without npm the site is built without the button.
"""

from __future__ import annotations

import html
import importlib.util
import inspect
import io
import json
import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path

from book.equations import Equations, derivation_functions
from figures.files import BUILD, write_atomic
from figures.inventory import ROOT

PYODIDE = "314.0.7"
STORED = BUILD / "book" / f"pyodide-{PYODIDE}.tgz"
WANTED = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "pyodide-lock.json",
    "python_stdlib.zip",
)
PACKAGES = ("sympy", "mpmath", "lazy_loader")


def ship_python(extra: Path) -> bool:
    """Write `pyodide/` below a folder; return whether it could be had."""
    archive = _package()
    if archive is None:
        return False
    with tarfile.open(fileobj=io.BytesIO(archive)) as package:
        for name in WANTED:
            content = package.extractfile(f"package/{name}").read()
            write_atomic(extra / "pyodide" / name, content)
    write_atomic(extra / "pyodide" / "proofs.zip", proofs())
    return True


def _package() -> bytes | None:
    if STORED.is_file():
        return STORED.read_bytes()
    if shutil.which("npm") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"pyodide@{PYODIDE}"]
        done = subprocess.run(command, cwd=folder, capture_output=True)
        if done.returncode:
            return None
        write_atomic(STORED, next(Path(folder).glob("*.tgz")).read_bytes())
    return STORED.read_bytes()


def proofs() -> bytes:
    """Return one archive with SymPy, what it needs, and all modules of `theory`."""
    files = []
    for folder in [
        *(Path(importlib.util.find_spec(n).origin).parent for n in PACKAGES),
        ROOT / "theory",
    ]:
        for path in folder.rglob("*.py"):
            parts = path.relative_to(folder.parent).parts
            if "tests" not in parts and "benchmarks" not in parts:
                files.append((path, "/".join(parts)))
    return packed(files)


def packed(files: list[tuple[Path, str]]) -> bytes:
    """Return one archive of files under the given names, the same bytes for the same files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, name in sorted(files, key=lambda row: row[1]):
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, path.read_bytes())
    return content.getvalue()


def proof_section(equations: Equations) -> str:
    """Return the part of a derivation's page in which it is proved, and can be changed."""
    function = derivation_functions()[equations.id]
    source = html.escape(inspect.getsource(function))
    verdicts = json.dumps(equations.verdicts)
    return f"""## Prove it here

Python and SymPy run in your browser; nothing is sent anywhere. Change a step below and see it refused.

````{{raw}} html
<div class="live-proof" data-root="../" data-module="{equations.module}" data-name="{function.__name__}">
<button type="button">Prove it here</button> <button type="button" hidden>Stop</button>
<span role="status" aria-live="polite"></span>
<ol></ol>
<details><summary>The derivation as a program: change it</summary>
<textarea aria-label="Source of the derivation" spellcheck="false" rows="18">{source}</textarea>
</details>
<script type="application/json">{verdicts}</script>
</div>
````"""
