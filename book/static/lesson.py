"""What runs a lesson cell by cell in the reader's browser and tells the page what it shows."""

import ast
import contextlib
import html
import io
import json
import os
import re
import sys
import time
import traceback

import page

os.environ["MPLBACKEND"] = "Agg"
if "/suite" not in sys.path and os.path.isdir("/suite"):
    sys.path.insert(0, "/suite")
    os.makedirs("/suite/notebooks/here", exist_ok=True)
    os.chdir("/suite/notebooks/here")
namespace = {"__name__": "__main__"}
printed = io.StringIO()  # what a cell has printed and the page has not been told
TAGS = r"&lt;(/?(?:br|sub|details|summary))&gt;"


def say(kind, **told):
    text = printed.getvalue()
    printed.seek(0)
    printed.truncate()
    if text:
        page.say(json.dumps({"kind": "text", "text": text}))
    page.say(json.dumps({"kind": kind} | told))


def show(outputs):
    """Tell the page of pictures and texts as `figures.kit` gives them to a notebook."""
    for output in outputs:
        data = output["data"]
        if "image/png" in data:
            alt = output["metadata"]["image/png"]["alt"]
            say("picture", png=data["image/png"].strip(), alt=alt)
        else:
            say("html", html=html_of(data.get("text/markdown", data["text/plain"])))


def html_of(text):
    """Return Markdown as the lessons write it as HTML: formulas, tables, lists, bold, italic."""
    blocks = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.split("\n")
        if block.startswith("$$"):
            blocks.append(rf"<p>\[{html.escape(block.strip('$'))}\]</p>")
        elif lines[0].startswith("|"):
            rows = [[_inline(c.strip()) for c in line.strip("|").split("|")] for line in lines]
            body = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in rows[2:])
            head = "".join(f'<th scope="col">{cell}</th>' for cell in rows[0])
            blocks.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
        elif lines[0].startswith("- "):
            items = "".join(f"<li>{_inline(line.removeprefix('- '))}</li>" for line in lines)
            blocks.append(f"<ul>{items}</ul>")
        else:
            blocks.append(f"<p>{_inline(block)}</p>")
    return "".join(blocks)


def _inline(text):
    parts = re.split(r"(\$[^$]+\$|`[^`]+`)", text)
    for k, part in enumerate(parts):
        if k % 2:
            inner = html.escape(part[1:-1])
            parts[k] = rf"\({inner}\)" if part[0] == "$" else f"<code>{inner}</code>"
        else:
            part = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", html.escape(part, quote=False))
            part = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", part.replace("&amp;#124;", "|"))
            part = re.sub(r"(?<!\*)\*([^*]+)\*", r"<i>\1</i>", part)
            parts[k] = re.sub(TAGS, r"<\1>", part)
    return "".join(parts)


def connect():
    """Let `record` and `explore` show on the page; a lesson without numbers needs neither."""
    from figures import frames, kit

    def explore(draw, **choices):
        ((name, values),) = choices.items()
        show(frames.frames(draw, name, list(values)))

    kit._show, kit.explore = show, explore


def run_cell(number, source):
    """Run one cell, its last expression shown as a notebook shows it."""
    started, failed = time.time(), ""
    try:
        if "figures.kit" in source:
            connect()
        with contextlib.redirect_stdout(printed):
            _run(ast.parse(source, f"cell {number}"), number)
    except BaseException as error:
        line = [
            f.lineno
            for f in traceback.extract_tb(error.__traceback__)
            if f.filename == f"cell {number}"
        ]
        where = f" (line {line[-1]})" if line else ""
        failed = f"{type(error).__name__}{where}: {error}"
    say("cell", number=number, seconds=round(time.time() - started, 1), failed=failed)


def _run(tree, number):
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, f"cell {number}", "exec"), namespace)
    if last is None:
        return
    value = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), namespace)
    if hasattr(value, "_ipython_display_"):
        value._ipython_display_()
    elif hasattr(value, "_repr_markdown_"):
        say("html", html=html_of(value._repr_markdown_()))
    elif value is not None:
        say("text", text=repr(value))
