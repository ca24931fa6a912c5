import logging
from datetime import timedelta
from unittest.mock import patch

from psycopg2 import errors as pgerrors

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.ledger import collection_batches
from .scratch import ScratchCase, killed_after


@tagged("post_install", "-at_install")
class TestHelpWorkers(ScratchCase):
    """The job of help requests with workers side by side, and killed between batches: each partner is reminded once, each
    request returns once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.committing() as env:
            cls.company_id = env["res.company"].search([("chart_template", "!=", False)], limit=1).id
            admin = env.ref("base.user_admin")
            admin.company_ids |= env["res.company"].browse(cls.company_id)
            admin.email = "admin@ours.example"

    def requests(self, name, due, count=6):
        """Requests to one dealer that were asked three days ago, each about an invoice of its own.

        :param due: days from today until the answer is due
        """
        with self.committing() as env:
            company = env["res.company"].browse(self.company_id)
            today = company._collection_today()
            dealer = env["res.partner"].create(
                {"name": name, "is_sales_partner": True, "email": f"{name.lower()}@example.com"}
            )
            customers = env["res.partner"].create(
                [{"name": f"{name} {number}", "collection_sales_partner_id": dealer.id} for number in range(count)]
            )
            moves = env["account.move"].create(
                [
                    {
                        "move_type": "out_invoice",
                        "company_id": company.id,
                        "partner_id": customer.id,
                        "collection_sales_partner_id": dealer.id,
                        "invoice_date": today - timedelta(30),
                        "invoice_date_due": today - timedelta(30),
                        "invoice_payment_term_id": False,
                        "invoice_line_ids": [
                            Command.create({"name": "Goods", "price_unit": 10, "tax_ids": [Command.clear()]})
                        ],
                    }
                    for customer in customers
                ]
            )
            moves.action_post()
            items = moves.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
            found = env["collection.help"].create(
                [
                    {
                        "sales_partner_id": dealer.id,
                        "company_id": company.id,
                        "user_id": env.ref("base.user_admin").id,
                        "kind_id": env.ref("account_collections.help_kind_call").id,
                        "line_ids": [Command.create({"move_line_id": item.id})],
                    }
                    for item in items
                ]
            )
            found._unguarded().write({"state": "sent", "sent_on": today - timedelta(5), "date_due": today})
            env.flush_all()
            env.cr.execute(
                SQL("UPDATE collection_help SET date_due = %s WHERE id IN %s", today + timedelta(due), tuple(found.ids))
            )
            return found.ids

    @staticmethod
    def job(env):
        """The scheduled action, tried again as Odoo does it at its next time, in batches of two."""
        logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)
        with patch.object(collection_batches, "BATCH", 2):
            for _attempt in range(10):
                try:
                    return env["collection.help"]._cron_help()
                except pgerrors.OperationalError:
                    env.cr.rollback()
                    env.invalidate_all(flush=False)
        raise AssertionError("No attempt came through")

    def mails(self, ids):
        with self.committing() as env:
            messages = env["mail.message"].search(
                [("model", "=", "collection.help"), ("res_id", "in", ids), ("message_type", "=", "comment")]
            )
            return sorted(messages.mapped("res_id"))

    def assertReminded(self, ids):
        with self.committing() as env:
            found = env["collection.help"].browse(ids)
            self.assertTrue(all(found.mapped("reminded_on")))
            self.assertEqual(sorted(found.contact_ids.help_id.ids), sorted(ids))
            self.assertEqual(len(found.contact_ids), len(ids))
        self.assertEqual(self.mails(ids), sorted(ids))

    def test_reminded_side_by_side(self):
        ids = self.requests("Side", due=0)
        self.assertWorked(*(self.start(self.job) for _worker in range(2)))
        self.assertWorked(self.start(self.job))
        self.assertReminded(ids)

    def test_reminding_killed_between_batches(self):
        ids = self.requests("Killed", due=0)

        def run(env):
            with killed_after(env.registry["collection.help"], "_remind", times=2):
                self.job(env)

        self.assertKilled(self.start(run))
        self.assertEqual(
            len(self.mails(ids)), 2, "The first batch is committed with its e-mails, the second one is not"
        )
        self.assertWorked(self.start(self.job))
        self.assertReminded(ids)

    def test_returned_once(self):
        ids = self.requests("Late", due=-1)

        def run(env):
            with killed_after(env.registry["collection.help"], "_set_expired", times=2):
                self.job(env)

        self.assertKilled(self.start(run))
        self.assertWorked(*(self.start(self.job) for _worker in range(2)))
        self.assertWorked(self.start(self.job))
        with self.committing() as env:
            found = env["collection.help"].browse(ids)
            self.assertEqual(set(found.mapped("state")), {"expired"})
            self.assertEqual(len(found.activity_ids), len(ids))
