"""Plant errors in theory and figures one by one, and count those that no test sees.

``python tests/mutants.py 400`` draws places with a seed, changes one at a time in a copy of the
tree, and runs the tests that reach the function that was changed, nearest and quickest first, until
one fails. Which test enters which function is measured once, and again for test files that changed
or whose sources did. Test files whose work is done in processes of their own (the machinery of
figures) judge what they import. Every test process is a copy of one that has made the imports.

What became of a mutant is kept in `.build/mutants`, and holds as long as the file and the tests
that judged it are as they were: samples of several runs add up to one score. Printed are the score
of every subject with its interval (Wilson, 95 %) and the survivors, to be judged by hand: a mutant
that means the same, or changes a word of a message only, is listed in `mutants_equivalent.txt`. It
is run weekly, not with the tests.
"""

import argparse
import ast
import collections
import hashlib
import json
import math
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))

from planted_errors import mutated, sites
from reaching_tests import closures, first_failure, python_files, reaching, run_tests, warm_up

ROOT = Path(__file__).resolve().parent.parent
EQUIVALENT = Path(__file__).with_name("mutants_equivalent.txt")
KEPT = ROOT / ".build" / "mutants"
PRUNED = ("door", "full_size")  # the first is tested whole in bad_input, the second runs for hours
ELSEWHERE = ("figures", "lab", "book", "classroom", "notebooks", "project")  # own processes, pages
SECONDS = 240  # of computing for the tests of one file; longer counts as seen
MOST = 300  # tests of one file, the quickest, that judge a mutant


def subject_of(path, root):
    """Return the package of a file, the machinery of figures as one."""
    parts = path.relative_to(root).parts
    if parts[0] == "figures":
        return "figures" if len(parts) == 2 else "drawings"
    name = parts[1].removesuffix(".py")
    return f"{name}/derivations" if "derivations" in parts else name if len(parts) > 2 else "shared"


def draw(root, count, seed, only=()):
    """Return (path, index of the site) of so many sites, every site alike, and how many there are.

    A site is drawn by its own text: another line in a file leaves all others in the sample or out
    of it, so that what was judged counts after a change, too.
    """
    every = []
    for path in python_files(root, "theory", "figures"):
        subject = subject_of(path, root)
        name = path.relative_to(root).as_posix()
        if subject in PRUNED or subject == "drawings" or (only and not {subject, name} & set(only)):
            continue
        alike = collections.Counter()
        for number, (_, what, old, new) in enumerate(sites(path)[1]):
            text = f"{name} {what} {ast.unparse(old)} {ast.unparse(new)}"
            alike[text] += 1
            every.append((digest(seed, text, alike[text]), path, number))
    return [site for _, *site in sorted(every)[:count]], len(every)


def digest(*parts):
    """Return a digest of texts and of the contents of files."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.read_bytes() if isinstance(part, Path) else str(part).encode())
    return whole.hexdigest()[:20]


class Reach:
    """Which functions the tests of a file enter: measured when first asked for, then kept."""

    def __init__(self, clean, static):
        self.clean, self.folder, self.known = clean, KEPT / "reach", {}
        self.static = {p.relative_to(clean): sorted(files) for p, files in static.items()}
        self.folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, test):
        if set(ELSEWHERE) & set(test.parts):
            return None
        if test not in self.known:
            name = test.as_posix()
            stored = self.folder / f"{digest(name, self.clean / test, *self.static[test])}.json"
            if not stored.is_file():
                run_tests(self.clean, [name], 1200, "-p", "reached", REACHED_FILE=str(stored))
            rows = stored.read_text().splitlines() if stored.is_file() else []
            self.known[test] = [
                (row["test"], row["seconds"], row["entered"]) for row in map(json.loads, rows)
            ]
            if not stored.is_file():
                print(f"       {name} fails without any error, and judges nothing", flush=True)
        return self.known[test]


def judge(tree, groups):
    """Return what noticed the error (a test, "time") and its file, or "" twice."""
    left = float(SECONDS)
    for tests in groups:
        file, begin = tests[0].split("::")[0], time.monotonic()
        status, output = run_tests(tree, tests[:MOST], SECONDS, "-x")
        if status == 4:  # a test of this name is gone: names hold what is tried
            status, output = run_tests(tree, [file], SECONDS, "-x")
        left -= time.monotonic() - begin
        if status is None:
            return "time", file
        if status not in (0, 5, None):
            return first_failure(output) or file, file
        if left <= 0:
            break
    return "", ""


class Results:
    """What became of mutants, kept from run to run as long as it holds.

    One that was seen: as long as its file and the test file that saw it are as they were; one that
    survived: until any test file that imports the file is new or changed.
    """

    def __init__(self, tree, static):
        self.tree, self.static, self.file = tree, static, KEPT / "results.jsonl"
        rows = self.file.read_text().splitlines() if self.file.is_file() else []
        self.rows = {(r["file"], r["site"]): r for r in map(json.loads, rows) if self._holds(r)}

    def _key(self, file, judge):
        path = self.tree / file
        judges = [test for test, closure in self.static.items() if path in closure]
        paths = [path, *([self.tree / judge] if judge else sorted(judges))]
        return digest(*paths) if all(path.is_file() for path in paths) else None

    def _holds(self, row):
        return row["key"] == self._key(row["file"], row["judge"])

    def add(self, file, site, name, by, judge):
        row = {"file": file, "site": site, "name": name, "by": by, "judge": judge,
               "key": self._key(file, judge)}  # fmt: skip
        self.rows[file, site] = row
        with self.file.open("a") as kept:
            kept.write(json.dumps(row) + "\n")
        return row


def fate(row, equivalent, tree):
    """Tell what became of a mutant: seen, survived, or equivalent by the list of those.

    The list names a mutant without its line, or, where a change of so few letters is found more
    than once in a file, followed by " in " and the text of its line.
    """
    if row["by"]:
        return "seen"
    place, change = row["name"].split(" ", 1)
    file, line = place.rsplit(":", 1)
    text = (tree / file).read_text().splitlines()[int(line) - 1].strip()
    names = {f"{file} {change}", f"{file} {change} in {text}"}
    return "equivalent" if names & equivalent else "survived"


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
    parser.add_argument(
        "--only", nargs="*", default=(), help="subjects, such as ep or data, or files"
    )
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin no mutant later")
    options = parser.parse_args()
    equivalent = set(EQUIVALENT.read_text().splitlines()) if EQUIVALENT.is_file() else set()
    begin = time.monotonic()
    warm_up()
    with tempfile.TemporaryDirectory() as folder:
        clean, tree = Path(folder) / "clean", Path(folder) / "tree"
        left_out = shutil.ignore_patterns(".venv", ".git", ".build", "__pycache__")
        for copy in (clean, tree):
            shutil.copytree(ROOT, copy, ignore=left_out)
        chosen, every = draw(tree, options.count, options.seed, set(options.only))
        static, reach = closures(tree), Reach(clean, closures(clean))
        results = Results(tree, static)
        print(f"{len(chosen)} of {every} sites, seed {options.seed}", flush=True)
        for path, number in chosen:
            file = path.relative_to(tree).as_posix()
            if (file, number) in results.rows or time.monotonic() - begin > 60 * options.minutes:
                continue
            row, seconds = plant(path, number, tree, static, reach, results, equivalent)
            told = row["by"] or fate(row, equivalent, tree).upper()
            print(f"{seconds:5.0f} s  {row['name']}  {told}", flush=True)
        counts = collections.defaultdict(collections.Counter)
        for (file, _), row in results.rows.items():
            subject = subject_of(tree / file, tree)
            if not options.only or {subject, file} & set(options.only):
                counts[subject][fate(row, equivalent, tree)] += 1
        _report(counts)
        for row in results.rows.values():
            if fate(row, equivalent, tree) == "survived":
                print("survived:", row["name"])


def plant(path, number, tree, static, reach, results, equivalent):
    """Plant one error, have it judged, and take it out again; return the result and the seconds.

    One that means the same by the list is not judged: that no test sees it takes the longest.
    """
    begin, source, times = time.monotonic(), path.read_text(), path.stat()
    module, found = sites(path)
    line, what, old, new = found[number]
    groups = reaching(path, line, tree, static, lambda test: reach(test.relative_to(tree)))
    text, before, after = mutated(module, old, new)
    file = path.relative_to(tree).as_posix()
    name = f"{file}:{line} [{what}] {before[:60]!r} -> {after[:60]!r}"
    by = test = ""
    if fate({"by": "", "name": name}, equivalent, tree) != "equivalent":
        path.write_text(text)
        try:
            by, test = judge(tree, groups)
        finally:
            path.write_text(source)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # compiled files stay valid
    return results.add(file, number, name, by, test), time.monotonic() - begin


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
