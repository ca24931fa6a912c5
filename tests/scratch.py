"""For tests that commit, run side by side or are killed: a copy of the test database, and processes that work on it."""

import logging
import os
import re
import signal
import subprocess
import tempfile
import time
import traceback
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules import module
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name
from odoo.tools import SQL, config
from odoo.tools.misc import exec_pg_environ, find_pg_tool


class Worker:
    """A process that runs a function on the scratch database, as one of Odoo's own workers would: with its own connections,
    committing for real, sending mail for real. What it logs from warnings on is in `log`."""

    def __init__(self, dbname, work):
        self.log_file = Path(tempfile.mkstemp(prefix="worker-", suffix=".log")[1])
        self.pid = os.fork()
        if not self.pid:
            self._run(dbname, work)

    def _run(self, dbname, work):
        status = 1
        try:
            logging.basicConfig(filename=self.log_file, level=logging.WARNING, force=True)
            module.current_test = False
            config["test_enable"] = False
            # The parent's connections are the parent's: they are neither used nor closed here.
            sql_db._Pool = sql_db._Pool_readonly = None
            registry = Registry.registries[dbname]
            registry._db, registry._db_readonly = sql_db.db_connect(dbname), None
            with registry.cursor() as cr:
                work(api.Environment(cr, SUPERUSER_ID, {}))
            status = 0
        except BaseException:  # noqa: BLE001 - nothing may get out of a forked test process
            logging.getLogger(__name__).error("%s", traceback.format_exc())
        finally:
            logging.shutdown()
            os._exit(status)

    def wait(self, seconds=60):
        """Wait for the end, and give the exit status; that of a killed one is minus the signal."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.log = self.log_file.read_text()
                self.log_file.unlink()
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError(f"A worker hung: {self.log_file.read_text()}")


def die():
    """End the process as the kernel does when memory is short: no cleaning up, no goodbye to the database."""
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def killed_after(owner, name, times=1):
    """In a worker: die right after the method was called for the `times`-th time."""
    original, count = getattr(owner, name), 0

    def dying(*args, **kwargs):
        nonlocal count
        result = original(*args, **kwargs)
        count += 1
        if count >= times:
            die()
        return result

    with patch.object(owner, name, dying):
        yield


class ScratchCase(BaseCase):
    """A test case on a copy of the test database, made once for the class and dropped at the end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dbname = f"{get_db_name()}-scratch"
        cls.addClassCleanup(cls._drop)
        cls._copy()
        with patch.dict(config.options, {"test_enable": False}):
            cls.registry = Registry.new(cls.dbname)

    @classmethod
    def _administrate(cls, *queries):
        with closing(sql_db.db_connect("postgres").cursor()) as cr:
            cr._cnx.autocommit = True
            for query in queries:
                cr.execute(query)

    @classmethod
    def _copy(cls):
        """From the database that pytest-xdist's workers have their copies of, since nobody is connected to that one; else by a dump."""
        cls._drop()
        own = get_db_name()
        pristine = re.sub(r"-gw\d+$", "", own)
        name = SQL.identifier(cls.dbname)
        if pristine != own:
            cls._administrate(SQL("CREATE DATABASE %s TEMPLATE %s", name, SQL.identifier(pristine)))
            return
        cls._administrate(SQL("CREATE DATABASE %s TEMPLATE template0 ENCODING 'unicode'", name))
        environment = exec_pg_environ()
        dump = [find_pg_tool("pg_dump"), "--no-owner", own]
        with subprocess.Popen(dump, stdout=subprocess.PIPE, env=environment) as source:
            restore = [find_pg_tool("psql"), "-qX", "-v", "ON_ERROR_STOP=1", "-d", cls.dbname]
            subprocess.run(restore, stdin=source.stdout, stdout=subprocess.DEVNULL, env=environment, check=True)

    @classmethod
    def _drop(cls):
        Registry.delete(cls.dbname)
        sql_db.close_db(cls.dbname)
        cls._administrate(SQL("DROP DATABASE IF EXISTS %s WITH (FORCE)", SQL.identifier(cls.dbname)))

    @classmethod
    @contextmanager
    def committing(cls):
        """An environment of the superuser; what is done in it is committed at the end."""
        with cls.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    @staticmethod
    def as_user(work):
        """The work as a click does it: Odoo repeats it when it conflicts with somebody else's, and notes that in the log."""

        def click(env):
            logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)
            retrying(lambda: work(env), env)

        return click

    def start(self, work):
        """A worker that runs `work(env)` on the scratch database."""
        worker = Worker(self.dbname, work)
        self.addCleanup(worker.log_file.unlink, missing_ok=True)
        return worker

    def assertWorked(self, *workers):
        """The workers ended well and logged no error."""
        ends = [(worker.wait(), worker.log) for worker in workers]
        self.assertEqual(ends, [(0, "")] * len(workers))

    def assertKilled(self, worker):
        self.assertEqual(worker.wait(), -signal.SIGKILL, worker.log)
