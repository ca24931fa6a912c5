import smtplib
import time
from collections import Counter
from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..models.dunning import collection_notice_send
from .scratch import ScratchCase, killed_after
from .smtp import SmtpSink, html_of, needs_smtp_sink


@needs_smtp_sink
@tagged("post_install", "-at_install")
class TestDunningWorkers(ScratchCase):
    """Workers that are killed, and workers side by side: each item is noticed once, and nothing is lost."""

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
            vals["invoice_line_ids"] = [Command.create({"name": "Goods", "price_unit": 100, "tax_ids": [Command.clear()]})]
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

    # ------------------------------------------------------------------
    # Killed
    # ------------------------------------------------------------------

    def test_killed_while_the_run_is_made(self):
        customers = self.bill(4)
        self.forget_daily_runs()
        for method in ("_prepare_notices", "action_simulate", "action_confirm"):

            def run(env, method=method):
                with killed_after(env.registry["collection.run"], method):
                    self.daily_run(env)

            self.assertKilled(self.start(run))
            self.assertFalse(self.states(customers))
        self.assertWorked(self.start(self.daily_run))
        self.assertEqual(self.states(customers), {"due": 4})
        self.finish()
        self.assertEachOnce(customers)

    def test_killed_while_handing_over(self):
        customers = self.bill(8)
        self.run_today()
        for name in ("_queue_mails", "_recheck"):

            def send(env, name=name):
                with killed_after(env.registry["collection.notice"], name, times=2):
                    self.lane(0, batch=2)(env)
                    self.lane(1, batch=2)(env)

            self.assertKilled(self.start(send))
        self.assertEqual(set(self.states(customers)), {"due", "queued"})
        self.finish()
        self.assertEachOnce(customers)

    def test_killed_between_delivery_and_answer(self):
        customers = self.bill(3)
        self.run_today()
        self.assertWorked(self.start(self.lane(0)), self.start(self.lane(1)))

        def deliver(env):
            with killed_after(smtplib.SMTP, "send_message", times=2):
                self.queue(env)

        self.assertKilled(self.start(deliver))
        self.assertEqual(self.states(customers), {"sent": 1, "queued": 2})
        self.finish()
        self.assertEachOnce(customers, repeated=1)

    # ------------------------------------------------------------------
    # Side by side
    # ------------------------------------------------------------------

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

    def test_daily_job_twice_at_once(self):
        customers = self.bill(6)
        self.forget_daily_runs()
        self.together(self.daily_run, self.daily_run, self.daily_run)
        self.assertEqual(self.states(customers), {"due": 6})
        with self.committing() as env:
            self.assertEqual(len(self.notices(env, customers).run_id), 1)
        self.finish()
        self.assertEachOnce(customers)

    def test_workers_on_the_same_and_on_different_lanes(self):
        customers = self.bill(24)
        self.run_today()
        self.together(self.lane(0, 2), self.lane(0, 2), self.lane(1, 2), self.lane(1, 2), self.queue)
        self.together(self.lane(0), self.lane(1), self.queue)
        self.finish()
        self.assertEachOnce(customers)
        with self.committing() as env:
            self.assertEqual(self.notices(env, customers).run_id.state, "done")

    def test_payments_posted_while_sending(self):
        customers = self.bill(10)
        self.run_today()

        def pay(env):
            for customer in reversed(customers):
                invoice = env["account.move"].search([("partner_id", "=", customer)])
                wizard = env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
                self.as_user(lambda _env: wizard.create({})._create_payments())(env)

        self.together(self.both_lanes, pay)
        self.finish()
        with self.committing() as env:
            notices = env["collection.notice"].search([("partner_id", "in", customers)])
            sent = notices.filtered(lambda notice: notice.state == "sent")
            left_out = notices - sent
            self.assertEqual(len(notices), 10)
            self.assertEqual(Counter(left_out.mapped("suppress_reason")), {"paid": len(left_out)} if left_out else {})
            self.assertEqual({notice: 1 for notice in sent.ids}, {key: len(found) for key, found in self.sink.of(notices).items()})
            self.assertTrue(left_out, "Payments came in time for some")

    def test_template_edited_while_sending(self):
        customers = self.bill(8)
        self.run_today()

        def edit(env):
            template = env.ref("account_collections.mail_template_past_due")
            for version in range(5):
                self.as_user(lambda _env: template.write({"subject": f"Version {version}"}))(env)
                time.sleep(0.1)

        self.together(self.both_lanes, edit)
        self.finish()
        self.assertEachOnce(customers)
        with self.committing() as env:
            found = self.sink.of(self.notices(env, customers))
            self.assertGreater(len({message["Subject"] for [message] in found.values()}), 1)

    def test_collector_deleted_while_sending(self):
        customers = self.bill(8)
        with self.committing() as env:
            user = env["res.users"].create({"name": "Gone", "login": f"gone{time.time_ns()}", "email": "gone@example.com"})
            user.group_ids += env.ref("account_collections.group_collector")
            env["collection.account"].search([("partner_id", "in", customers)]).collector_id = user
        self.run_today()

        def leave(env):
            time.sleep(0.2)
            self.as_user(lambda _env: env["res.users"].browse(user.id).unlink())(env)

        self.together(self.both_lanes, leave)
        self.finish()
        self.assertEachOnce(customers)
