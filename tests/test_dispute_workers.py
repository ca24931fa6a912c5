import time
from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .scratch import ScratchCase


@tagged("post_install", "-at_install")
class TestDisputeWorkers(ScratchCase):
    """Two people at one invoice at once."""

    def invoice(self, amount):
        with self.committing() as env:
            company = env["res.company"].search([("chart_template", "!=", False)], limit=1)
            today = company._collection_today()
            customer = env["res.partner"].create({"name": f"Customer {time.time_ns()}"})
            move = env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "company_id": company.id,
                    "partner_id": customer.id,
                    "invoice_date": today - timedelta(46),
                    "invoice_date_due": today - timedelta(16),
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create({"name": "Goods", "price_unit": amount, "tax_ids": [Command.clear()]})
                    ],
                }
            )
            move.action_post()
            item = move.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
            account = env["collection.account"]._for_partner(customer, company)
            return account.id, item.id

    def test_together_never_more_than_is_open(self):
        account_id, item_id = self.invoice(1000)

        def dispute(code):
            def work(env):
                reason = env.ref(f"account_collections.dispute_reason_{code}")
                env["collection.account"].browse(account_id).name  # noqa: B018 - both have begun before one has written
                time.sleep(0.5)
                try:
                    with env.cr.savepoint():
                        env["collection.dispute"].create(
                            {
                                "account_id": account_id,
                                "reason_id": reason.id,
                                "line_ids": [Command.create({"move_line_id": item_id, "amount_currency": 700})],
                            }
                        )
                except Exception as error:
                    if "can still be disputed" not in str(error):
                        raise
                    return
                time.sleep(1)

            return work

        workers = [self.start(self.as_user(dispute(code))) for code in ("pricing", "service")]
        self.assertWorked(*workers)
        with self.committing() as env:
            lines = env["collection.dispute.line"].search([("move_line_id", "=", item_id)])
            holds = env["collection.hold"].search([("move_line_id", "=", item_id)])
            self.assertEqual((lines.mapped("amount_currency"), holds.mapped("amount_currency")), ([700], [700]))
