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

from figures.lab.pairs import ASIDE, cell_id, cells, keep_aside, two_versions
from figures.lab.start_page import START_PAGE, lessons, start_page

NOTICE = "two_versions"  # key in the metadata of the cell that a reader sees and no file holds


class LessonManager(build_async_jupytext_contents_manager_class(AsyncLargeFileManager)):
    """Jupytext's contents manager for pairs whose `.py` wins, plus the page of lessons."""

    async def get(self, path, content=True, type=None, format=None, **options):
        """Return the model of a file; a lesson's metadata are as JupyterLab would complete them."""
        path = path.strip("/")
        if path == START_PAGE:
            return self._start_page(content, **options)
        if _is_aside(path):  # stands alone: its cells are not those of any .py
            return await self.super.get(path, content=content, type=type, format=format, **options)
        model = await super().get(path, content=content, type=type, format=format, **options)
        if content and model["type"] == "notebook" and (source := self._source(path)):
            notebook = model["content"]
            notebook.metadata["kernelspec"] = _kernelspec()
            notebook.metadata["language_info"] = _language_info()
            if two_versions(source):
                notebook.cells.insert(0, _notice(source))
        return model

    async def save(self, model, path=""):
        """Save a file and return its model without content; an unchanged one is not written."""
        path = path.strip("/")
        if _is_aside(path):
            return await self.super.save(model, path)
        source = self._source(path)
        if model.get("type") != "notebook" or model.get("content") is None or source is None:
            return await super().save(model, path)
        notebook = nbformat.from_dict(model["content"])
        notebook.cells = [cell for cell in notebook.cells if NOTICE not in cell.metadata]
        if cells(notebook) == cells(jupytext.read(source)):
            return await self.get(path, content=False)
        if self._is_lesson(source):
            if two_versions(source):
                keep_aside(source.with_suffix(".ipynb"))
            notebook = _normal_form(notebook, source)
        return await super().save({**model, "content": notebook}, path)

    def _source(self, path: str) -> Path | None:
        """Return the existing `.py` behind a notebook that JupyterLab shows, or None."""
        file = Path(self._get_os_path(path))
        if file.suffix == ".ipynb" and self._is_lesson(file):
            file = file.with_suffix(".py")
        return file if file.suffix == ".py" and file.is_file() else None

    def _is_lesson(self, file: Path) -> bool:
        return Path(self.root_dir, "notebooks") in file.parents

    def _start_page(self, content: bool, require_hash: bool = False, **_) -> dict:
        root, now = Path(self.root_dir), datetime.now(UTC)
        sources = [lesson.source for group in lessons(root).values() for lesson in group]
        differing = [source.with_suffix(".ipynb") for source in sources if two_versions(source)]
        text = start_page(root, differing)
        model = {
            **{"name": START_PAGE, "path": START_PAGE, "type": "file", "writable": False},
            **{"created": now, "last_modified": now, "size": len(text.encode())},
            **{"content": None, "format": None, "mimetype": None},
        }
        if content:
            model |= {"content": text, "format": "text", "mimetype": "text/markdown"}
        if require_hash:
            digest = hashlib.sha256(text.encode()).hexdigest()
            model |= {"hash": digest, "hash_algorithm": "sha256"}
        return model


def _is_aside(path: str) -> bool:
    return path.endswith(".ipynb") and ASIDE in Path(path).stem


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
        f"of `{source.name}`, which `make figures` executes. Nothing is lost: before the edited "
        f"notebook is overwritten, a copy is kept as `{source.stem}{ASIDE}.ipynb`."
    )
    return nbformat.v4.new_markdown_cell(text, metadata={NOTICE: True})


def _normal_form(notebook, source: Path):
    """Return an edited lesson with the metadata of its files and nothing of this session."""
    pair = source.with_suffix(".ipynb")
    metadata = nbformat.read(pair, as_version=4).metadata if pair.is_file() else {}
    header = jupytext.read(source).metadata
    notebook.metadata = nbformat.from_dict(
        {**metadata, **{key: header[key] for key in ("kernelspec", "jupytext") if key in header}}
    )
    for number, cell in enumerate(notebook.cells):
        cell.id = cell_id(number, cell.source)
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.execution_count = None
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = None
    return notebook
