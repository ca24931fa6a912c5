import logging
import threading
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from psycopg2 import errors as pgerrors

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

from ..models.account import collection_account_touch as touch

SESSIONS = 4


@tagged("post_install", "-at_install")
class TestAccountSessions(BaseCase):
    """Real transactions that commit: several users work for one customer at once, as stock Odoo allows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        # Odoo's test runner holds this lock, which every new session takes for a moment: threads would wait for the end of all tests.
        cls.startClassPatcher(patch.object(Registry, "_lock", threading.RLock()))
        with cls.session() as env:
            company = env.company
            company.write({"collection_tz": company.collection_tz or "UTC"})
            cls.today = company._collection_today()
            # One journal each: numbering in one journal lets users wait for one another in stock Odoo too.
            income = env["account.account"].search([("account_type", "=", "income")], limit=1).id
            journal = {"type": "sale", "company_id": company.id, "default_account_id": income}
            journals = [{"name": f"Session {number}", "code": f"SES{number}", **journal} for number in range(SESSIONS)]
            cls.journals = env["account.journal"].create(journals).ids
        cls.addClassCleanup(cls._delete, "account.journal", cls.journals)

    def setUp(self):
        super().setUp()
        with self.session() as env:
            self.customer = env["res.partner"].create({"name": "Customer of Two Sessions", "customer_rank": 1}).id
        self.addCleanup(self._clean_up)
        self.drafts = [self._draft(journal) for journal in self.journals]

    @classmethod
    @contextmanager
    def session(cls):
        """An environment on a cursor of its own, committed at the end; who waits for a lock fails instead of hanging."""
        with cls.registry.cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = '20s'")
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True, "mail_notrack": True})

    @classmethod
    def _delete(cls, model, ids):
        with cls.session() as env:
            env[model].browse(ids).exists().unlink()

    def _clean_up(self):
        with self.session() as env:
            moves = env["account.move"].search([("partner_id", "=", self.customer)])
            moves.filtered(lambda move: move.state != "draft").button_draft()
            moves.with_context(force_delete=True).unlink()
        with self.session() as env:
            env.cr.execute("DELETE FROM collection_account WHERE partner_id = %s", [self.customer])
            env["res.partner"].browse(self.customer).unlink()

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def _draft(self, journal_id, amount=100.0):
        """A committed draft invoice, ten days overdue."""
        with self.session() as env:
            line = {"name": "Goods", "price_unit": amount, "tax_ids": [Command.clear()]}
            return (
                env["account.move"]
                .create(
                    {
                        "move_type": "out_invoice",
                        "partner_id": self.customer,
                        "journal_id": journal_id,
                        "invoice_date": self.today - timedelta(40),
                        "invoice_date_due": self.today - timedelta(10),
                        "invoice_payment_term_id": False,
                        "invoice_line_ids": [Command.create(line)],
                    }
                )
                .id
            )

    def _post(self, env, number):
        env["account.move"].browse(self.drafts[number]).action_post()

    def _stored(self):
        """The stored (collectible, number of open items) of the customer; None without an account."""
        with self.session() as env:
            env.cr.execute(
                "SELECT amount_collectible, open_count FROM collection_account WHERE partner_id = %s", [self.customer]
            )
            rows = env.cr.fetchall()
            self.assertLessEqual(len(rows), 1)
            return (float(rows[0][0]), rows[0][1]) if rows else None

    @contextmanager
    def _without_callback(self):
        with patch.object(touch, "_after_commit", lambda registry, data: None):
            yield

    # ------------------------------------------------------------------
    # After the commit
    # ------------------------------------------------------------------

    def test_figures_follow_the_commit(self):
        self.assertIsNone(self._stored())
        with self.session() as env:
            self._post(env, 0)
        self.assertEqual(self._stored(), (100, 1))

    def test_nothing_after_a_rollback(self):
        with self.assertRaises(UserError), self.session() as env:
            self._post(env, 0)
            env.flush_all()
            raise UserError("Not today")  # pylint: disable=translation-required
        self.assertIsNone(self._stored())

    def test_each_commit_of_a_session_is_followed(self):
        with self.session() as env:
            self._post(env, 0)
            env.cr.commit()
            self.assertEqual(self._stored(), (100, 1))
            self._post(env, 1)
        self.assertEqual(self._stored(), (200, 2))

    # ------------------------------------------------------------------
    # Two at once
    # ------------------------------------------------------------------

    def _post_in_two_open_transactions(self, before_commit=lambda env: None):
        with self.session() as first, self.session() as second:
            for number, env in enumerate((first, second)):
                self._post(env, number)
                env.flush_all()
            before_commit(first)
            first.cr.commit()
            before_commit(second)

    def test_two_post_for_one_customer_at_once(self):
        self._post_in_two_open_transactions()
        self.assertEqual(self._stored(), (200, 2))

    def test_two_post_for_a_customer_who_has_an_account(self):
        with self.session() as env:
            self._post(env, 2)
        self._post_in_two_open_transactions()
        self.assertEqual(self._stored(), (300, 3))

    def test_writing_figures_in_the_transaction_would_make_them_fail(self):
        """Why figures are refreshed after the commit; and a proof that the tests above can fail."""
        with self.session() as env:
            self._post(env, 2)
        with self.assertRaises(pgerrors.SerializationFailure), patch("odoo.sql_db._logger"):
            self._post_in_two_open_transactions(lambda env: env["collection.account"]._refresh_touched())

    def test_many_at_once(self):
        start, failures = threading.Barrier(SESSIONS), []

        def work(number):
            try:
                with self.session() as env:
                    self._post(env, number)
                    env.flush_all()
                    start.wait(timeout=30)
            except Exception as error:  # noqa: BLE001 - a thread's failure is the test's
                failures.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(SESSIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        self.assertFalse(failures)
        self.assertEqual(self._stored(), (100 * SESSIONS, SESSIONS))

    def test_the_last_refresh_sees_the_newest_ledger(self):
        """One refresh waits for the account's lock while another user posts: it counts what was posted meanwhile."""
        with self.session() as env:
            self._post(env, 0)
        with self.registry.cursor() as blocker:
            blocker.execute(
                "SELECT id FROM collection_account WHERE partner_id = %s FOR NO KEY UPDATE", [self.customer]
            )
            with self._without_callback(), self.session() as env:
                env["collection.account"]._touch(partners=[self.customer])
                data = dict(env.cr.postcommit.data[touch._KEY])
            waiting = threading.Thread(target=touch._after_commit, args=(self.registry, data))
            waiting.start()
            self._wait_for_lock()
            with self._without_callback(), self.session() as env:
                self._post(env, 1)
        waiting.join(timeout=30)
        self.assertEqual(self._stored(), (200, 2))

    def _wait_for_lock(self):
        for _each in range(200):
            with self.registry.cursor() as cr:
                cr.execute(
                    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                if cr.fetchone():
                    return
            threading.Event().wait(0.02)
        self.fail("The refresh does not wait for the lock")

    # ------------------------------------------------------------------
    # Failures
    # ------------------------------------------------------------------

    @contextmanager
    def _failing(self, error, times):
        """The first `times` refreshes fail."""
        Account = self.registry["collection.account"]
        refresh, calls = Account._refresh, []

        def fail(accounts):
            calls.append(accounts.ids)
            if len(calls) <= times:
                raise error
            return refresh(accounts)

        with patch.object(Account, "_refresh", fail), patch.object(touch.time, "sleep"):
            yield calls

    def test_conflict_is_tried_again(self):
        with self._failing(pgerrors.SerializationFailure(), 2) as calls, self.session() as env:
            self._post(env, 0)
        self.assertEqual((len(calls), self._stored()), (3, (100, 1)))

    def test_after_a_few_conflicts_it_is_left_to_the_job(self):
        with self.session() as env:
            env["collection.account"]._set_watermark("2000-01-01 00:00:00")
        with (
            self._failing(pgerrors.DeadlockDetected(), 99) as calls,
            self.assertLogs(touch.__name__, logging.INFO),
            self.session() as env,
        ):
            self._post(env, 0)
        self.assertEqual((len(calls), self._stored()), (3, None))
        with self.session() as env:
            env["collection.account"]._cron_refresh()
        self.assertEqual(self._stored(), (100, 1))

    def test_other_failures_are_logged_and_never_the_users(self):
        with (
            self._failing(ValueError("broken"), 99),
            self.assertLogs(touch.__name__, logging.ERROR),
            self.session() as env,
        ):
            self._post(env, 0)
        with self.session() as env:
            self.assertEqual(env["account.move"].browse(self.drafts[0]).state, "posted")
