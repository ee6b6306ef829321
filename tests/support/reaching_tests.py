"""Which tests reach a place of the sources, and how they are run: as copies of one process."""

import ast
import contextlib
import functools
import gc
import importlib
import os
import re
import resource
import signal
import sys
import tempfile
import time

LIBRARIES = (
    "numpy", "scipy.integrate", "scipy.linalg", "scipy.optimize", "scipy.special", "scipy.stats",
    "sympy", "mpmath", "flint", "z3", "pytest", "hypothesis",
)  # fmt: skip
SHARED = ("support", "bad_input")


def python_files(root, *folders):
    """Return the sources below some folders of a tree."""
    return sorted(
        path
        for folder in folders
        for path in (root / folder).rglob("*.py")
        if "__pycache__" not in path.parts
    )


def imported(path, root):
    """Return the files of the tree that a file imports, inside functions, too, or names in full.

    A name in full, such as "figures.verify", is loaded by it or run as a program of its own; what
    tests share lies in folders that they put on the path.
    """
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Constant) and re.fullmatch(r"\w+(\.\w+)+", str(node.value)):
            names = [str(node.value)]
        for name in names:
            base, shared = root.joinpath(*name.split(".")), f"{name}.py"
            files = [base.with_suffix(".py"), base / "__init__.py"]
            files += [root / "tests" / folder / shared for folder in SHARED]
            found |= {file for file in files if file.is_file()}
    return found


@functools.cache
def imports(root):
    """Return {source file: those that it imports itself}.

    Packages give their names lazily: a package imports the modules that its `__init__` names.
    """
    sources = {p: imported(p, root) for p in python_files(root, "theory", "figures", "classroom")}
    for package in (p for p in sources if p.name == "__init__.py"):
        text = package.read_text()
        if "lazy" in text:
            inside = {p for p in sources if p.parent == package.parent and p != package}
            sources[package] |= {p for p in inside if f'"{p.stem}"' in text}
    return sources


def closures(root):
    """Return {test file: source files that it imports, directly or not}.

    One that asks for all `public_derivations` reaches their modules.
    """
    sources, found = imports(root), {}
    for test in python_files(root, "tests"):
        if test.name.startswith("test_"):
            seen, waiting = set(), imported(test, root)
            if "public_derivations" in _text(test):
                waiting |= {p for p in sources if "derivations" in (*p.parts, p.stem)}
            while waiting:
                file = waiting.pop()
                if file not in seen:
                    seen.add(file)
                    shared = "tests" in file.relative_to(root).parts
                    waiting |= (imported(file, root) if shared else sources.get(file, set())) - seen
            found[test] = seen
    return found


def distance(file, test, root):
    """0 where a test has the name of the module, 1 where it names it, 2 in the subject's folder."""
    subject = file.relative_to(root).parts[1].removesuffix(".py")
    if file.stem in test.stem:
        return 0
    if file.stem in _text(test) and subject in test.parts:
        return 1
    return 2 if subject in (*test.parts, test.stem.removeprefix("test_")) else 3


@functools.cache
def _text(path):
    return path.read_text()


@functools.cache
def functions(path):
    """Return (first line, last line, whether compiled) of every function, decorators included."""
    return [
        (
            min([node.lineno, *(d.lineno for d in node.decorator_list)]),
            node.end_lineno,
            any("njit" in ast.unparse(decorator) for decorator in node.decorator_list),
        )
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    ]


def unseen(path):
    """Tell whether a file works without being entered: by compiled functions, or by none."""
    compiled = [compiled for *_, compiled in functions(path)]
    return any(compiled) or not compiled


def entrances(path, line, root):
    """Return {file: first line of a function, or None for any}: what tests enter to reach a place.

    The function around the line; for a line outside of functions any of the file, and tests that
    import the file itself (`reaching`). Where the file works unseen, any function of the file or of
    those that import it, too, since no measurement tells who reaches a compiled function or a
    constant.
    """
    around = max((f for f in functions(path) if f[0] <= line <= f[1]), default=None)
    if around and not around[2]:
        return {path: around[0]}
    found, waiting = {}, {path}
    while waiting:
        file = waiting.pop()
        found[file] = None
        if unseen(file):
            waiting |= {p for p, known in imports(root).items() if file in known} - set(found)
    return found


def reaching(path, line, root, static, entered_by):
    """Return an iterator over lists of tests that may reach a place, the nearest file's first.

    Tests that enter what leads there, the quickest first; all tests of a file that imports what
    works unseen, and of one of which it is not known what they enter.

    Parameters
    ----------
    static : dict
        What `closures` returns.
    entered_by : callable
        Takes a test file, returns [(test, seconds, {file: first lines of functions entered})], or
        None where that is not known.
    """
    ways = entrances(path, line, root)
    starts = {file.relative_to(root).as_posix(): start for file, start in ways.items()}
    # Constants, fields and defaults are read without entering a function of their file.
    hidden = {file for file in ways if unseen(file) or (file == path and ways[file] is None)}
    files = [test for test, closure in static.items() if path in closure]
    files.sort(key=lambda test: (distance(path, test, root), len(static[test])))

    def enters(entered):
        return any(
            starts[name] is None or starts[name] in lines
            for name, lines in entered.items()
            if name in starts
        )

    def groups():
        for file in files:
            rows = entered_by(file)
            if rows is None:
                yield [file.relative_to(root).as_posix()]
                continue
            every = not hidden.isdisjoint(imported(file, root))
            found = [(seconds, test) for test, seconds, entered in rows if every or enters(entered)]
            if found:
                yield [test for _, test in sorted(found)]

    return groups()  # read while the source is changed, when the line has moved


def warm_up():
    """Import what tests need beside the project, so that copies of this process have it."""
    for library in LIBRARIES:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(library)
    gc.collect()
    gc.freeze()


def run_tests(tree, tests, seconds, *options, **environment):
    """Run tests of a tree in a copy of this process; return status and output.

    The status is that of pytest, None where the tests computed for longer than the seconds, or
    took twice as long.
    """
    with tempfile.TemporaryFile() as output:
        pid = os.fork()
        if pid == 0:
            _become(tree, tests, seconds, options, environment, output)
        deadline, status = time.monotonic() + 2 * seconds, None
        while status is None and time.monotonic() < deadline:
            ended, told = os.waitpid(pid, os.WNOHANG)
            status = os.waitstatus_to_exitcode(told) if ended else time.sleep(0.01)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        if status is None:
            os.waitpid(pid, 0)
        output.seek(0)
        late = status in (-signal.SIGXCPU, -signal.SIGKILL)
        return None if late else status, output.read().decode(errors="replace")


def first_failure(output):
    """Return the test that failed, by the short summary of pytest, or ""."""
    found = re.search(r"^(?:FAILED|ERROR) (\S+?\.py\S*)", output, flags=re.MULTILINE)
    return found[1] if found else ""


def _become(tree, tests, seconds, options, environment, output):
    status = 70
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 5))
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
        paths = [str(tree), str(tree / "tests" / "support")]
        os.environ.update(environment, OMP_NUM_THREADS="1", PYTHONPATH=paths[0])
        sys.path[:0] = paths
        os.chdir(tree)
        import pytest

        status = int(pytest.main(["-q", "-p", "no:cacheprovider", *options, *tests]))
        sys.stdout.flush()
    finally:
        os._exit(status)
