import logging
import subprocess
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools.misc import exec_pg_environ, find_pg_tool

from ..tools import card_numbers
from .scratch import ScratchCase, die

CARD = "4242424242424242"
DEMO = "payment_demo.payment_method_demo"


@tagged("post_install", "-at_install")
class TestCardPaymentWorkers(ScratchCase):
    """Real transactions: two clicks at once, a server that dies around the charge, and no card number in database or log."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.committing() as env:
            company = env["res.company"].search([("chart_template", "!=", False)], limit=1)
            cls.company_id = company.id
            provider = env["payment.provider"].search([("code", "=", "demo"), ("company_id", "=", company.id)], limit=1)
            provider = provider or env.ref("payment.payment_provider_demo").copy({"company_id": company.id})
            provider.write({"state": "test", "is_published": True, "allow_tokenization": True})
            env.ref(DEMO).active = True
            provider.payment_method_ids = [Command.set(env.ref(DEMO).ids)]
            provider.journal_id = env["account.journal"].search(
                [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
            )
            cls.provider_id = provider.id
        cls.sent = Path(cls.enterClassContext(tempfile.TemporaryDirectory())) / "sent"

    def draft(self):
        """A draft over one new invoice of a new customer with a saved card, by id."""
        self.sent.write_text("")
        with self.committing() as env:
            company = env["res.company"].browse(self.company_id)
            env = env(context={"allowed_company_ids": company.ids})
            today = company._collection_today()
            customer = env["res.partner"].create({"name": f"Customer {time.time_ns()}"})
            line = {"name": "Goods", "price_unit": 100, "tax_ids": [Command.clear()]}
            move = env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "company_id": company.id,
                    "partner_id": customer.id,
                    "invoice_date": today - timedelta(46),
                    "invoice_date_due": today - timedelta(16),
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [Command.create(line)],
                }
            )
            move.action_post()
            item = move.line_ids.filtered("date_maturity")
            token = env["payment.token"].create(
                {
                    "provider_id": self.provider_id,
                    "payment_method_id": env.ref(DEMO).id,
                    "partner_id": customer.id,
                    "payment_details": CARD,
                    "provider_ref": "demo",
                    "demo_simulated_state": "done",
                }
            )
            account = env["collection.account"]._for_partner(customer, company)
            payment = env["collection.card.payment"].create(
                {
                    "account_id": account.id,
                    "method": "token",
                    "token_id": token.id,
                    "consent_name": "Ann",
                    "consent_text": "Yes",
                    "line_ids": [Command.create({"move_line_id": item.id, "amount_currency": 60})],
                }
            )
            return payment.id

    def charging(self, payment_id, before=None, after=None):
        """A click on "charge". What reaches the provider is written down outside of the database, as at the provider itself."""
        sent = self.sent

        def work(env):
            # A worker's log down to the last word, to look for digits in it.
            logging.getLogger().setLevel(logging.INFO)
            model = env.registry["payment.transaction"]
            original = model._send_payment_request

            def send(transaction):
                if before:
                    before()
                with sent.open("a") as file:
                    file.write(f"{transaction.reference}\n")
                if after:
                    after()
                return original(transaction)

            with patch.object(model, "_send_payment_request", send):
                self.as_user(lambda env: env["collection.card.payment"].browse(payment_id).action_charge())(env)
                env.cr.commit()

        return work

    def requests(self):
        return self.sent.read_text().split()

    def check(self, payment_id, state, residual):
        with self.committing() as env:
            payment = env["collection.card.payment"].browse(payment_id)
            self.assertEqual((payment.state, payment.line_ids.move_line_id.amount_residual), (state, residual))
            self.assertEqual(len(payment.transaction_ids), 1)
            return payment.transaction_id.reference

    def look_after(self):
        self.assertWorked(self.start(lambda env: env["collection.card.payment"]._cron_check()))

    def test_two_clicks_at_once(self):
        payment_id = self.draft()
        workers = [self.start(self.charging(payment_id, before=lambda: time.sleep(0.5))) for _each in range(2)]
        for worker in workers:
            self.assertEqual(worker.wait(), 0)
        self.check(payment_id, "done", 40)
        self.assertEqual(len(self.requests()), 1)

    def test_killed_before_the_provider_is_asked(self):
        payment_id = self.draft()
        self.assertKilled(self.start(self.charging(payment_id, before=die)))
        self.assertEqual(self.requests(), [])
        reference = self.check(payment_id, "charging", 100)
        self.assertTrue(reference.startswith("CARD-"), "The reference was committed before the charge")

    def test_killed_after_the_charge(self):
        payment_id = self.draft()
        self.assertKilled(self.start(self.charging(payment_id, after=die)))
        reference = self.check(payment_id, "charging", 100)
        self.assertEqual(self.requests(), [reference])
        # Clicked again, and looked after: it is not charged a second time.
        self.assertEqual(self.start(self.charging(payment_id)).wait(), 0)
        self.look_after()
        self.assertEqual(self.requests(), [reference])
        with self.committing() as env:
            transaction = env["payment.transaction"]._process(
                "demo", {"reference": reference, "simulated_state": "done", "payment_details": CARD}
            )
            transaction._post_process()
        self.check(payment_id, "done", 40)

    def test_no_card_number_in_database_or_log(self):
        payment_id = self.draft()
        worker = self.start(self.charging(payment_id))
        self.assertEqual(worker.wait(), 0)
        with self.committing() as env:
            payment = env["collection.card.payment"].browse(payment_id)
            for state in ("error", "done"):
                transaction = env["payment.transaction"].create(
                    {
                        "provider_id": self.provider_id,
                        "payment_method_id": env.ref(DEMO).id,
                        "reference": payment._charge_reference(),
                        "amount": 1,
                        "currency_id": payment.currency_id.id,
                        "partner_id": payment.partner_id.id,
                        "operation": "online_direct",
                        "tokenize": True,
                        "collection_card_payment_id": payment.id,
                    }
                )
                details = "4242 4242 4242 4242" if state == "done" else CARD
                env["payment.transaction"]._process(
                    "demo",
                    {"reference": transaction.reference, "simulated_state": state, "payment_details": details},
                )
            transaction._set_pending(state_message=f"Card {CARD} is looked at")
        command = [find_pg_tool("pg_dump"), "--data-only", "--inserts", self.dbname]
        dump = subprocess.run(command, env=exec_pg_environ(), capture_output=True, check=True, text=True).stdout
        self.assertIn("CARD-", dump)
        for text in (dump, worker.log):
            self.assertNotIn(CARD, text)
            self.assertNotIn("4242 4242", text)
            self.assertNotIn(
                CARD, [card.digits for line in text.splitlines() if "4242" in line for card in card_numbers.find(line)]
            )
