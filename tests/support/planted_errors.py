"""Where in a source an error can be planted, and the text of the file with one planted."""

import ast
import math

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
    words, lengths = _words(tree), _open_lengths(tree)
    found = []
    for node in ast.walk(tree):
        if id(node) in words:
            continue
        change = [("off by one", ast.Constant(0))] if id(node) in lengths else _changes(node)
        found += [(node.lineno, what, node, new) for what, new in change]
    return tree, found


def _open_lengths(tree):
    """Ids of the 1 in `reshape(-1)`: NumPy takes -2 for the same, the length that is left."""
    return {
        id(part.operand)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "reshape"
        for part in ast.walk(node)
        if isinstance(part, ast.UnaryOp)
        and isinstance(part.op, ast.USub)
        and getattr(part.operand, "value", None) == 1
    }


def _words(tree):
    """Ids of nodes that are documentation, messages, annotations or imports: not sites.

    Nor is `strict=True` of `zip`, which says of the program what is so, and changes no result.
    """
    skipped = set()
    for node in ast.walk(tree):
        parts = []
        if isinstance(node, ast.Raise | ast.JoinedStr | ast.Import | ast.ImportFrom):
            parts = [node]
        elif isinstance(node, ast.FunctionDef):
            parts = [node.returns, *(a.annotation for a in ast.walk(node.args)
                                     if isinstance(a, ast.arg))]  # fmt: skip
        elif isinstance(node, ast.keyword) and node.arg == "strict":
            parts = [node.value]
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
