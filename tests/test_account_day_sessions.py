import logging
import threading
from contextlib import contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged


@tagged("post_install", "-at_install")
class TestAccountDaySessions(BaseCase):
    """Real transactions that commit: two tabs open and close one day at the same moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        # Odoo's test runner holds this lock, which every new session takes for a moment.
        cls.startClassPatcher(patch.object(Registry, "_lock", threading.RLock()))

    def setUp(self):
        super().setUp()
        with self.session() as env:
            env.company.collection_tz = env.company.collection_tz or "UTC"
            self.reason = env.ref("account_collections.work_reason_left_time").id
            env.cr.execute("DELETE FROM collection_day WHERE user_id = %s", [SUPERUSER_ID])
        self.addCleanup(self._clean_up)

    @classmethod
    @contextmanager
    def session(cls):
        with cls.registry.cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = '20s'")
            yield api.Environment(cr, SUPERUSER_ID, {})

    def _clean_up(self):
        with self.session() as env:
            env.cr.execute("DELETE FROM collection_day WHERE user_id = %s", [SUPERUSER_ID])

    def at_once(self, work, count=2):
        """What `work(env)` gave in several sessions that began before any of them ended: values, or what the user was told."""
        barrier, results = threading.Barrier(count), []

        def click():
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["res.users"].search_count([])  # from here on the session sees the database as it is now
                barrier.wait(20)
                try:
                    results.append(retrying(lambda: work(env), env))
                except UserError as error:
                    results.append(str(error))

        with patch.object(logging.getLogger("odoo.sql_db"), "disabled", True):
            threads = [threading.Thread(target=click) for _number in range(count)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        self.assertEqual(len(results), count)
        return results

    def test_two_tabs_open_one_sheet(self):
        ids = self.at_once(lambda env: env["collection.day"]._of_today(env.user, env.company).id)
        self.assertEqual(len(set(ids)), 1)
        self.assertTrue(ids[0])

    def test_second_is_told_who_was_first(self):
        with self.session() as env:
            day_id = env["collection.day"]._of_today(env.user, env.company).id
        told = self.at_once(
            lambda env: env["collection.day"].browse(day_id)._close(env["collection.work.reason"].browse(self.reason))
        )
        self.assertEqual(told.count(None), 1)
        self.assertIn("closed this day already", next(text for text in told if text))
