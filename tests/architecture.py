"""Reads the add-on's sources and tells what breaks its architecture: the floor rule, one clock, small files (DESIGN §1 and §3).

A file may name only core, its own floor or floors below it. Naming is: importing, `_inherit`, comodel, inverse, related,
`depends`, a model's or table's name in a string, an XML id; in XML a record, a model or a field.
"""

import ast
import re
from pathlib import Path
from typing import NamedTuple

from lxml import etree

ADDON = "account_collections"
LEAF = 6
FLOORS = {
    **dict.fromkeys(("ledger", "approval"), 0),
    "account": 1,
    **dict.fromkeys(("contact", "promise", "dispute", "claim", "exception", "exemption"), 2),
    **dict.fromkeys(("dunning", "letter", "statement", "escalation", "adjustment", "card_payment"), 3),
    **dict.fromkeys(("placement", "commission"), 4),
    "management": 5,
    "reports": LEAF,
}
LEAVES = ("wizards", "reports", "controllers")
RELATIONS = ("Many2one", "One2many", "Many2many")
MAX_LINES = 400
MEASURED = (".py", ".xml", ".js", ".scss", ".csv")
# Folders that a user installs; what is only for developers (dev) or translated (i18n) is not looked at.
FOLDERS = (
    "models",
    "wizards",
    "reports",
    "controllers",
    "tools",
    "views",
    "data",
    "security",
    "static/src",
    "tests",
    "demo",
)


class Place(NamedTuple):
    """Where a file stands: the floor of its code, and that of its room (a wizard is a leaf, its views belong to the room)."""

    floor: int
    room_floor: int


class Field(NamedTuple):
    floor: int
    room_floor: int
    comodel: str | None


def read_sources(root):
    """Relative path to text of all files that are looked at."""
    return {
        str(path.relative_to(root)): path.read_text(encoding="utf-8")
        for folder in FOLDERS
        for path in sorted((Path(root) / folder).rglob("*"))
        if path.suffix in MEASURED
    }


class Architecture:
    """The definitions found in sources, and the problems in how they name one another."""

    def __init__(self, sources):
        self.sources = sources
        self.trees = {path: ast.parse(text) for path, text in sources.items() if path.endswith(".py")}
        self.documents = {
            path: etree.fromstring(text.encode()) for path, text in sources.items() if path.endswith(".xml")
        }
        self.models, self.fields, self.records, self.names = {}, {}, {}, {}
        for path, tree in self.trees.items():
            place = self.place(path)
            if place:
                self._define_models(tree, place)
        for path, document in self.documents.items():
            place = self.place(path)
            if place:
                self.records.update((node.get("id"), place.room_floor) for node in document.iter("*") if node.get("id"))
        self.tables = {name.replace(".", "_"): name for name in self.models}

    # ------------------------------------------------------------------
    # Places and definitions
    # ------------------------------------------------------------------

    @staticmethod
    def room(path):
        """The room of a file; None where it stands in none, and the floor rule does not apply (tests, tools, demo data)."""
        top, *rest = path.split("/")
        inside = rest[0] if len(rest) > 1 else None
        if top in ("models", *LEAVES):
            return inside
        if top in ("views", "data"):
            return inside or "account"  # the menu is the frame of the account room
        named = re.fullmatch(r"security/(?:ir\.model\.access-(\w+)\.csv|(\w+)_rules\.xml)", path)
        return (named[1] or named[2]) if named else None

    def place(self, path):
        """The place of a file; None where the floor rule does not apply."""
        top, room = path.split("/")[0], self.room(path)
        if top in LEAVES:
            return Place(LEAF, FLOORS.get(room, LEAF))
        return Place(FLOORS.get(room, LEAF), FLOORS.get(room, LEAF)) if room else None

    def unknown_rooms(self):
        for path in self.sources:
            if self.room(path) not in (None, *FLOORS):
                yield f"{path}: {self.room(path)} is no room"

    def _define_models(self, tree, place):
        for node in ast.walk(tree):
            if not isinstance(node, ast.ClassDef):
                continue
            name, inherited = class_models(node)
            if name:
                self.models[name] = min(place, self.models.get(name, place))
            methods = [child.name for child in node.body if isinstance(child, ast.FunctionDef)]
            for attribute in (*methods, *(target for target, _call in class_fields(node))):
                self.names[attribute] = min(place.floor, self.names.get(attribute, place.floor))
            for target, call in class_fields(node):
                for model in [name] if name else inherited:
                    field = Field(*place, relation_of(call))
                    self.fields[model, target] = min(
                        field, self.fields.get((model, target), field), key=lambda each: each.floor
                    )

    # ------------------------------------------------------------------
    # Python
    # ------------------------------------------------------------------

    def problems(self):
        """Sentences, each with its file and line."""
        yield from self.unknown_rooms()
        yield from self.too_long()
        for path, tree in self.trees.items():
            if not path.startswith(("tests/", "demo/")):
                for line, message in self._clock(tree):
                    yield f"{path}:{line}: {message}"
            place = self.place(path)
            if place:
                for line, message in self._python(path, tree, place.floor):
                    yield f"{path}:{line}: {message}"
        for path, document in self.documents.items():
            place = self.place(path)
            if place:
                for line, message in self._xml(document, place.room_floor):
                    yield f"{path}:{line}: {message}"

    def too_long(self):
        for path, text in self.sources.items():
            lines = text.count("\n")
            if lines > MAX_LINES:
                yield f"{path}: {lines} lines, more than {MAX_LINES}"

    def _python(self, path, tree, floor):
        yield from self._imports(path, tree, floor)
        documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
                yield from ((node.lineno, message) for message in self._string(node.value, floor))
            if isinstance(node, ast.ClassDef):
                yield from self._paths(node, floor)
            # Other names may be core's as well.
            if isinstance(node, ast.Attribute) and node.attr.startswith(("collection_", "_collection_")):
                if self.names.get(node.attr, 0) > floor:
                    yield node.lineno, f"uses {node.attr} of floor {self.names[node.attr]} on floor {floor}"

    def _imports(self, path, tree, floor):
        package = path.split("/")[:-1]
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom):
                continue
            target = (node.module or "").split(".")
            if node.level:
                target = package[: len(package) - node.level + 1] + target
            elif target[:3] == ["odoo", "addons", ADDON]:
                target = target[3:]
            else:
                continue
            for alias in node.names:
                place = self.place("/".join(part for part in (*target, alias.name, "x") if part))
                if place and place.floor > floor:
                    yield node.lineno, f"imports {'.'.join(target)} of floor {place.floor} on floor {floor}"

    def _string(self, text, floor):
        """What a string names: a model, tables, XML ids."""
        if text in self.models and self.models[text].floor > floor:
            yield f"names model {text} of floor {self.models[text].floor} on floor {floor}"
        for word in set(re.findall(r"(?<![.\w])\w+(?!\w)", text)) & self.tables.keys():
            if " " in text.strip() and self.models[self.tables[word]].floor > floor:
                yield f"names table {word} of floor {self.models[self.tables[word]].floor} on floor {floor}"
        for xmlid in re.findall(rf"{ADDON}\.(\w+)", text):
            if self.records.get(xmlid, 0) > floor:
                yield f"names record {xmlid} of floor {self.records[xmlid]} on floor {floor}"

    def _paths(self, node, floor):
        """Fields that a class names: in decorators of its methods, in `related` and as inverse of a One2many."""
        name, inherited = class_models(node)
        for model in [name] if name else inherited:
            for method in (child for child in node.body if isinstance(child, ast.FunctionDef)):
                for call in (each for each in method.decorator_list if isinstance(each, ast.Call)):
                    for argument in call.args:
                        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                            yield from self._path(model, argument, floor)
            for _target, call in class_fields(node):
                for keyword in call.keywords:
                    if keyword.arg == "related":
                        yield from self._path(model, keyword.value, floor)
                comodel, inverse = relation_of(call), inverse_of(call)
                if comodel and inverse:
                    yield from self._path(comodel, inverse, floor)

    def _path(self, model, node, floor):
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            return
        for name in node.value.split("."):
            field = self._field(model, name)
            if field and field.floor > floor:
                yield node.lineno, f"names field {name} of floor {field.floor} on floor {floor}"
            model = field and field.comodel

    def _field(self, model, name):
        """The field of a model; of a model that only core knows, one of ours by its prefix."""
        if model:
            return self.fields.get((model, name))
        found = [
            field for (_model, each), field in self.fields.items() if each == name and name.startswith("collection_")
        ]
        return min(found, key=lambda field: field.floor, default=None)

    def _clock(self, tree):
        """Today comes from the company, the clock is read in one place."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", None)
                if node.attr in ("today", "context_today", "utcnow") and owner in (
                    "date",
                    "datetime",
                    "Date",
                    "Datetime",
                ):
                    yield node.lineno, f"{owner}.{node.attr}: the business date is company._collection_today()"
                if node.attr == "now" and owner == "datetime":
                    yield (
                        node.lineno,
                        "datetime.now: use fields.Datetime.now() for a moment, company._collection_today() for a date",
                    )
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.search(r"\bCURRENT_DATE\b", node.value)
            ):
                yield node.lineno, "CURRENT_DATE: the business date goes into SQL as a parameter"

    # ------------------------------------------------------------------
    # XML
    # ------------------------------------------------------------------

    def _xml(self, document, floor):
        for node in document.iter("*"):
            for text in (*node.attrib.values(), node.text or ""):
                for message in self._xml_text(text, floor):
                    yield node.sourceline, message
            if node.tag == "record" and node.get("model") == "ir.ui.view":
                model = "".join(node.xpath("field[@name='model']/text()")).strip()
                for arch in node.xpath("field[@name='arch']"):
                    yield from self._arch(arch, model, floor)

    def _xml_text(self, text, floor):
        text = text.strip()
        if text in self.models and self.models[text].room_floor > floor:
            yield f"names model {text} of floor {self.models[text].room_floor} on floor {floor}"
        ids = re.findall(rf"(?<![\w.])(?:{ADDON}\.)?(\w+)(?![\w.(])", text) if len(text) < 400 else []
        for xmlid in set(ids):
            model = self.tables.get(xmlid.removeprefix("model_")) if xmlid.startswith("model_") else None
            found = self.models[model].room_floor if model else self.records.get(xmlid, 0)
            if found > floor:
                yield f"names record {xmlid} of floor {found} on floor {floor}"

    def _arch(self, node, model, floor):
        """Fields of a view; those within a field belong to the model it leads to."""
        for child in node.iterchildren("*"):
            inner = model
            if child.tag == "field":
                field = self.fields.get((model, child.get("name")))
                if field and field.room_floor > floor:
                    yield (
                        child.sourceline,
                        f"names field {child.get('name')} of floor {field.room_floor} on floor {floor}",
                    )
                inner = (field and field.comodel) if len(child) else model
            yield from self._arch(child, inner, floor)


# ------------------------------------------------------------------
# Reading classes
# ------------------------------------------------------------------


def class_models(node):
    """(`_name` or None, list of `_inherit`) of a class."""
    values = {"_name": None, "_inherit": []}
    for child in node.body:
        if isinstance(child, ast.Assign) and getattr(child.targets[0], "id", None) in values:
            value = ast.literal_eval(child.value)
            values[child.targets[0].id] = (
                [value] if isinstance(value, str) and child.targets[0].id == "_inherit" else value
            )
    return values["_name"], values["_inherit"]


def class_fields(node):
    """(name, call) of the fields that a class defines."""
    for child in node.body:
        if (
            isinstance(child, ast.Assign)
            and isinstance(child.value, ast.Call)
            and isinstance(child.value.func, ast.Attribute)
        ):
            if getattr(child.value.func.value, "id", None) == "fields":
                yield child.targets[0].id, child.value


def _argument(call, position, keyword):
    if len(call.args) > position:
        return call.args[position]
    return next((each.value for each in call.keywords if each.arg == keyword), None)


def relation_of(call):
    """The comodel of a relational field, else None."""
    node = _argument(call, 0, "comodel_name") if call.func.attr in RELATIONS else None
    return node.value if isinstance(node, ast.Constant) else None


def inverse_of(call):
    """The node with the inverse field's name of a One2many, else None."""
    return _argument(call, 1, "inverse_name") if call.func.attr == "One2many" else None
