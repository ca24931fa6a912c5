import threading
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from psycopg2 import errors as pgerrors

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import ValidationError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged


@tagged("post_install", "-at_install")
class TestPromiseSessions(BaseCase):
    """Real transactions that commit: two users promise one amount, or judge one promise, at the same time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        # Odoo's test runner holds this lock, which every new session takes for a moment.
        cls.startClassPatcher(patch.object(Registry, "_lock", threading.RLock()))

    def setUp(self):
        super().setUp()
        with self.session() as env:
            self.today = env.company._collection_today()
            self.customer = env["res.partner"].create({"name": "Customer of Two Promises", "customer_rank": 1}).id
            line = {"name": "Goods", "price_unit": 100.0, "tax_ids": [Command.clear()]}
            move = env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer,
                    "invoice_date": self.today - timedelta(40),
                    "invoice_date_due": self.today - timedelta(10),
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [Command.create(line)],
                }
            )
            move.action_post()
            self.move = move.id
        self.addCleanup(self._clean_up)

    @contextmanager
    def session(self):
        """An environment on a cursor of its own, committed at the end; who waits for a lock fails instead of hanging."""
        with self.registry.cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = '20s'")
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True, "mail_notrack": True})

    def _clean_up(self):
        with self.session() as env:
            account = env["collection.account"].search([("partner_id", "=", self.customer)])
            account.activity_ids.unlink()
            promises = env["collection.promise"].search([("account_id", "=", account.id)])
            promises.mail_id.unlink()
            promises._unguarded().unlink()
            env["collection.account.stage"].search([("account_id", "=", account.id)])._unguarded().unlink()
            env["collection.hold"].search([("account_id", "=", account.id)])._unguarded().unlink()
        with self.session() as env:
            move = env["account.move"].browse(self.move)
            move.button_draft()
            move.with_context(force_delete=True).unlink()
        with self.session() as env:
            env.cr.execute("DELETE FROM collection_account WHERE partner_id = %s", [self.customer])
            env["res.partner"].browse(self.customer).unlink()

    def _promise(self, env, amount):
        item = env["account.move"].browse(self.move).line_ids.filtered("date_maturity")
        account = env["collection.account"]._for_partner(item.partner_id, item.company_id)
        promise = env["collection.promise"].create(
            {
                "account_id": account.id,
                "line_ids": [Command.create({"move_line_id": item.id, "amount_currency": amount})],
                "installment_ids": [Command.create({"date": self.today, "amount_currency": amount})],
            }
        )
        promise.action_confirm()
        env.flush_all()
        return promise

    def test_two_promise_one_amount_at_once(self):
        with (
            self.assertRaises(pgerrors.SerializationFailure),
            patch("odoo.sql_db._logger"),
            self.session() as first,
            self.session() as second,
        ):
            second["collection.account"].search_count([])  # its view of the data begins here
            self._promise(first, 60)
            first.cr.commit()
            self._promise(second, 60)
        # Odoo tries the second request again, and then it sees the first.
        with self.assertRaises(ValidationError), self.session() as env:
            self._promise(env, 60)
        with self.session() as env:
            self.assertEqual(self._promise(env, 40).state, "open")

    def test_two_judge_at_once(self):
        with self.session() as env:
            promise_id = self._promise(env, 100).id
            env.cr.execute(
                "UPDATE collection_promise_installment SET deadline = %(day)s, wait_until = %(day)s WHERE promise_id = %(id)s;"
                "UPDATE collection_promise SET last_deadline = %(day)s WHERE id = %(id)s",
                {"day": self.today - timedelta(1), "id": promise_id},
            )
        failures = []

        def judge():
            try:
                with self.session() as env:
                    env["collection.promise"].browse(promise_id)._evaluate()
            except pgerrors.SerializationFailure:
                failures.append("conflict")  # Odoo would try again

        with patch("odoo.sql_db._logger"):
            threads = [threading.Thread(target=judge) for _each in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=60)
        with self.session() as env:
            promise = env["collection.promise"].browse(promise_id)
            self.assertEqual(promise.state, "broken")
            self.assertEqual(len(promise.account_id.activity_ids), 1)
            self.assertEqual(promise.account_id.broken_promise_level, 1)
