"""What Pyodide runs: one derivation, telling the page about every step as it is added."""

import importlib
import json
import sys
import time

import page

sys.path.insert(0, "/suite")

from theory.derivation import DerivationError
from theory.derivation.record import Record

plain_add = Record.add
original = True


def telling_add(self, name, *arguments, **options):
    done = plain_add(self, name, *arguments, **options)
    step = self.step(name)
    told = {"kind": "step", "number": step.number, "name": name, "status": step.status}
    page.say(json.dumps(told | {"proof": step.proof, "original": original}))
    return done


Record.add = telling_add


def prove(module, name, source):
    """Run the derivation `name` of a module, or the changed text of it."""
    global original
    original = not source
    started = time.time()
    namespace = dict(vars(importlib.import_module(module)))
    try:
        if source:
            exec(source, namespace)
        derivation = namespace[name]()
    except DerivationError as error:
        page.say(json.dumps({"kind": "end", "text": f"Refused. {error}", "failed": True}))
        return
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        page.say(json.dumps({"kind": "end", "text": told, "failed": True}))
        return
    told = f"{len(derivation)} steps in {time.time() - started:.1f} s, in this browser."
    page.say(json.dumps({"kind": "end", "text": told, "failed": False}))
