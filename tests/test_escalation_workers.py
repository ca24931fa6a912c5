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
class TestEscalationWorkers(ScratchCase):
    """Workers that are killed, and workers side by side: each escalation is raised once and climbs once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.committing() as env:
            company = env["res.company"].search([("chart_template", "!=", False)], limit=1)
            cls.company_id = company.id
            env["collection.escalation.rule"].search([]).active = False
            company.collection_manager_id = env.ref("base.user_admin")
            env["res.users"].with_context(no_reset_password=True).create(
                {
                    "name": "Assistant",
                    "login": "worker_assistant",
                    "company_id": company.id,
                    "company_ids": [Command.set(company.ids)],
                    "group_ids": [Command.set(env.ref("account_collections.group_assistant_manager").ids)],
                }
            )
            env.ref("base.user_admin").company_ids |= company

    def accounts(self, name, count=6):
        """Accounts with an invoice of 10 each, long overdue."""
        with self.committing() as env:
            company = env["res.company"].browse(self.company_id)
            due = company._collection_today() - timedelta(30)
            customers = env["res.partner"].create([{"name": f"{name} {number}"} for number in range(count)])
            moves = env["account.move"].create(
                [
                    {
                        "move_type": "out_invoice",
                        "company_id": company.id,
                        "partner_id": customer.id,
                        "invoice_date": due,
                        "invoice_date_due": due,
                        "invoice_payment_term_id": False,
                        "invoice_line_ids": [
                            Command.create({"name": "Goods", "price_unit": 10, "tax_ids": [Command.clear()]})
                        ],
                    }
                    for customer in customers
                ]
            )
            moves.action_post()
            accounts = env["collection.account"].union(
                *(env["collection.account"]._for_partner(customer, company) for customer in customers)
            )
            accounts._refresh()
            return accounts.ids

    def late(self, name):
        """Escalations with the assistant that were due long ago."""
        ids = self.accounts(name)
        with self.committing() as env:
            found = env["collection.account"].browse(ids)._open_escalations("age", "Old", rung="assistant")
            env.flush_all()
            env.cr.execute(
                SQL("UPDATE collection_escalation SET due_date = '2020-01-01' WHERE id IN %s", tuple(found.ids))
            )
        return found.ids

    @staticmethod
    def job(env):
        """The scheduled action, tried again as Odoo does it at its next time, in batches of two."""
        logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)
        with patch.object(collection_batches, "BATCH", 2):
            for _attempt in range(10):
                try:
                    return env["collection.escalation"]._cron_escalate()
                except (pgerrors.OperationalError, pgerrors.UniqueViolation):
                    env.cr.rollback()
                    env.invalidate_all(flush=False)
        raise AssertionError("No attempt came through")

    def assertClimbedOnce(self, ids):
        with self.committing() as env:
            found = env["collection.escalation"].browse(ids)
            self.assertEqual(found.mapped("climb_count"), [1] * len(ids))
            self.assertEqual(found.mapped("rung"), ["manager"] * len(ids))
            climbed = found.event_ids.filtered(lambda event: event.kind == "climbed")
            self.assertEqual(sorted(climbed.escalation_id.ids), sorted(ids))
            self.assertEqual((len(climbed), len(found.activity_ids)), (len(ids), len(ids)))

    def test_side_by_side(self):
        ids = self.late("Side")
        self.assertWorked(*(self.start(self.job) for _worker in range(2)))
        self.assertWorked(self.start(self.job))
        self.assertClimbedOnce(ids)

    def test_killed(self):
        ids = self.late("Killed")

        def run(env):
            with killed_after(env.registry["collection.escalation"], "_pass_to", times=2):
                self.job(env)

        self.assertKilled(self.start(run))
        with self.committing() as env:
            self.assertEqual(sorted(env["collection.escalation"].browse(ids).mapped("climb_count")), [0] * 4 + [1] * 2)
        self.assertWorked(self.start(self.job))
        self.assertClimbedOnce(ids)

    def test_raised_once(self):
        ids = self.accounts("Raised")
        with self.committing() as env:
            rule = env["collection.escalation.rule"].create({"name": "Any", "trigger": "amount", "threshold": 10})
        self.assertWorked(*(self.start(self.job) for _worker in range(2)))
        self.assertWorked(self.start(self.job))
        with self.committing() as env:
            raised = env["collection.escalation"].search([("account_id", "in", ids)])
            self.assertEqual(sorted(raised.account_id.ids), sorted(ids))
            self.assertEqual(len(raised), len(ids))
            env["collection.escalation.rule"].browse(rule.id).active = False
