from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountBulk(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.member("collector", name="Carla", email="carla@example.com")
        cls.assistant = cls.member("assistant")
        cls.acme = cls._account_of("Acme")
        cls.beta = cls._account_of("Beta", email=False)
        cls.gamma = cls._account_of("Gamma", collection_do_not_email=True)
        cls.delta = cls._account_of("Delta", lang="en_US")
        cls.accounts = cls.acme | cls.beta | cls.gamma | cls.delta
        cls.spoke = cls.reason("Spoke", days=5)

    @classmethod
    def _account_of(cls, name, **vals):
        customer = cls.customer(name, **vals)
        cls.invoice(customer, 100, overdue=5)
        return cls.account(customer)

    def _dialog(self, user=None, accounts=None, **vals):
        action = (accounts or self.accounts).with_user(user or self.collector).action_bulk()
        dialog = self.env[action["res_model"]].with_user(user or self.collector).browse(action["res_id"])
        dialog.write(vals)
        return dialog

    def _left_out(self, dialog):
        return {line.account_id: line.left_out for line in dialog.line_ids if line.left_out}

    def test_nothing_happens_before_the_preview(self):
        dialog = self._dialog(action="log", outcome_id=self.spoke.id)
        with self.assertRaises(UserError):
            dialog.action_apply()
        dialog.action_preview()
        self.assertEqual(dialog.included_count, 4)
        self.assertFalse(self.accounts.work_log_ids)

    def test_log(self):
        dialog = self._dialog(action="log", outcome_id=self.spoke.id, note="Fair in Chicago")
        dialog.action_preview()
        dialog.line_ids.filtered(lambda line: line.account_id == self.beta).included = False
        self.assertEqual((dialog.included_count, dialog.left_out_count), (3, 1))
        dialog.action_apply()
        logs = self.accounts.work_log_ids
        self.assertEqual(logs.account_id, self.accounts - self.beta)
        self.assertEqual(set(logs.mapped("note")), {"Fair in Chicago"})

    def test_snooze_leaves_out_what_sleeps_longer(self):
        self.acme.with_user(self.collector)._work("snooze", next_action_date=self.day(9))
        dialog = self._dialog(action="snooze", date_until=self.day(5))
        dialog.action_preview()
        self.assertEqual(self._left_out(dialog).keys(), {self.acme})
        dialog.action_apply()
        self.assertEqual(self.acme.snoozed_until, self.day(9))
        self.assertEqual(self.delta.snoozed_until, self.day(5))

    def test_assign(self):
        self.beta.collector_id = self.collector
        dialog = self._dialog(self.assistant, action="assign", collector_id=self.collector.id, why="Split of the West")
        dialog.action_preview()
        self.assertEqual(self._left_out(dialog).keys(), {self.beta})
        dialog.action_apply()
        self.assertEqual(self.accounts.collector_id, self.collector)
        self.assertEqual(self.acme.assignment_ids.reason, "Split of the West")
        self.assertEqual(self.acme.assignment_ids.user_id, self.assistant)

    def test_assign_by_rules(self):
        self.env["collection.assignment.rule"].create(
            {"name": "A", "name_from": "A", "name_to": "A", "collector_id": self.collector.id}
        )
        dialog = self._dialog(self.assistant, action="rules")
        dialog.action_preview()
        self.assertEqual(self._left_out(dialog).keys(), set(self.accounts - self.acme))
        dialog.action_apply()
        self.assertEqual(self.acme.collector_id, self.collector)
        self.assertFalse(self.beta.collector_id)

    def test_collectors_do_not_assign(self):
        self.assertNotIn("assign", dict(self._dialog()._selection_action()))
        for vals in ({"action": "assign", "collector_id": self.collector.id, "why": "Mine"}, {"action": "rules"}):
            dialog = self._dialog(**vals)
            with self.assertRaises(AccessError):
                dialog.action_preview()
            dialog.sudo().action_preview()
            with self.assertRaises(AccessError):
                dialog.action_apply()
        self.assertFalse(self.accounts.collector_id)

    def test_mail_by_template(self):
        template = self.env.ref("account_collections.mail_template_account_contact")
        dialog = self._dialog(action="email", template_id=template.id)
        dialog.action_preview()
        self.assertEqual(self._left_out(dialog), {self.beta: "No e-mail address", self.gamma: "Do not e-mail"})
        details = {line.account_id: line.detail for line in dialog.line_ids}
        self.assertEqual(details[self.acme], "acme@example.com")
        self.assertIn("Acme", dialog.sample_body)
        self.assertIn("No e-mail address: 1", dialog.left_out_summary)
        dialog.action_apply()
        sendings = self.env["collection.sending"].search([])
        self.assertEqual(sendings.account_id, self.acme | self.delta)
        self.assertEqual(sendings.user_id, self.collector)
        mails = sendings.mail_mail_id
        self.assertEqual(mails.recipient_ids, (self.acme | self.delta).partner_id)
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        self.assertIn("Delta", mails.filtered(lambda mail: mail.res_id == self.delta.id).body_html)
        self.assertEqual((self.acme | self.delta).contact_activity_ids.mapped("channel"), ["email"] * 2)
        self.assertFalse(self.beta.contact_activity_ids)

    def test_mail_falls_to_the_next_contact(self):
        contact = self.contact(self.gamma.partner_id, type="invoice")
        dialog = self._dialog(
            accounts=self.gamma, action="email", subject="Hello", body="<p>Plain <script>x</script>text {{ 1+1 }}</p>"
        )
        dialog.action_preview()
        self.assertEqual(dialog.line_ids.detail, contact.email)
        dialog.action_apply()
        mail = self.env["collection.sending"].search([]).mail_mail_id
        self.assertIn("{{ 1+1 }}", mail.body_html, "A person's text is no template")
        self.assertNotIn("script", mail.body_html)

    def test_who_became_unreachable_after_the_preview_is_left_out(self):
        dialog = self._dialog(action="email", subject="Hello", body="<p>Hi</p>")
        dialog.action_preview()
        self.acme.partner_id.collection_do_not_email = True
        dialog.action_apply()
        self.assertEqual(self.env["collection.sending"].search([]).account_id, self.delta)

    def test_what_is_missing_is_said(self):
        for vals in (
            {"action": "log"},
            {"action": "snooze"},
            {"action": "snooze", "date_until": self.today},
            {"action": "email"},
            {"action": "email", "subject": "Hi", "body": "<p><br></p>"},
            {"action": "log", "outcome_id": self.env.ref("account_collections.work_reason_internal").id},
        ):
            with self.subTest(vals), self.assertRaises(UserError):
                self._dialog(**vals).action_preview()
        dialog = self._dialog(accounts=self.beta, action="email", subject="Hi", body="<p>Hi</p>")
        dialog.action_preview()
        with self.assertRaises(UserError):
            dialog.action_apply()

    def test_only_ones_own_dialog_and_portfolio(self):
        dialog = self._dialog(action="log", outcome_id=self.spoke.id)
        with self.assertRaises(AccessError):
            dialog.with_user(self.member("collector", "other")).action_preview()
        self.company.collection_see_all = False
        self.acme.collector_id = self.assistant
        with self.assertRaises(AccessError):
            self._dialog()
        with self.assertRaises(AccessError):
            self.acme.with_user(self.member("auditor")).action_bulk()

    def test_many_mails_are_made_by_sets(self):
        accounts = self.Account
        for number in range(10):
            accounts |= self._account_of(f"Many {number}")
        template = self.env.ref("account_collections.mail_template_account_contact")
        dialog = self._dialog(accounts=accounts, action="email", template_id=template.id)
        dialog.action_preview()
        self.env.flush_all()
        with self.assertQueryCount(90):
            dialog.action_apply()
            self.env.flush_all()
