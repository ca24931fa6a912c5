import smtplib
import time
from collections import Counter

from odoo import Command
from odoo.tests import tagged

from .dunning_workers import DunningWorkersCase
from .scratch import killed_after
from .smtp import needs_smtp_sink


@needs_smtp_sink
@tagged("post_install", "-at_install")
class TestDunningWorkers(DunningWorkersCase):
    """Workers that are killed, and workers side by side: each item is noticed once, and nothing is lost."""

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
                wizard = env["account.payment.register"].with_context(
                    active_model="account.move", active_ids=invoice.ids
                )
                self.as_user(lambda _env: wizard.create({})._create_payments())(env)

        self.together(self.both_lanes, pay)
        self.finish()
        with self.committing() as env:
            notices = env["collection.notice"].search([("partner_id", "in", customers)])
            sent = notices.filtered(lambda notice: notice.state == "sent")
            left_out = notices - sent
            self.assertEqual(len(notices), 10)
            self.assertEqual(Counter(left_out.mapped("suppress_reason")), {"paid": len(left_out)} if left_out else {})
            self.assertEqual(
                dict.fromkeys(sent.ids, 1), {key: len(found) for key, found in self.sink.of(notices).items()}
            )
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
            user = env["res.users"].create(
                {
                    "name": "Gone",
                    "login": f"gone{time.time_ns()}",
                    "email": "gone@example.com",
                    "company_id": self.company_id,
                    "company_ids": [Command.set([self.company_id])],
                }
            )
            user.group_ids += env.ref("account_collections.group_collector")
            env["collection.account"].search([("partner_id", "in", customers)]).collector_id = user
        self.run_today()

        def leave(env):
            time.sleep(0.2)
            self.as_user(lambda _env: env["res.users"].browse(user.id).unlink())(env)

        self.together(self.both_lanes, leave)
        self.finish()
        self.assertEachOnce(customers)
