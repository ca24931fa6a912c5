"""Checks of our own, on the folder given: what no linter knows of. Prints what is wrong; fails if anything is."""

import ast
import pathlib
import re
import subprocess
import sys
from urllib.parse import urlsplit

ADDON = pathlib.Path(sys.argv[1])

# Folders of a person's or a machine's own.
MACHINE_PATH = re.compile(r"""(?:^|[\s"'=(:,])/(?:home|root|Users|work|workspace|builds)/[A-Za-z0-9._]""", re.MULTILINE)
# What lock files and installers write when they know where a package came from.
REGISTRY = re.compile(
    r'"resolved":\s*"https?:|--(?:extra-)?index-url|--find-links|--trusted-host|^registry\s*=', re.MULTILINE
)


def files():
    output = subprocess.run(
        ["git", "ls-files", "-z", "--", str(ADDON)], capture_output=True, text=True, check=True
    ).stdout
    return [pathlib.Path(name) for name in output.split("\0") if name]


def text_of(path):
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def configured_hosts():
    """Hosts of the package registries that this machine is set up for: the ones that could slip into a file."""
    hosts = set()
    for command in (
        ["pip", "config", "list"],
        ["npm", "config", "get", "registry"],
        ["apt-get", "indextargets", "--format", "$(SITE)"],
    ):
        try:
            output = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        except FileNotFoundError:
            continue
        hosts |= {urlsplit(url).hostname for url in re.findall(r"https?://[^\s'\"]+", output)}
    return {host for host in hosts if host and "." in host}


def check_machine(paths):
    hosts = configured_hosts()
    for path in paths:
        if path.name == "lint_own.py":
            continue
        text = text_of(path)
        for pattern in (MACHINE_PATH, REGISTRY):
            if found := pattern.search(text):
                yield f"{path}: belongs to a machine, not to the project: {found.group().strip()}"
        for host in hosts:
            if re.search(rf"(?<![\w.-]){re.escape(host)}(?![\w-])", text):
                yield f"{path}: names a package registry's host: {host}"


def check_tests_imported(paths):
    """Odoo runs only the tests that `tests/__init__.py` imports; pytest runs them all."""
    package = ADDON / "tests" / "__init__.py"
    imported = {
        alias.name
        for node in ast.walk(ast.parse(text_of(package)) if package.exists() else ast.Module([], []))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for path in paths:
        if (
            path.parent == package.parent
            and path.name.startswith("test_")
            and path.suffix == ".py"
            and path.stem not in imported
        ):
            yield f"{path}: not imported in tests/__init__.py"


problems = [problem for check in (check_tests_imported, check_machine) for problem in check(files())]
print("\n".join(problems))
sys.exit(bool(problems))
