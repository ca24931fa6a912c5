"""Set-up for tests of several workers: customers with a bill, what workers do, and that each item was noticed once."""

import time
from collections import Counter
from datetime import timedelta
from unittest.mock import patch

from odoo import Command

from ..models.dunning import collection_notice_send
from .scratch import ScratchCase
from .smtp import SmtpSink, html_of


class DunningWorkersCase(ScratchCase):
    """Dunning on a scratch database, with mail to `cls.sink`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sink = cls.enterClassContext(SmtpSink().running())
        with cls.committing() as env:
            env["ir.mail_server"].search([]).active = False
            env["ir.mail_server"].create({"name": "Sink", "smtp_host": "127.0.0.1", "smtp_port": cls.sink.port})

    def setUp(self):
        super().setUp()
        with self.committing() as env:  # what a test before this one may have left behind when it failed
            env["mail.mail"].search([("state", "=", "outgoing")]).cancel()
            env["collection.notice"].search([("state", "=", "due")])._set_cancelled("Left over")

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def bill(self, count):
        """As many customers with one invoice that is 16 days overdue; their ids."""
        with self.committing() as env:
            company = env["res.company"].search([("chart_template", "!=", False)], limit=1)
            self.company_id = company.id
            today = company._collection_today()
            number = time.time_ns()
            customers = env["res.partner"].create(
                [{"name": f"Customer {number + i}", "email": f"c{number + i}@example.com"} for i in range(count)]
            )
            vals = {"move_type": "out_invoice", "company_id": company.id, "invoice_date": today - timedelta(46)}
            vals |= {"invoice_date_due": today - timedelta(16), "invoice_payment_term_id": False}
            vals["invoice_line_ids"] = [
                Command.create({"name": "Goods", "price_unit": 100, "tax_ids": [Command.clear()]})
            ]
            env["account.move"].create([{**vals, "partner_id": customer.id} for customer in customers]).action_post()
            return customers.ids

    def run_today(self):
        with self.committing() as env:
            run = env["collection.run"].create({"company_id": self.company_id})
            run.action_simulate()
            run.action_confirm()

    def notices(self, env, customers):
        return env["collection.notice"].search([("partner_id", "in", customers), ("state", "!=", "suppressed")])

    def states(self, customers):
        with self.committing() as env:
            return Counter(self.notices(env, customers).mapped("state"))

    def assertEachOnce(self, customers, repeated=0):
        """One notice, one `mail.mail` and one message at the mail server for each customer; the item stands in one notice.

        :param repeated: messages that Odoo's own queue handed over a second time under the same Message-Id
        """
        with self.committing() as env:
            notices = self.notices(env, customers)
            self.assertEqual(Counter(notices.mapped("state")), {"sent": len(customers)})
            self.assertEqual(len(notices.partner_id), len(customers))
            counted = notices.line_ids.filtered("counted")
            self.assertEqual(len(counted), len(customers))
            mails = env["mail.mail"].search([("model", "=", notices._name), ("res_id", "in", notices.ids)])
            self.assertEqual(len(mails), len(notices))
            found = self.sink.of(notices)
            self.assertEqual(len(found), len(customers), "Messages by Message-Id")
            self.assertEqual(sum(map(len, found.values())), len(customers) + repeated)
            for notice in notices:
                self.assertIn(notice.line_ids.move_name, html_of(found[notice.id][0]))

    # ------------------------------------------------------------------
    # What workers do
    # ------------------------------------------------------------------

    @staticmethod
    def daily_run(env):
        env["collection.run"]._cron_run()

    def forget_daily_runs(self):
        """As if the next day had come."""
        with self.committing() as env:
            env["collection.run"].search([("is_automatic", "=", True)])._unguarded().is_automatic = False

    @staticmethod
    def lane(number, batch=5):
        def send(env):
            collection_notice_send._BATCH = batch
            env["collection.notice"]._cron_send(number)

        return send

    @staticmethod
    def queue(env):
        env["mail.mail"].process_email_queue()

    def finish(self):
        """What the scheduled actions do the next time."""
        self.assertWorked(self.start(self.lane(0)), self.start(self.lane(1)))
        self.assertWorked(self.start(self.queue))

    def together(self, *works):
        """Run each in a worker of its own, all from the same moment on; none may log an error."""
        start = time.time() + 0.3

        def at_once(work):
            def run(env):
                time.sleep(max(0, start - time.time()))
                work(env)

            return run

        self.assertWorked(*[self.start(at_once(work)) for work in works])

    def both_lanes(self, env):
        """Slowly, so that others have time to get in between."""
        recheck = env.registry["collection.notice"]._recheck

        def slowly(notices, company):
            time.sleep(0.05)
            return recheck(notices, company)

        with patch.object(env.registry["collection.notice"], "_recheck", slowly):
            self.lane(0, batch=1)(env)
            self.lane(1, batch=1)(env)
