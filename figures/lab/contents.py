"""How JupyterLab reads and writes lessons: looking writes nothing, an edit reaches both halves."""

from __future__ import annotations

import hashlib
import platform
from datetime import UTC, datetime
from pathlib import Path

import jupytext
import nbformat
from ipykernel.kernelspec import get_kernel_dict
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupytext.async_contentsmanager import build_async_jupytext_contents_manager_class
from tornado.web import HTTPError

from figures.files import WriteFailed
from figures.lab.pairs import cells, two_versions, write_pair
from figures.lab.start_page import START_PAGE, lessons, start_page

NOTICE = "two_versions"  # key in the metadata of the cell that a reader sees and no file holds


# Jupytext makes its class when asked: a base that no type checker can see.
class LessonManager(build_async_jupytext_contents_manager_class(AsyncLargeFileManager)):  # type: ignore[misc]
    """Jupytext's contents manager for pairs whose `.py` wins, plus the page of lessons."""

    async def get(self, path, content=True, type=None, format=None, **options):
        """Return the model of a file; a lesson's metadata are as JupyterLab would complete them."""
        path = path.strip("/")
        if path == START_PAGE:
            return self._start_page(content, **options)
        if _is_aside(path):  # stands alone: its cells are not those of any .py
            return await self.super.get(path, content=content, type=type, format=format, **options)
        model = await super().get(path, content=content, type=type, format=format, **options)
        if content and model["type"] == "notebook" and (source := self._lesson(path)):
            notebook = model["content"]
            notebook.metadata["kernelspec"] = _kernelspec()
            notebook.metadata["language_info"] = _language_info()
            if source.is_file() and two_versions(source):
                notebook.cells.insert(0, _notice(source))
        return model

    async def save(self, model, path=""):
        """Save a file and return its model without content; an unchanged one is not written."""
        path = path.strip("/")
        if _is_aside(path):
            return await self.super.save(model, path)
        if model.get("type") != "notebook" or model.get("content") is None:
            return await super().save(model, path)
        lesson = self._lesson(path)
        source = lesson or Path(self._get_os_path(path))
        notebook = nbformat.from_dict(model["content"])
        notebook.cells = [cell for cell in notebook.cells if NOTICE not in cell.metadata]
        if source.suffix == ".py" and source.is_file():
            if cells(notebook) == cells(jupytext.read(source)):
                return await self.get(path, content=False)
        if lesson is None:
            return await super().save(model, path)
        trusted = self.notary.check_cells(notebook)
        try:
            write_pair(lesson, notebook)
        except WriteFailed as error:
            raise HTTPError(500, str(error)) from error
        if trusted:
            self.notary.sign(nbformat.read(lesson.with_suffix(".ipynb"), as_version=4))
        return await self.get(path, content=False)

    def _lesson(self, path: str) -> Path | None:
        """Return the `.py`, existing or not, of a notebook or script below `notebooks`, or None."""
        file = Path(self._get_os_path(path))
        below = Path(self.root_dir, "notebooks") in file.parents
        return file.with_suffix(".py") if below and file.suffix in (".ipynb", ".py") else None

    def _start_page(self, content: bool, require_hash: bool = False, **_) -> dict:
        now = datetime.now(UTC)
        model = {
            **{"name": START_PAGE, "path": START_PAGE, "type": "file", "writable": False},
            **{"created": now, "last_modified": now, "size": None},
            **{"content": None, "format": None, "mimetype": None},
        }
        if not (content or require_hash):
            return model
        root = Path(self.root_dir)
        sources = [lesson.source for group in lessons(root).values() for lesson in group]
        differing = [source.with_suffix(".ipynb") for source in sources if two_versions(source)]
        text = start_page(root, differing)
        if content:
            model |= {"content": text, "format": "text", "mimetype": "text/markdown"}
        if require_hash:
            digest = hashlib.sha256(text.encode()).hexdigest()
            model |= {"hash": digest, "hash_algorithm": "sha256"}
        return model


def _is_aside(path: str) -> bool:
    """Whether a notebook is a copy that `figures.executed.keep_edited` made."""
    return path.endswith(".ipynb") and ".edited" in Path(path).stem


def _kernelspec() -> dict:
    return {
        "display_name": get_kernel_dict()["display_name"],
        "language": "python",
        "name": "python3",
    }


def _language_info() -> dict:
    """What ipykernel says of its language; JupyterLab copies it into an opened notebook."""
    return {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": platform.python_version(),
    }


def _notice(source: Path):
    text = (
        f"> **This lesson exists in two versions.** Another program has changed cells of "
        f"`{source.stem}.ipynb`; they differ from those of `{source.name}`. Below stand the cells "
        f"of `{source.name}`, which `make figures` executes. Nothing is lost: before the changed "
        f"notebook is overwritten, a copy is kept as `{source.stem}.edited.ipynb`."
    )
    return nbformat.v4.new_markdown_cell(text, metadata={NOTICE: True})
