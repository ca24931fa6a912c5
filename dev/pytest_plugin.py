"""What pytest-odoo leaves to us."""

from functools import partial

import pytest
from _pytest import timing

# freezegun exchanges every module's clock while a test stops the time, pytest's own too, which then measures nonsense. It does
# not look inside a partial.
timing.time = partial(timing.time)
timing.perf_counter = partial(timing.perf_counter)


@pytest.fixture(scope="session", autouse=True)
def keep_files():
    """Workers share one filestore: what one of them clears away after a class, another may just have written for its browser."""
    from odoo.tests import TransactionCase

    TransactionCase._gc_filestore = classmethod(lambda cls: None)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A browser that does not start fails its test: Odoo would skip it, and nobody would know that no tour ran."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and isinstance(report.longrepr, tuple) and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2].lower()
        if any(word in reason for word in ("chrom", "devtools", "websocket")):
            report.outcome = "failed"
            report.longrepr = f"The browser did not run: {report.longrepr[2]}"
