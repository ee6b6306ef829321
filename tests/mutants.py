"""Plant errors in theory and figures one by one, and count those that no test sees.

``python tests/mutants.py 400`` draws sites with a seed, changes one at a time in a copy of the
tree, and runs the test files that reach the module, nearest first, until one fails. Printed are
the score of every subject with its interval (Wilson, 95 %) and the survivors, to be judged by hand:
a mutant that means the same, or changes a word of a message only, is listed in
`mutants_equivalent.txt`. It takes some seconds a mutant, and is run weekly, not with the tests.
"""

import argparse
import ast
import collections
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EQUIVALENT = Path(__file__).with_name("mutants_equivalent.txt")
PRUNED = ("door", "full_size")  # the first is tested whole below, the second runs for hours
SECONDS = 240  # of wall time for the tests of one mutant; longer counts as seen
ARITHMETIC = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
}
COMPARISONS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
SWAPPED = {"min": "max", "max": "min", "sum": "mean", "mean": "sum", "sin": "cos", "cos": "sin",
           "zeros": "ones", "ones": "zeros", "floor": "ceil", "argmax": "argmin"}  # fmt: skip


def sites(path):
    """Return (line, what, change) of every place of a file where an error can be planted."""
    tree = ast.parse(path.read_text())
    words = _words(tree)
    found = []
    for node in ast.walk(tree):
        if id(node) in words:
            continue
        found += [(node.lineno, what, node, new) for what, new in _changes(node)]
    return tree, found


def _words(tree):
    """Ids of nodes that are documentation, messages, annotations or imports: not sites."""
    skipped = set()
    for node in ast.walk(tree):
        parts = []
        if isinstance(node, ast.Raise | ast.JoinedStr | ast.Import | ast.ImportFrom):
            parts = [node]
        elif isinstance(node, ast.FunctionDef):
            parts = [node.returns, *(a.annotation for a in ast.walk(node.args)
                                     if isinstance(a, ast.arg))]  # fmt: skip
        elif isinstance(node, ast.AnnAssign):
            parts = [node.annotation]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            parts = [node]
        for part in filter(None, parts):
            skipped |= {id(inner) for inner in ast.walk(part)}
    return skipped


def _changes(node):
    if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        new = ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)
        yield f"{type(node.op).__name__} to {type(new.op).__name__}", new
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        ops = [COMPARISONS[type(node.ops[0])](), *node.ops[1:]]
        yield "comparison", ast.Compare(node.left, ops, node.comparators)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "truth value", ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield "off by one", ast.Constant(node.value + 1)
    elif isinstance(node, ast.Constant) and isinstance(node.value, float):
        if math.isfinite(node.value):
            yield "constant by 10 %", ast.Constant(node.value * 1.1 if node.value else 0.1)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "sign dropped", node.operand
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not dropped", node.operand
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "and/or", ast.BoolOp(other, node.values)
    elif isinstance(node, ast.If):
        yield "condition negated", ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield "call dropped", ast.Pass()
    elif isinstance(node, ast.Attribute) and node.attr in SWAPPED:
        yield (
            f"{node.attr} to {SWAPPED[node.attr]}",
            ast.Attribute(node.value, SWAPPED[node.attr], node.ctx),
        )


class _Replace(ast.NodeTransformer):
    def __init__(self, old, new):
        self.old, self.new = old, new

    def visit(self, node):
        if node is self.old:
            return ast.copy_location(self.new, node)
        return self.generic_visit(node)


def mutated(tree, old, new):
    """Return the source of a file with one node replaced, and its old and new text."""
    told = ast.unparse(old), ast.unparse(new)
    changed = ast.fix_missing_locations(_Replace(old, new).visit(tree))
    return ast.unparse(changed), *told


def imported(path, root):
    """Return the files of the tree that a file imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            base = root.joinpath(*name.split("."))
            found |= {f for f in (base.with_suffix(".py"), base / "__init__.py") if f.is_file()}
    return found


def reaching(root):
    """Return {source file: test files that reach it, those with the fewest sources first}.

    Packages give their names lazily: a test that imports a package reaches the modules that its
    `__init__` names.
    """
    sources = {p: imported(p, root) for p in _python(root, "theory", "figures")}
    for package in (p for p in sources if p.name == "__init__.py"):
        text = package.read_text()
        if "lazy" in text:
            inside = {p for p in sources if p.parent == package.parent and p != package}
            sources[package] |= {p for p in inside if f'"{p.stem}"' in text}
    closures = {}
    for test in _python(root, "tests"):
        if not test.name.startswith("test_"):
            continue
        seen, waiting = set(), imported(test, root)
        while waiting:
            file = waiting.pop()
            if file not in seen:
                seen.add(file)
                waiting |= sources.get(file, set()) - seen
        closures[test] = seen
    tests = collections.defaultdict(list)
    for test, seen in closures.items():
        for file in seen:
            tests[file].append(test)
    for file, reached in tests.items():
        reached.sort(key=lambda t: (_distance(file, t, root), len(closures[t])))
    return tests


def _distance(file, test, root):
    """0 where a test has the name of the module, 1 where it names it, 2 in the subject's folder."""
    subject = file.relative_to(root).parts[1].removesuffix(".py")
    if file.stem in test.stem:
        return 0
    if file.stem in test.read_text() and subject in test.parts:
        return 1
    return 2 if subject in (*test.parts, test.stem.removeprefix("test_")) else 3


def _python(root, *folders):
    return sorted(
        p
        for folder in folders
        for p in (root / folder).rglob("*.py")
        if "__pycache__" not in p.parts
    )


def subject_of(path, root):
    """Return the package of a file, the machinery of figures as one."""
    parts = path.relative_to(root).parts
    if parts[0] == "figures":
        return "figures" if len(parts) == 2 else "drawings"
    name = parts[1].removesuffix(".py")
    return f"{name}/derivations" if "derivations" in parts else name if len(parts) > 2 else "shared"


def draw(root, count, seed, only=()):
    """Return (path, index of the site) drawn from all sites, every site alike."""
    every = []
    for path in _python(root, "theory", "figures"):
        subject = subject_of(path, root)
        if subject in PRUNED or subject == "drawings" or (only and subject not in only):
            continue
        every += [(path, number) for number in range(len(sites(path)[1]))]
    return random.Random(seed).sample(every, min(count, len(every))), len(every)


def seen_by(tests, tree, most):
    """Return the test file that notices the error, "time" or None; and the seconds it took."""
    begin = time.monotonic()
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(tree),
                                "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip
    for test in tests[:most]:
        left = SECONDS - (time.monotonic() - begin)
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", str(test)]
        try:
            done = subprocess.run(
                command, cwd=tree, env=environment, capture_output=True, timeout=max(left, 5)
            )
        except subprocess.TimeoutExpired:
            return "time", time.monotonic() - begin
        if done.returncode not in (0, 5):
            return test.name, time.monotonic() - begin
    return None, time.monotonic() - begin


def interval(seen, count):
    """Return the Wilson interval of a share at 95 %."""
    if not count:
        return 0.0, 1.0
    z, share = 1.96, seen / count
    middle = share + z**2 / (2 * count)
    half = z * math.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return (middle - half) / (1 + z**2 / count), (middle + half) / (1 + z**2 / count)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", nargs="?", type=int, default=400)
    parser.add_argument("--seed", type=int, default=26)
    parser.add_argument("--only", nargs="*", default=(), help="subjects, such as ep or data")
    parser.add_argument("--tests", type=int, default=6, help="test files a mutant, nearest first")
    options = parser.parse_args()
    equivalent = set(EQUIVALENT.read_text().splitlines()) if EQUIVALENT.is_file() else set()
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(
            ROOT,
            tree,
            ignore=shutil.ignore_patterns(".venv", ".git", ".build", "__pycache__", "*.ipynb"),
        )
        chosen, every = draw(tree, options.count, options.seed, set(options.only))
        tests = reaching(tree)
        print(f"{len(chosen)} of {every} sites, seed {options.seed}", flush=True)
        counts = collections.defaultdict(collections.Counter)
        for path, number in chosen:
            source = path.read_text()
            module, found = sites(path)
            line, what, old, new = found[number]
            text, before, after = mutated(module, old, new)
            name = f"{path.relative_to(tree)}:{line} [{what}] {before[:60]!r} -> {after[:60]!r}"
            path.write_text(text)
            try:
                test, seconds = seen_by(tests[path], tree, options.tests)
            finally:
                path.write_text(source)
            same = name.split(":", 1)[0] + " " + name.split(" ", 1)[1] in equivalent
            fate = "seen" if test else "equivalent" if same else "survived"
            counts[subject_of(path, tree)][fate] += 1
            told = test or ("marked as equivalent" if same else "SURVIVED")
            print(f"{seconds:5.0f} s  {name}  {told}", flush=True)
    _report(counts)


def _report(counts):
    total = sum(counts.values(), collections.Counter())
    for subject, fates in [*sorted(counts.items()), ("all", total)]:
        count = fates["seen"] + fates["survived"]
        low, high = interval(fates["seen"], count)
        print(
            f"{subject:32} {count:4} mutants, {fates['survived']:3} survived, "
            f"score {fates['seen'] / max(count, 1):.3f} [{low:.3f}, {high:.3f}], "
            f"{fates['equivalent']} equivalent"
        )


if __name__ == "__main__":
    main()
