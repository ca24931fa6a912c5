from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .dunning_common import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningLedger(DunningCommon):
    """Notices while the ledger and its customers change, and the step that an item shows."""

    # ------------------------------------------------------------------
    # Last step
    # ------------------------------------------------------------------

    def test_the_step_is_reached_when_the_notice_is_sent(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        item = self.items(invoice)
        self.confirm()
        self.assertFalse(item.collection_step_id, "Due")
        self.go_out()
        item.invalidate_recordset()
        self.assertEqual((item.collection_step_id, item.collection_last_notice_date), (self.step(3), self.today))
        notice = self.notice(self.acme)
        for state, step in (("queued", self.step(3)), ("bounced", self.step(3)), ("failed", self.step(3).browse())):
            notice.sudo()._unguarded().state = state
            item.invalidate_recordset()
            self.assertEqual(item.collection_step_id, step, state)

    def test_each_instalment_shows_its_own_step(self):
        invoice = self.instalments(self.acme, [(50, 15), (30, 3), (20, -20)])
        self.on_day(0)
        self.assertEqual(self.items(invoice).mapped("collection_step_id.days"), [15, 3])
        self.assertFalse(self.items(invoice)[2].collection_step_id)

    def test_highest_step_of_all_tracks(self):
        invoice = self.invoice(self.acme, 100, overdue=50)
        self.noticed(invoice, 45, ago=2)
        self.noticed(invoice, 30, ago=1)
        self.assertEqual(self.items(invoice).collection_step_id, self.step(45))

    # ------------------------------------------------------------------
    # Documents
    # ------------------------------------------------------------------

    def test_a_document_that_was_noticed_is_not_deleted(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        self.on_day(0)
        invoice.button_draft()
        with self.assertRefused(UserError, f"{invoice.name} cannot be deleted: it stands in notice N"):
            invoice.with_context(force_delete=True).unlink()

    def test_a_document_that_was_only_planned_or_left_out_is(self):
        planned, held, taken_back = (
            self.invoice(self.customer(name), 100, overdue=3) for name in ("One", "Two", "Three")
        )
        self.hold(self.items(held))
        self.confirm()
        self.notice(taken_back.partner_id).action_cancel()
        (planned | held | taken_back).button_draft()
        (planned | held | taken_back).with_context(force_delete=True).unlink()
        self.go_out()
        states = self.Notice.search([("company_id", "=", self.company.id)]).grouped("state")
        self.assertEqual(sorted(states), ["cancelled", "suppressed"])

    def test_the_fact_stays_when_the_journal_item_goes(self):
        """Reset to draft, new terms, posted again: another instalment may have the line's id."""
        invoice = self.invoice(self.acme, 100, overdue=16)
        self.noticed(invoice, 15, ago=1)
        name = invoice.name
        invoice.button_draft()
        invoice.invoice_payment_term_id = self.env.ref("account.account_payment_term_30days")
        invoice.invoice_line_ids = [Command.create({"name": "More", "price_unit": 5, "tax_ids": [Command.clear()]})]
        invoice.action_post()
        line = self.lines(invoice)[0]
        self.assertEqual((line.move_name, line.amount, line.due_date, line.step_days), (name, 100, self.day(-16), 15))

    def test_posted_again_with_the_same_terms_goes_on(self):
        invoice = self.invoice(self.acme, 100, overdue=16)
        self.noticed(invoice, 15, ago=1)
        invoice.button_draft()
        invoice.action_post()
        self.assertEqual(self.items(invoice).collection_step_id, self.step(15))
        self.confirm()
        self.assertEqual(self.steps_of(invoice), [15])

    # ------------------------------------------------------------------
    # Customers who are merged
    # ------------------------------------------------------------------

    def merge(self, source, target):
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (source | target).ids, target, extra_checks=False
        )

    def test_merging_customers_with_notices(self):
        other = self.customer("Acme Corporation")
        moves = [self.invoice(partner, 100, overdue=days) for partner in (self.acme, other) for days in (3, 15)]
        held = [self.invoice(partner, 40, overdue=3) for partner in (self.acme, other)]
        for move in held:
            self.hold(self.items(move), days=30)
        self.on_day(0)
        self.confirm()
        self.merge(other, self.acme)
        account = self.account(self.acme)
        self.assertEqual(len(account), 1)
        notices = self.Notice.search([("account_id", "=", account.id)])
        self.assertEqual(sorted(notices.mapped("state")), ["sent", "sent", "suppressed", "suppressed"])
        self.assertEqual(set(notices.line_ids.account_id.ids), {account.id})
        for move in moves:
            self.assertTrue(self.items(move).collection_step_id)
        self.on_day(1)
        self.assertEqual([self.steps_of(move) for move in moves], [[3], [15]] * 2, "Nobody is noticed again")
        self.assertEqual([len(self.lines(move, counted=False)) for move in held], [1, 1])

    def test_merging_customers_with_items_of_one_entry(self):
        other = self.customer("Acme Corporation")
        entry = self.entry(self.acme, 160, overdue=4)
        entry.button_draft()
        share = {"partner_id": other.id, "balance": 60, "account_id": self.receivable.id, "date_maturity": self.day(-4)}
        entry.write({"line_ids": [(1, self.items(entry).id, {"balance": 100}), (0, 0, share)]})
        entry.action_post()
        self.on_day(0)
        self.assertEqual(len(self.lines(entry)), 2)
        self.merge(other, self.acme)
        self.on_day(1)
        self.assertEqual(self.steps_of(entry), [3])
        self.assertEqual(set(self.items(entry).mapped("collection_step_id.days")), {3})

    def test_a_customer_who_moves_to_another_takes_the_items_along(self):
        """The notices stay with the account to which they were sent."""
        other = self.customer("Mother Inc.")
        invoice = self.invoice(self.acme, 100, overdue=16)
        self.noticed(invoice, 15, ago=1)
        notice = self.lines(invoice).notice_id
        self.acme.write({"parent_id": other.id, "is_company": False})
        self.assertTrue(self.account(other))
        self.assertNotEqual(notice.account_id, self.account(other))


@tagged("post_install", "-at_install")
class TestDunningAccess(DunningCommon):
    """Who may do what with policies, runs and notices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for role in ("collector", "assistant", "manager", "auditor", "resolver", "billing"):
            setattr(cls, role, cls.member(role))
        cls.move = cls.invoice(cls.acme, 100, overdue=3)
        cls.plan = cls.simulate()

    def test_runs_are_the_assistant_managers(self):
        for user in (self.collector, self.auditor, self.resolver, self.billing):
            with self.assertRaises(AccessError, msg=user.login):
                self.Run.with_user(user).create({"company_id": self.company.id})
            for action in ("action_simulate", "action_confirm"):
                with self.assertRaises(AccessError, msg=user.login):
                    getattr(self.plan.with_user(user), action)()
        run = self.Run.with_user(self.assistant).create({"company_id": self.company.id})
        run.action_simulate()
        run.action_confirm()
        self.assertEqual((run.state, run.confirmed_by_id), ("confirmed", self.assistant))
        with self.assertRaises(UserError):
            run.unlink()

    def test_an_assistant_managers_run_is_about_every_account(self):
        self.company.collection_see_all = False
        self.account(self.acme).collector_id = self.collector
        run = self.Run.with_user(self.assistant).create({"company_id": self.company.id})
        run.action_simulate()
        self.assertEqual(len(run.notice_ids), 1)

    def test_policies_are_the_managers(self):
        for user in (self.collector, self.assistant, self.auditor):
            self.assertTrue(self.policy.with_user(user).step_ids.mapped("name"))
            with self.assertRaises(AccessError):
                self.policy.with_user(user).min_days_between = 1
            with self.assertRaises(AccessError):
                self.step(3).with_user(user).unlink()
        self.policy.with_user(self.manager).min_days_between = 5
        self.make_policy((3, "email")).with_user(self.manager).unlink()

    def test_nobody_writes_notices(self):
        notice = self.plan.notice_ids
        for user in (self.manager, self.collector, self.auditor):
            for record, values in (
                (notice, {"state": "sent"}),
                (notice, {"ready": True}),
                (notice, {"amount": 1}),
                (notice.line_ids, {"amount_currency": 1}),
                (notice.line_ids, {"counted": False}),
            ):
                with self.assertRaises(AccessError):
                    record.with_user(user).write(values)
            with self.assertRaises(AccessError):
                notice.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.Notice.with_user(user).create(
                    {"name": "N", "account_id": notice.account_id.id, "channel": "email"}
                )
        with self.assertRaises(AccessError):
            notice.sudo().state = "sent"

    def test_guarded_fields_of_runs(self):
        run = self.plan.with_user(self.manager)
        for values in ({"state": "confirmed"}, {"date": self.day(1)}, {"is_automatic": True}, {"suppressed_count": 0}):
            with self.assertRaises(AccessError):
                run.write(values)
        with self.assertRaises(AccessError):
            self.Run.with_user(self.manager).create({"company_id": self.company.id, "state": "confirmed"})
        forged = (
            self.Run.with_user(self.manager)
            .with_context(default_state="confirmed")
            .create({"company_id": self.company.id})
        )
        self.assertEqual(forged.state, "draft")

    def test_a_pass_cannot_be_sent_along(self):
        notice = self.plan.notice_ids.with_user(self.manager)
        for forged in (True, 1, "pass", {}):
            with self.assertRaises(AccessError):
                notice.with_context(collection_guard=forged).write({"state": "sent"})

    def test_auditors_read_only(self):
        run = self.plan.with_user(self.auditor)
        self.assertEqual((run.to_send_count, run.notice_ids.line_ids.move_name), (1, self.move.name))
        for action, error in (
            ("action_release", UserError),
            ("action_cancel", UserError),
            ("action_retry", AccessError),
        ):
            with self.assertRaises(error):
                getattr(run.notice_ids, action)()

    def test_others_see_nothing(self):
        for user in (self.resolver, self.billing, self.member("employee")):
            for model in ("collection.run", "collection.notice", "collection.notice.line", "collection.policy"):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([]).mapped("display_name")

    def test_portfolios(self):
        other = self.member("collector", login="other")
        self.company.collection_see_all = False
        self.account(self.acme).collector_id = other
        notices, lines = self.plan.notice_ids, self.plan.notice_ids.line_ids
        for model, records in ((self.Notice, notices), (self.env["collection.notice.line"], lines)):
            self.assertFalse(model.with_user(self.collector).search([("id", "in", records.ids)]))
            for user in (other, self.assistant, self.auditor):
                self.assertEqual(model.with_user(user).search([("id", "in", records.ids)]), records.with_user(user))
        self.account(self.acme).collector_id = False
        self.assertTrue(self.Notice.with_user(self.collector).search([("id", "in", notices.ids)]))

    def test_partner_notices_show_only_items_of_the_portfolio(self):
        dealer = self.env["res.partner"].create({"name": "Dealer", "is_sales_partner": True})
        second = self.customer("Second")
        for partner in (self.acme, second):
            self.invoice(partner, 100, overdue=31, collection_sales_partner_id=dealer.id)
        self.company.collection_see_all = False
        self.account(self.acme).collector_id = self.manager
        self.account(second).collector_id = self.collector
        notice = self.simulate().notice_ids.filtered("sales_partner_id").with_user(self.collector)
        self.env.invalidate_all()
        self.assertEqual(notice.line_ids.account_id.partner_id, second)

    def test_companies(self):
        company = self.second_company()["company"]
        move = self.invoice(self.acme, 100, overdue=3, company=company)
        run = self.simulate(company)
        self.assertEqual(run.notice_ids.line_ids.move_id, move)
        for record in (run, run.notice_ids, run.notice_ids.line_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.manager).check_access("read")
        own = self.make_policy((3, "email"), company_id=company.id)
        self.assertFalse(self.env["collection.policy"].with_user(self.manager).search([("id", "=", own.id)]))
        with self.assertRaises(AccessError):
            self.Run.with_user(self.manager).create({"company_id": company.id}).action_simulate()
