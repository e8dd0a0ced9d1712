"""The small faults that are planted in a source file, as exact replacements of its text."""

import ast
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import UnionType

Siblings = dict[str, list[str]]

_COMPARED = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: (r"\bin\b", "not in"),
    ast.NotIn: (r"\bnot\s+in\b", "in"),
    ast.Is: (r"\bis\b", "is not"),
    ast.IsNot: (r"\bis\s+not\b", "is"),
}
_COMPUTED = {
    ast.Add: (r"\+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: (r"\*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "/"),
    ast.Mod: ("%", "*"),
    ast.Pow: (r"\*\*", "*"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: (r"\|", "&"),
}
_SYMMETRIC = ("min", "max", "minimum", "maximum", "isclose", "allclose", "array_equal", "hypot")
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """One fault: the bytes `start` to `end` of the source say `new` instead of `old`."""

    line: int
    function: int  # first line of the innermost function, decorators counted; 0 outside of any
    start: int
    end: int
    old: str
    new: str

    def plant(self, source: bytes) -> bytes:
        """The source with the fault in it."""
        return source[: self.start] + self.new.encode() + source[self.end :]

    def is_viable(self, source: bytes) -> bool:
        """Whether the source with the fault is Python and says something else."""
        try:
            return ast.dump(ast.parse(self.plant(source))) != ast.dump(ast.parse(source))
        except SyntaxError:
            return False


def mutants(source: bytes, siblings: Siblings) -> list[Mutant]:
    """Every fault of a file, in the order of its text; `siblings` from `attributes_by_type`."""
    starts = [0, *(m.end() for m in re.finditer(rb"\n", source))]
    text = _Text(source, starts)
    faults = set()
    for node, function in _nodes(ast.parse(source), 0, text):
        for start, end, new in _faults(node, text, siblings):
            line, old = bisect_right(starts, start), source[start:end].decode()
            faults.add(Mutant(line, function, start, end, old, new))
    return sorted(faults, key=lambda m: (m.start, m.end, m.new))


def attributes_by_type(sources: list[bytes]) -> Siblings:
    """Field name -> the other fields of the same class with the same annotation."""
    found: Siblings = {}
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef):
                fields = [
                    (s.target.id, ast.unparse(s.annotation))
                    for s in node.body
                    if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
                ]
                for name, kind in fields:
                    others = [o for o, k in fields if k == kind and o != name]
                    found.setdefault(name, []).extend(o for o in others if o not in found[name])
    return found


@dataclass(frozen=True)
class _Text:
    source: bytes
    starts: list[int]  # offset of each line

    def begin(self, node: ast.expr | ast.stmt) -> int:
        return self.starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.starts[node.end_lineno - 1] + node.end_col_offset

    def of(self, node: ast.expr | ast.stmt) -> str:
        return self.source[self.begin(node) : self.end(node)].decode()

    def holds(self, node: ast.expr) -> bool:
        """Whether the expression stands where its position says."""
        try:
            return ast.dump(ast.parse(self.of(node), mode="eval").body) == ast.dump(node)
        except (SyntaxError, UnicodeDecodeError, IndexError):
            return False


Fault = tuple[int, int, str]


def _nodes(tree: ast.AST, function: int, text: _Text) -> Iterator[tuple[ast.AST, int]]:
    """Nodes that run, each with the first line of its function: no annotations, no type checks."""
    if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef):
        function = min([tree.lineno, *(d.lineno for d in tree.decorator_list)])
    if _is_left_alone(tree, text):
        return
    yield tree, function
    for field, value in ast.iter_fields(tree):
        if field not in ("annotation", "returns", "decorator_list", "type_params"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _nodes(child, function, text)


def _is_left_alone(node: ast.AST, text: _Text) -> bool:
    """Questions about types, and pieces of f-strings that Python 3.11 places wrongly."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id == "isinstance"
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.unparse(node.test)
    return isinstance(node, ast.FormattedValue) and not text.holds(node.value)


def _faults(node: ast.AST, text: _Text, siblings: Siblings) -> Iterator[Fault]:
    for kind, faults in _OPERATORS.items():
        if isinstance(node, kind):
            yield from faults(node, text)
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        for other in _used(siblings.get(node.attr, []), text):
            yield text.end(node) - len(node.attr.encode()), text.end(node), other


def _used(others: list[str], text: _Text) -> list[str]:
    """The siblings that this file reads too, or else the first: what one would confuse."""
    here = [o for o in others if re.search(rf"\.{o}\b".encode(), text.source)]
    return here or others[:1]


def _between(left: ast.expr, right: ast.expr, pattern: str, new: str, text: _Text) -> Fault | None:
    """The operator that stands between two operands, replaced."""
    start = text.end(left)
    found = re.search(pattern.encode(), text.source[start : text.begin(right)])
    return None if found is None else (start + found.start(), start + found.end(), new)


def _compare(node: ast.Compare, text: _Text) -> Iterator[Fault]:
    operands = [node.left, *node.comparators]
    for left, op, right in zip(operands, node.ops, operands[1:], strict=False):
        if fault := _between(left, right, *_COMPARED[type(op)], text):
            yield fault


def _binary(node: ast.BinOp, text: _Text) -> Iterator[Fault]:
    strings = any(
        isinstance(side, ast.JoinedStr | ast.List | ast.Tuple)
        or (isinstance(side, ast.Constant) and isinstance(side.value, str | bytes))
        for side in (node.left, node.right)
    )  # joined text and lists have no difference
    if type(node.op) in _COMPUTED and not strings:
        fault = _between(node.left, node.right, *_COMPUTED[type(node.op)], text)
        if fault:
            yield fault


def _bool(node: ast.BoolOp, text: _Text) -> Iterator[Fault]:
    old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    for left, right in zip(node.values, node.values[1:], strict=False):
        if fault := _between(left, right, rf"\b{old}\b", new, text):
            yield fault
    neutral = "True" if isinstance(node.op, ast.And) else "False"
    for value in node.values:  # a condition removed
        yield text.begin(value), text.end(value), neutral


def _constant(node: ast.Constant, text: _Text) -> Iterator[Fault]:
    value = node.value
    if isinstance(value, bool):
        yield text.begin(node), text.end(node), str(not value)
    elif isinstance(value, int | float):
        yield text.begin(node), text.end(node), repr(value + 1)
        yield text.begin(node), text.end(node), f"({value - 1!r})"


def _unary(node: ast.UnaryOp, text: _Text) -> Iterator[Fault]:
    if isinstance(node.op, ast.Not | ast.USub | ast.Invert):
        yield text.begin(node), text.begin(node.operand), " "


def _condition(node: ast.If | ast.IfExp | ast.While, text: _Text) -> Iterator[Fault]:
    start, end = text.begin(node.test), text.end(node.test)
    yield start, end, f"(not ({text.of(node.test)}))"
    if not isinstance(node, ast.While):
        yield start, end, "True"


def _filter(node: ast.comprehension, text: _Text) -> Iterator[Fault]:
    for test in node.ifs:
        yield text.begin(test), text.end(test), "True"


def _call(node: ast.Call, text: _Text) -> Iterator[Fault]:
    if isinstance(node.func, ast.Name) and node.func.id in _NAMES:
        yield text.begin(node.func), text.end(node.func), _NAMES[node.func.id]
    if _name(node.func) in _SYMMETRIC:
        return
    for left, right in zip(node.args, node.args[1:], strict=False):
        if not isinstance(left, ast.Starred) and not isinstance(right, ast.Starred):
            middle = text.source[text.end(left) : text.begin(right)].decode()
            swapped = text.of(right) + middle + text.of(left)
            yield text.begin(left), text.end(right), swapped


def _name(function: ast.expr) -> str:
    return ast.unparse(function).rpartition(".")[2]


def _return(node: ast.Return, text: _Text) -> Iterator[Fault]:
    if node.value is not None and text.of(node.value) not in ("False", "True"):
        yield text.begin(node.value), text.end(node.value), "None"


def _statement(node: ast.Expr | ast.AugAssign, text: _Text) -> Iterator[Fault]:
    if isinstance(node, ast.AugAssign) or isinstance(node.value, ast.Call):
        yield text.begin(node), text.end(node), "pass"


def _keys(node: ast.FunctionDef | ast.AsyncFunctionDef, text: _Text) -> Iterator[Fault]:
    """One string key for the other that the function looks up in the same mapping."""
    looked: dict[str, list[ast.Constant]] = {}
    for inner in ast.walk(node):
        if (
            isinstance(inner, ast.Subscript)
            and isinstance(inner.slice, ast.Constant)
            and isinstance(inner.slice.value, str)
        ):
            looked.setdefault(ast.unparse(inner.value), []).append(inner.slice)
    for keys in looked.values():
        names = list(dict.fromkeys(str(k.value) for k in keys))
        for key in keys:
            other = names[(names.index(str(key.value)) + 1) % len(names)]
            if other != key.value:
                yield text.begin(key), text.end(key), f'"{other}"'


_OPERATORS: dict[type | UnionType, Callable[..., Iterator[Fault]]] = {
    ast.Compare: _compare,
    ast.BinOp: _binary,
    ast.BoolOp: _bool,
    ast.Constant: _constant,
    ast.UnaryOp: _unary,
    ast.If | ast.IfExp | ast.While: _condition,
    ast.comprehension: _filter,
    ast.Call: _call,
    ast.Return: _return,
    ast.Expr | ast.AugAssign: _statement,
    ast.FunctionDef | ast.AsyncFunctionDef: _keys,
}
