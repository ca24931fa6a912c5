from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .dunning_common import DunningCommon


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
