"""The architecture as a test: who may import whom, and who may touch threads, files and the terminal.

It reads the syntax trees. A room that is not in `MAY_IMPORT` yet has to say first what it may know.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "tui_trainer"
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}

GROUND = (
    "state_folder",
    "arrays",
    "randomness",
    "process",
    "setting",
    "wording",
    "whole_files",
    "kept_file",
    "exit_status",
    "input_error",
    "formulas",
)
INGREDIENTS = ("datasets", "layers", "losses", "optimizers")

# Room → what of tui_trainer it may import: rooms, or single modules of rooms. "" is the package itself;
# it and the ground floor (`GROUND`) are open to everybody.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "": (),
    **dict.fromkeys(GROUND, ()),
    "setting_error": (),
    "blas": (),
    "telemetry": (),
    "tables": ("setting_error",),
    **dict.fromkeys(INGREDIENTS, (*INGREDIENTS, "setting_error")),
    "datasets": ("setting_error", "tables"),
    "experiment": (*INGREDIENTS, "tables", "setting_error"),
    "instruments": INGREDIENTS,
    "training": (*INGREDIENTS, "experiment", "instruments", "telemetry", "blas"),
    "past": (*INGREDIENTS, "experiment", "telemetry", "training"),
    "inspection": (*INGREDIENTS, "experiment", "instruments", "telemetry", "training", "past"),
    "diagnosis": ("telemetry",),
    "recordings": ("experiment", "training", "telemetry", "diagnosis", "setting_error"),
    "runs": ("experiment", "training", "past", "inspection", "telemetry", "diagnosis", "recordings"),
    "runs.run": ("telemetry",),
    "studies": ("experiment", "telemetry", "lessons", "runs"),
    "exports": (*INGREDIENTS, "experiment", "training", "telemetry", "drawing", "presets.journal"),
    "toml_file": (),
    "preset_files": ("toml_file",),
    "lessons": ("telemetry", "drawing.charts.numbers"),
    "presets": (
        *INGREDIENTS, "instruments", "experiment", "setting_error", "telemetry", "diagnosis", "lessons", "toml_file",
        "preset_files", "dashboard.panels",
    ),
    "familiarity": (),
    "preferences": (
        "toml_file", "setting_error", "drawing.theme_files", "dashboard.keys", "dashboard.panels", "dashboard.view",
    ),
    "drawing": ("setting_error", "toml_file"),
    "dashboard": ("drawing", "telemetry", "experiment", "diagnosis", "lessons", "runs.run"),
    "tui": ("dashboard", "drawing", "telemetry", "experiment", "lessons", "toml_file"),
    "cli": (
        *INGREDIENTS, "experiment", "training", "inspection", "instruments", "telemetry", "runs",
        "studies", "exports", "recordings", "tables", "setting_error", "preset_files", "presets", "lessons",
        "preferences", "familiarity", "toml_file", "blas", "drawing", "dashboard", "tui",
    ),
    "__main__": ("cli",),
}  # fmt: skip

# Package or standard module → the only places of tui_trainer that may import it.
RESERVED: dict[str, tuple[str, ...]] = {
    "textual": ("tui",),
    "rich": ("tui",),
    "plotext": ("cli.loss_plot",),
    "threadpoolctl": ("blas",),
    "platformdirs": ("preferences", "state_folder", "preset_files"),
    "tomlkit": ("preferences", "exports.experiment_toml"),
    "threading": ("runs.live", "recordings.recorder"),
    "_thread": (),
    "concurrent": (),
    "multiprocessing": (),
    "clevercsv": ("tables.dialect",),
    "pyarrow": ("tables.parquet",),
    "tensorboardX": ("exports.tensorboard",),
    "cairosvg": ("exports.picture_png",),
}
LAZY = ("clevercsv", "pyarrow", "tensorboardX", "cairosvg")
"""Optional, or slow to import, so they are imported only inside functions."""
PLAIN = ("numpy", "msgspec")
"""What every other module may import beside the standard library."""

WRITERS = (
    "whole_files",
    "kept_file",
    "recordings",
    "exports",
    "preferences",
    "familiarity",
    "tui.terminal",
)
"""The last one writes to the terminal itself, past a writer that is blocked."""
WRITING_CALLS = {
    "write_text",
    "write_bytes",
    "tofile",
    "savetxt",
    "savez",
    "savez_compressed",
    "replace_file",
}
WRITING_CALLS_OF = {
    "np": {"save"},
    "os": {"replace", "rename", "open"},
    "shutil": {"copy", "copyfile", "move"},
}

FORBIDDEN_NAMES = {"utils", "helpers", "manager", "base", "common"}
MAX_LINES = 400
"""At 300 one asks whether a file holds two ideas; above this it does."""


def inner(module: str) -> str:
    """`tui_trainer.runs.live` → `runs.live`; the package itself → the empty string."""
    return module.removeprefix("tui_trainer").removeprefix(".")


def within(module: str, places: tuple[str, ...]) -> bool:
    """Whether the inner name `module` is one of `places` or lies in one of them."""
    return any(module == place or module.startswith(f"{place}.") for place in places)


@cache
def parsed(path: Path) -> ast.Module:
    """Its syntax tree, until this file's tests are done."""
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", autouse=True)
def forgotten() -> Iterator[None]:
    yield
    parsed.cache_clear()


@cache
def imports(path: Path, module: str) -> tuple[tuple[str, int, bool], ...]:
    """What the file of a module imports: dotted name, line, and whether it waits (in a function)."""
    return tuple(_imports(path, module))


def loaded_by_name(node: ast.AST) -> str | None:
    """The module that a call of `import_module` loads, if it names it."""
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        function = node.func
        if (function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")) == "import_module":
            return str(node.args[0].value)
    return None


def _imports(path: Path, module: str) -> Iterator[tuple[str, int, bool]]:
    tree = parsed(path)
    lazy = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(block)
    }
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno, id(node) in lazy
        elif named := loaded_by_name(node):
            yield named, node.lineno, id(node) in lazy
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                # `from tui_trainer.runs import live` imports a module, `… import LiveRun` a name of one.
                whole = f"{source}.{alias.name}"
                yield whole if whole in MODULES else source, node.lineno, id(node) in lazy


def named_by(module: str) -> str:
    """The longest part of the inner name `module` that has a rule, or its room, which may have none yet."""
    name = module
    while name not in MAY_IMPORT and "." in name:
        name = name.rpartition(".")[0]
    return name


def test_every_rule_is_about_places_that_exist() -> None:
    named = {*MAY_IMPORT, *chain(*MAY_IMPORT.values()), *chain(*RESERVED.values()), *WRITERS, *GROUND}
    known = {inner(module) for module in MODULES}
    assert [place for place in sorted(named) if place not in known] == []


def test_no_room_may_know_more_than_it_does() -> None:
    """Of the ingredients a room may know all; every other permission is one that it uses."""
    known: dict[str, set[str]] = {}
    for module, path in MODULES.items():
        names = {inner(name) for name, *_ in imports(path, module) if name in MODULES}
        known.setdefault(named_by(inner(module)), set()).update(names)
    unused = [
        f"{room} does not import {place}"
        for room, places in MAY_IMPORT.items()
        for place in set(places) - {*INGREDIENTS}
        if room not in INGREDIENTS and not any(within(name, (place,)) for name in known[room])
    ]
    unused += [
        f"{place} does not import {package}"
        for package, places in RESERVED.items()
        for place in places
        if not any(
            name.split(".")[0] == package
            for module, path in MODULES.items()
            if within(inner(module), (place,))
            for name, *_ in imports(path, module)
        )
    ]
    unused += [
        f"{place} writes no file"
        for place in WRITERS
        if not any(any(writing(parsed(path))) for module, path in MODULES.items() if within(inner(module), (place,)))
    ]
    assert sorted(unused) == []


def test_every_room_knows_only_its_neighbours() -> None:
    wrong = []
    for module, path in MODULES.items():
        me = inner(module)
        allowed = MAY_IMPORT.get(named_by(me))
        assert allowed is not None, f"{me} is a new room: say in MAY_IMPORT what it may import"
        room = me.split(".")[0]
        wrong += [
            f"{path.relative_to(ROOT)}:{line}: {room or 'the package'} may not import {inner(name)}; "
            f"allowed: {', '.join(allowed) or 'nothing'}"
            for name, line, _ in imports(path, module)
            if name.startswith("tui_trainer.")
            and not within(inner(name), GROUND)
            and inner(name).split(".")[0] != room
            and not within(inner(name), allowed)
        ]
    assert not wrong, "\n".join(wrong)


def test_outside_packages_stay_in_their_places() -> None:
    wrong = []
    for module, path in MODULES.items():
        for name, line, lazy in imports(path, module):
            where = f"{path.relative_to(ROOT)}:{line}"
            top = name.split(".")[0]
            places = RESERVED.get(top)
            if places is not None:
                if not within(inner(module), places):
                    wrong.append(f"{where}: {top} may be imported only in {', '.join(places) or 'no module'}")
                if top in LAZY and not lazy:
                    wrong.append(f"{where}: {top} is optional and may be imported only inside a function")
            elif top not in (*PLAIN, "tui_trainer") and top not in sys.stdlib_module_names:
                wrong.append(f"{where}: {top} is not a dependency that this test knows")
    assert not wrong, "\n".join(wrong)


def circle(arrows: Mapping[str, Iterable[str]]) -> list[str]:
    """Names each of which has an arrow to the next, the last one being the first again; [] if there is no circle."""
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name not in done:
            for following in sorted(arrows.get(name, ())):
                if found := visit(following, [*path, name]):
                    return found
            done.add(name)
        return []

    return next(filter(None, (visit(name, []) for name in arrows)), [])


def test_modules_and_rooms_import_each_other_in_one_direction() -> None:
    """Imports form no circle, those for types and those in functions included: a circle is two ideas that are one."""
    modules = {
        module: {name for name, *_ in imports(path, module) if name in MODULES and name != module}
        for module, path in MODULES.items()
    }
    assert not (found := circle(modules)), "a circle of imports: " + " → ".join(found)
    rooms: dict[str, set[str]] = {}
    for module, names in modules.items():
        room = inner(module).split(".")[0]
        rooms.setdefault(room, set()).update({inner(name).split(".")[0] for name in names} - {room})
    assert not (found := circle(rooms)), "a circle of rooms: " + " → ".join(found)


def writing(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Calls that write to files: `open` for writing and its like, by name; line and name."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        owner = function.value if isinstance(function, ast.Attribute) else None
        owner_name = owner.id if isinstance(owner, ast.Name) else ""
        if name in WRITING_CALLS or name in WRITING_CALLS_OF.get(owner_name, ()):
            yield node.lineno, name
        elif name in ("open", "fdopen"):
            given = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "mode")]
            modes = [value.value for value in given if isinstance(value, ast.Constant)]
            if any(isinstance(mode, str) and re.fullmatch(r"[rwaxbt+]*[wax+][rwaxbt+]*", mode) for mode in modes):
                yield node.lineno, name


def test_few_write_files() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {name}(…) writes a file; only {', '.join(WRITERS)} may"
        for module, path in MODULES.items()
        if not within(inner(module), WRITERS)
        for line, name in writing(parsed(path))
    ]
    assert not wrong, "\n".join(wrong)


def test_a_file_opens_with_its_idea_and_holds_one() -> None:
    wrong = []
    for path in MODULES.values():
        where, text = path.relative_to(ROOT), path.read_text(encoding="utf-8")
        if not ast.get_docstring(parsed(path)):
            wrong.append(f"{where} does not say in a docstring which idea lives there")
        if (lines := text.count("\n")) > MAX_LINES:
            wrong.append(f"{where} has {lines} lines; above {MAX_LINES} a file holds more than one idea")
        if vague := FORBIDDEN_NAMES & set(where.with_suffix("").parts):
            wrong.append(f"{where}: {', '.join(vague)} says nothing about what lives there")
    assert not wrong, "\n".join(wrong)


def test_the_scanners_see_what_they_look_for(tmp_path: Path) -> None:
    """The rules above hold nothing if the syntax-tree readers are blind."""
    source = tmp_path / "live.py"
    source.write_text(
        "import numpy.linalg\nfrom ..telemetry import Snapshot\nfrom . import run\n"
        "def f():\n    import torch; import_module('tui_trainer.cli')\n"
        "    open('a', 'w'); open('b'); p.open(mode='ab'); np.save('c', x)\n",
        encoding="utf-8",
    )
    assert list(imports(source, "tui_trainer.runs.live")) == [
        ("numpy.linalg", 1, False),
        ("tui_trainer.telemetry", 2, False),
        ("tui_trainer.runs.run", 3, False),
        ("torch", 5, True),
        ("tui_trainer.cli", 5, True),
    ]
    assert circle({"a": ["b"], "b": ["c", "d"], "c": [], "d": ["b"]}) == ["b", "d", "b"]
    assert not circle({"a": ["b", "c"], "b": ["c"]})
    calls = list(writing(parsed(source)))
    assert sorted(calls) == [(6, "open"), (6, "open"), (6, "save")]


PRIVATE_PARTS = "tui.textual_private"
"""The only place for what other packages keep to themselves, and for patches of them."""
PUBLIC_ALL_THE_SAME = {"_exit", "_actions"}
"""`os._exit` is documented; of the arguments that an `argparse` parser has there is no public list."""


def defined(tree: ast.Module) -> set[str]:
    """Names of the functions of a module, and of all that it assigns to."""
    stored = [node for node in ast.walk(tree) if isinstance(getattr(node, "ctx", None), ast.Store)]
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    names = {node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "") for node in stored}
    return names | {function.name for function in functions}


def foreign_private(tree: ast.Module, inherited: Iterable[str] = ()) -> Iterator[tuple[int, str]]:
    """Names with a leading underscore that are not the module's own, and patches of what it imports: line and name.

    Its own are those on a plain name (`self`, `cls`, another object of its class) that it defines or has `inherited`.
    """
    own = defined(tree).union(inherited)
    imported = {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            on_a_name = isinstance(node.value, ast.Name)
            is_own = on_a_name and node.attr in own
            if re.match("_[^_]", node.attr) and not is_own and node.attr not in PUBLIC_ALL_THE_SAME:
                yield node.lineno, node.attr
            elif isinstance(node.ctx, ast.Store) and on_a_name and node.value.id in imported:
                yield node.lineno, f"{node.value.id}.{node.attr} ="
        elif isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("tui_trainer"):
            names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            yield from ((node.lineno, name) for name in names if re.match("_[^_]", name))


def test_private_parts_of_other_packages_are_used_in_one_place() -> None:
    names = {module: defined(parsed(path)) for module, path in MODULES.items()}
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {name} is another package's own; only {PRIVATE_PARTS} may use or patch it"
        for module, path in MODULES.items()
        if inner(module) != PRIVATE_PARTS
        for line, name in foreign_private(
            parsed(path),
            # Classes of our own may inherit from one another.
            set().union(*(names.get(name, ()) for name, *_ in imports(path, module))),
        )
    ]
    assert not wrong, "\n".join(wrong)


def test_what_is_private_is_seen() -> None:
    source = (
        "from textual._compositor import X\nfrom rich.style import _Y, Style\n"
        "class A(Style):\n    _own = 1\n    def f(self, app):\n"
        "        self._own; self._inherited; app._driver.write()\n"
        "        self.app._queue = 1\n        other = A(); other._own\nStyle.render = None\n"
    )
    assert sorted(foreign_private(ast.parse(source))) == [
        (1, "_compositor"),
        (2, "_Y"),
        (6, "_driver"),
        (6, "_inherited"),
        (7, "_queue"),
        (9, "Style.render ="),
    ]
