from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .dunning_common import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningRun(DunningCommon):
    """A run from draft to done, what people do with its notices, and the daily job."""

    # ------------------------------------------------------------------
    # States
    # ------------------------------------------------------------------

    def test_draft_simulated_confirmed_done(self):
        self.invoice(self.acme, 100, overdue=3)
        run = self.Run.create({"company_id": self.company.id})
        self.assertEqual((run.state, run.notice_ids.ids), ("draft", []))
        run.action_simulate()
        self.assertEqual((run.state, run.date, run.to_send_count, run.amount_asked), ("simulated", self.today, 1, 100))
        self.assertFalse(run.notice_ids.ready)
        self.assertFalse(self.go_out(), "Nothing goes out before the run is confirmed")
        run.action_confirm()
        self.assertEqual((run.state, run.confirmed_by_id), ("confirmed", self.env.user))
        self.go_out()
        run.sudo()._close_if_done()
        self.assertEqual((run.state, run.sent_count, run.to_send_count), ("done", 1, 0))

    def test_transitions_that_are_refused(self):
        run = self.Run.create({"company_id": self.company.id})
        with self.assertRefused(UserError, "must be simulated"):
            run.action_confirm()
        self.invoice(self.acme, 100, overdue=3)
        run.action_simulate()
        run.action_confirm()
        for action in (run.action_simulate, run.action_confirm):
            with self.assertRaises(UserError):
                action()
        with self.assertRefused(UserError, "cannot become"):
            run._update_state(("draft",), "simulated")

    def test_nothing_to_do(self):
        run = self.confirm()
        self.assertEqual(run.state, "done")

    def test_simulating_twice(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        run = self.simulate()
        self.pay(invoice, 40)
        run.action_simulate()
        self.assertEqual((len(run.notice_ids), run.notice_ids.amount), (1, 60))

    def test_another_simulation_gives_way(self):
        self.invoice(self.acme, 100, overdue=3)
        first, second = self.simulate(), self.simulate()
        self.assertEqual((first.state, first.notice_ids.ids), ("draft", []))
        self.assertEqual(len(second.notice_ids), 1)
        second.action_confirm()
        third = self.simulate()
        self.assertEqual((second.state, third.notice_ids.ids), ("confirmed", []))

    def test_yesterdays_simulation_is_not_confirmed(self):
        self.invoice(self.acme, 100, overdue=3)
        run = self.simulate()
        with self.at(1):
            with self.assertRefused(UserError, "Simulate it again"):
                run.action_confirm()
            run.action_simulate()
            run.action_confirm()
        self.assertEqual(run.date, self.day(1))

    def test_deleting(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        self.hold(self.items(self.invoice(self.acme, 50, overdue=3)))
        run = self.simulate()
        run.unlink()
        self.assertFalse(self.lines(invoice))
        run = self.confirm()
        with self.assertRefused(UserError, "kept as a record"):
            run.unlink()

    def test_a_run_stays_with_its_company(self):
        run = self.simulate()
        other = self.second_company()["company"]
        with self.assertRefused(UserError, "stays with the company"):
            run.company_id = other

    def test_counters(self):
        self.step(30, "email").min_amount = 80
        dealer = self.env["res.partner"].create({"name": "Dealer", "is_sales_partner": True})
        moves = {
            "mail": self.invoice(self.customer("Mail"), 100, overdue=3),
            "letter": self.invoice(
                self.customer("Letter", email=False, street="1 Main St", zip="12345"), 100, overdue=3
            ),
            "call": self.invoice(self.customer("Call"), 100, overdue=10),
            "left out": self.invoice(self.customer("Small"), 79, overdue=31, collection_sales_partner_id=dealer.id),
        }
        self.hold(self.items(self.invoice(self.acme, 50, overdue=3)))
        run = self.confirm()
        self.assertEqual((run.to_send_count, run.to_do_count, run.suppressed_count, run.failed_count), (1, 3, 2, 0))
        self.assertEqual(run.amount_asked, 379)
        self.notice(moves["call"].partner_id).action_done()
        self.assertEqual((run.to_do_count, run.sent_count), (2, 1))
        self.assertEqual(run.action_view_notices()["domain"], [("run_id", "=", run.id)])

    def test_how_fresh_the_bank_data_is(self):
        run = self.simulate()
        self.assertFalse(run.bank_date)
        invoice = self.invoice(self.acme, 100, overdue=3)
        self.pay(invoice, 10, payment_date=self.day(-4))
        run.action_simulate()
        self.assertEqual(run.bank_date, self.day(-4))
        self.bank_line(invoice, 20, days=-2)
        other = self.second_company()["company"]
        self.pay(self.invoice(self.acme, 5, company=other), payment_date=self.today)
        run.action_simulate()
        self.assertEqual(run.bank_date, self.day(-2))

    # ------------------------------------------------------------------
    # People's part
    # ------------------------------------------------------------------

    def test_release_by_the_role_of_the_step(self):
        collector, assistant = self.member("collector"), self.member("assistant")
        self.step(3).write({"needs_release": True, "responsible": "assistant"})
        self.invoice(self.acme, 100, overdue=3)
        run = self.simulate()
        with self.assertRefused(UserError, "not waiting to be released"):
            run.notice_ids.with_user(assistant).action_release()
        run.action_confirm()
        self.assertFalse(run.notice_ids.ready)
        with self.assertRefused(UserError, "Assistant manager"):
            run.notice_ids.with_user(collector).action_release()
        run.notice_ids.with_user(assistant).action_release()
        self.assertEqual((run.notice_ids.ready, run.notice_ids.released_by_id), (True, assistant))
        with self.assertRaises(UserError):
            run.notice_ids.with_user(assistant).action_release()

    def test_final_demands_are_the_managers(self):
        """Whatever the step says."""
        self.step(60).write({"needs_release": False, "responsible": "collector"})
        invoice = self.invoice(self.acme, 100, overdue=60)
        self.noticed(invoice, 30, ago=20)
        self.confirm()
        final = self.notice(self.acme, channel="final_demand")
        self.assertTrue(final.needs_release)
        with self.assertRaises(UserError):
            final.with_user(self.member("assistant")).action_release()
        final.with_user(self.member("manager")).action_release()

    def test_done_by_hand(self):
        self.invoice(self.acme, 100, overdue=10)
        mail = self.invoice(self.customer("Mail"), 100, overdue=3)
        run = self.simulate()
        call = self.notice(self.acme)
        with self.assertRefused(UserError, "not waiting to be done"):
            call.action_done()
        run.action_confirm()
        with self.assertRefused(UserError, "by e-mail"):
            self.notice(mail.partner_id).action_done()
        with self.assertRaises(UserError):
            call.with_user(self.member("auditor")).action_done()
        call.with_user(self.member("collector")).action_done()
        self.assertEqual((call.state, call.sent_on), ("sent", self.today))
        with self.assertRaises(UserError):
            call.action_done()

    def test_a_call_in_the_worklist(self):
        invoice = self.invoice(self.acme, 100, overdue=10)
        account = self.account(self.acme)
        collector = self.member("collector")
        self.contacted(account, user=collector)
        with self.at(1):
            account._refresh()
            self.assertFalse(account.on_worklist, "Spoken to yesterday")
            account.next_action_date = False
            self.confirm()
            self.assertEqual((account.call_due_date, account.on_worklist), (self.day(1), True))
            self.step(10).script = "Ask for {overdue}"
            self.assertEqual(account._call_script(), "Ask for $\xa0100.00", "The step's, not the stage's")
            self.contacted(account, "no_answer", collector, direction="out")
            self.assertEqual((account.call_due_date, account.on_worklist), (self.day(1), False))
            self.assertFalse(self.sent_steps(invoice), "Nobody answered: the call is still to be made")
        with self.at(2):
            account._refresh()
            self.assertTrue(account.on_worklist)
            self.contacted(account, "message", collector, direction="out")
            self.assertFalse(account.call_due_date)
        self.assertEqual(self.sent_steps(invoice), [10])
        self.assertEqual(self.items(invoice).collection_step_id, self.step(10))
        self.assertEqual(self.items(invoice).collection_last_notice_date, self.day(2))

    def test_several_accounts_worked_at_once(self):
        accounts = self.Account
        for name in ("One", "Two"):
            move = self.invoice(self.customer(name), 100, overdue=10)
            accounts |= self.account(move.partner_id)
        self.confirm()
        self.contacted(accounts)
        self.assertEqual(accounts.notice_ids.mapped("state"), ["sent", "sent"])

    def test_last_notice_of_the_account(self):
        self.invoice(self.acme, 100, overdue=3)
        self.assertFalse(self.account(self.acme).last_notice_date)
        self.on_day(1)
        self.assertEqual(self.account(self.acme).last_notice_date, self.day(1))

    def test_cancelling(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        self.confirm()
        notice = self.notice(self.acme)
        with self.assertRefused(UserError, "Only assistant managers"):
            notice.with_user(self.member("collector")).action_cancel()
        notice.with_user(self.member("assistant")).action_cancel()
        self.assertEqual((notice.state, notice.line_ids.counted), ("cancelled", False))
        self.confirm()
        self.assertEqual(self.steps_of(invoice), [3], "Its item is noticed by a later run")
        self.go_out()
        with self.assertRefused(UserError, "cannot become"):
            self.notice(self.acme).action_cancel()

    def test_retry_needs_a_failed_notice_and_a_collector(self):
        self.invoice(self.acme, 100, overdue=3)
        self.confirm()
        notice = self.notice(self.acme)
        with self.assertRefused(UserError, "None of these notices has failed"):
            notice.with_user(self.member("collector")).action_retry()
        with self.assertRaises(AccessError):
            notice.with_user(self.member("auditor")).action_retry()

    # ------------------------------------------------------------------
    # The daily job
    # ------------------------------------------------------------------

    def daily_job(self, moment):
        """The daily job as it runs at a moment (UTC), followed by the sending; the runs that it made."""
        before = self.Run.search([])
        job = self.env.ref("account_collections.ir_cron_run").sudo()
        with self.at(moment), self.enter_registry_test_mode():
            job.method_direct_trigger()
        self.env.invalidate_all()
        return self.Run.search([("id", "not in", before.ids)])

    def test_once_a_day_in_each_companys_own_time_zone(self):
        """At 2:00 UTC it is still the day before in New York, and morning in Manila."""
        manila = self.second_company(name="Manila Inc.", collection_tz="Asia/Manila")["company"]
        others = self.env["res.company"].search([("id", "not in", (self.company | manila).ids)])
        others.collection_auto_run = False
        own = self.invoice(self.acme, 100, overdue=2)
        there = self.invoice(self.acme, 100, overdue=2, company=manila)
        runs = self.daily_job("2026-03-19 02:00:00")
        dates = {run.company_id: run.date for run in runs}
        self.assertEqual(dates, {self.company: self.day(0), manila: self.day(1)})
        self.assertTrue(all(runs.mapped("is_automatic")))
        self.assertEqual((self.steps_of(own), self.steps_of(there)), ([], [3]))
        self.assertFalse(self.daily_job("2026-03-19 03:00:00"), "The same day in both")
        runs = self.daily_job("2026-03-19 05:00:00")
        self.assertEqual({run.company_id: run.date for run in runs}, {self.company: self.day(1)})
        self.assertEqual(self.steps_of(own), [3])
        runs = self.daily_job("2026-03-19 17:00:00")
        self.assertEqual(runs.company_id, manila, "The next day has begun there")

    def test_companies_that_want_no_daily_run(self):
        self.env["res.company"].search([]).collection_auto_run = False
        self.invoice(self.acme, 100, overdue=3)
        self.assertFalse(self.daily_job("2026-03-18 15:00:00"))

    def test_a_collector_who_left(self):
        nobody = self.customer("Nobody", email=False)
        self.invoice(nobody, 100, overdue=3)
        collector = self.member("collector")
        self.account(nobody).collector_id = collector
        self.company.collection_manager_id = self.member("manager")
        collector.active = False
        self.confirm()
        self.assertEqual(self.account(nobody).activity_ids.user_id, self.company.collection_manager_id)
