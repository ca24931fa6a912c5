from odoo.exceptions import UserError
from odoo.tests import tagged

from .golive_common import GoliveCommon


@tagged("post_install", "-at_install")
class TestDunningGolive(GoliveCommon):
    """The next run goes on after what the former system sent, and nothing goes out by the import itself."""

    def steps(self, *lines, **vals):
        return self.bring_in("step", ["invoice,step,days,date", *lines], **vals)

    def letters_of(self, move):
        """Steps towards the customer; what managers are to decide besides (credit hold, escalation) writes to nobody."""
        return self.lines(move).filtered(lambda line: line.track == "customer").mapped("step_days")

    def daily_job(self):
        """What the scheduled action does, and what the senders hand over."""
        self.company.collection_auto_run = True
        self.Run._run_today(self.company)
        self.go_out()

    # ------------------------------------------------------------------
    # Opening with nothing sent
    # ------------------------------------------------------------------

    def test_the_daily_job_after_the_import_repeats_nothing(self):
        at_second = self.invoice(self.acme, 100, overdue=40)
        just_now = self.invoice(self.acme, 100, overdue=20)
        other = self.customer("Other")
        ready_for_more = self.invoice(other, 100, overdue=20)
        old, old_customer = None, self.customer("Never Written To")
        old = self.invoice(old_customer, 100, overdue=200)
        near_final_customer = self.customer("Near Final")
        near_final = self.invoice(near_final_customer, 100, overdue=70)
        mails = self.env["mail.mail"].search_count([])
        self.steps(
            f"{at_second.name},Second past due,,{self.day(-10)}",
            f"{just_now.name},,16,{self.day(-2)}",
            f"{ready_for_more.name},,3,{self.day(-15)}",
            f"{near_final.name},Second past due,,{self.day(-40)}",
        )
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.daily_job()
        sent = self.Notice.search([("golive_id", "=", False), ("state", "!=", "suppressed")])
        self.assertFalse(sent.filtered(lambda notice: notice.channel == "final_demand"))
        self.assertEqual(self.steps_of(at_second), [30])
        self.assertEqual(self.steps_of(just_now), [15])
        self.assertEqual(self.reasons(just_now), set())
        self.assertEqual(self.sent_steps(ready_for_more), [3, 15])
        self.assertEqual(self.sent_steps(old), [30], "The first notice is at most the second past due")
        self.assertEqual(self.letters_of(near_final), [30])

    def test_a_final_demand_ten_days_after_the_import(self):
        move = self.invoice(self.acme, 100, overdue=70)
        self.steps(f"{move.name},Second past due,,{self.day(-40)}")
        for day, expected in ((9, [30]), (10, [30, 60])):
            with self.at(day):
                self.confirm()
            self.assertEqual(self.letters_of(move), expected)
        final = self.notice(self.acme, channel="final_demand")
        self.assertEqual((final.state, final.ready), ("due", False), "A manager releases it")

    def test_a_week_lies_between_the_imported_step_and_the_next(self):
        move = self.invoice(self.acme, 100, overdue=20)
        self.steps(f"{move.name},Reminder,,{self.day(-6)}")
        self.on_day(0)
        self.assertEqual(self.steps_of(move), [3])
        self.assertEqual(self.reasons(move), {"too_soon"})
        self.on_day(1)
        self.assertEqual(self.sent_steps(move), [3, 15])

    def test_history_is_no_email_of_ours(self):
        """It does not keep another item of the customer waiting."""
        told, new = self.invoice(self.acme, 100, overdue=20), self.invoice(self.acme, 100, overdue=4)
        self.steps(f"{told.name},Past due,,{self.day(-1)}")
        self.confirm()
        notice = self.notice(self.acme, golive_id=False)
        self.assertEqual((notice.line_ids.move_id, notice.date_not_before), (new, self.today))
        self.assertEqual(notice._send(), notice)
        self.assertFalse(self.notice(self.acme).filtered("golive_id").mail_mail_id)

    # ------------------------------------------------------------------
    # What the file may say
    # ------------------------------------------------------------------

    def test_history_is_kept_as_notices_of_before(self):
        parts = self.instalments(self.acme, [(300, 40), (700, 10)])
        wizard = self.steps(f"{parts.name},Reminder,,{self.day(-7)}")
        notice = self.notice(self.acme)
        self.assertEqual((notice.state, notice.sent_on, notice.date), ("sent", self.day(-7), self.today))
        self.assertEqual((notice.golive_id, notice.run_id.ids, notice.amount), (wizard.golive_id, [], 1000))
        self.assertEqual(notice.line_ids.mapped("due_date"), [self.day(-40), self.day(-10)])
        self.assertEqual(self.items(parts).mapped("collection_step_id"), self.step(3))
        with self.assertRaises(UserError):
            notice.unlink()

    def test_steps_by_name_place_and_days(self):
        moves = [self.invoice(self.acme, 100, overdue=100) for _each in range(6)]
        self.steps(
            f"{moves[0].name},second PAST due,,2026-03-01",
            f"{moves[1].name},2,,2026-03-01",
            f"{moves[2].name},,29,2026-03-01",
            f"{moves[3].name},,30,2026-03-01",
            f"{moves[4].name},,31,2026-03-01",
            f"{moves[5].name},,-5,2026-03-01",
        )
        steps = self.policy.step_ids.sorted(lambda step: (step.days, step.sequence, step.id))
        self.assertEqual(self.steps_of(moves[0]), [30])
        self.assertEqual(self.steps_of(moves[1]), [steps[1].days])
        self.assertEqual([self.steps_of(move)[0] for move in moves[2:]], [25, 30, 30, -5])

    def test_steps_of_the_policy_that_the_item_is_under(self):
        own = self.make_policy((5, "email", {"name": "First"}), (20, "email", {"name": "Second"}), name="Gentle")
        move = self.invoice(self.acme, 100, overdue=50)
        self.bring_in("policy", "customer,policy\nAcme Corp.,gentle")
        self.assertEqual(self.account(self.acme).policy_id, own)
        self.steps(f"{move.name},,19,2026-03-01")
        self.assertEqual(self.lines(move).step_id, self.step(5, policy=own))
        self.assertEqual(self.check("policy", "customer,policy\nAcme Corp.,gentle").same_count, 1)
        wizard = self.check("policy", "customer,policy\nAcme Corp.,Missing")
        self.assertProblem(wizard, 2, "No policy of this company is called “Missing”")

    def test_what_is_wrong(self):
        move = self.invoice(self.acme, 100, overdue=50)
        lines = [
            "invoice,step,days,date",
            f"{move.name},Fourth letter,,2026-03-01",
            f"{move.name},12,,2026-03-01",
            f"{move.name},,-6,2026-03-01",
            f"{move.name},,soon,2026-03-01",
            f"{move.name},,,2026-03-01",
            f"{move.name},Reminder,,2026-03-19",
            f"{move.name},Reminder,,",
            f"{move.name},Reminder,,2026-02-30",
            "X/1,Reminder,,2026-03-01",
        ]
        wizard = self.check("step", lines)
        for line, words in (
            (2, "has no step “Fourth letter”. It has: 1 "),
            (3, "has no step “12”"),
            (4, "no step up to day -6"),
            (5, "is no number of days"),
            (6, "Give the step, or the days"),
            (7, "still to come"),
            (8, "Date is missing"),
            (9, "is no date"),
            (10, "No posted document has the number “X/1”"),
        ):
            self.assertProblem(wizard, line, words)
        self.assertCounts(wizard, errors=9)
        self.assertFalse(self.notice(self.acme))

    def test_importing_again_changes_nothing_and_a_later_step_is_added(self):
        move = self.invoice(self.acme, 100, overdue=50)
        line = f"{move.name},Reminder,,2026-02-20"
        self.steps(line)
        again = self.check("step", ["invoice,step,days,date", line])
        self.assertCounts(again, same=1)
        again.action_import()
        self.assertEqual(self.steps_of(move), [3])
        self.steps(f"{move.name},Past due,,2026-03-01")
        self.assertEqual(self.steps_of(move), [3, 15])
        lower = self.check("step", ["invoice,step,days,date", line])
        self.assertCounts(lower, same=1)
        self.assertEqual(self.warnings(lower), [(2, "It has reached a later step already, which stays.")])

    def test_what_waits_to_be_sent_comes_first(self):
        move = self.invoice(self.acme, 100, overdue=4)
        self.confirm()
        waiting = self.notice(self.acme)
        wizard = self.check("step", f"invoice,step,date\n{move.name},Reminder,2026-03-01")
        self.assertProblem(wizard, 2, f"Notice {waiting.name} waits to be sent")
        waiting.with_user(self.manager).action_cancel()
        self.steps(f"{move.name},Reminder,,2026-03-01")
        self.assertEqual(self.sent_steps(move), [3])

    def test_last_steps_are_written_by_sets(self):
        partners = self.env["res.partner"].create([{"name": f"C{n}", "is_company": True} for n in range(110)])
        moves = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "invoice_date": self.day(-60),
                    "invoice_line_ids": [(0, 0, {"name": "x", "price_unit": 10, "tax_ids": [(5,)]})],
                }
                for partner in partners
            ]
        )
        moves.action_post()
        self.Account._refresh_touched()

        def queries(some):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.steps(*(f"{move.name},Reminder,,2026-03-01" for move in some))
            self.env.flush_all()
            return self.cr.sql_log_count - before

        queries(moves[:2])
        few, many = queries(moves[2:12]), queries(moves[12:])
        self.assertLessEqual(many - few, 12, f"{few} queries for 10 lines, {many} for 98")
        self.assertEqual(self.Notice.search_count([("golive_id", "!=", False)]), 110)
