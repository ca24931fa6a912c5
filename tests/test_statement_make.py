from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .statement_common import KINDS, StatementCommon


@tagged("post_install", "-at_install")
class TestStatementMake(StatementCommon):
    """From the dialog to kept statements: who gets one and who does not, how, and what exceptions change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.post = cls.customer("Post Only", email=False, **cls.address)

    def reasons(self, batch):
        return {statement.partner_id: statement.reason for statement in batch.statement_ids if statement.reason}

    def channels(self, batch):
        return {statement.partner_id: statement.channel for statement in batch.statement_ids if statement.channel}

    # ------------------------------------------------------------------
    # Who and how
    # ------------------------------------------------------------------

    def test_each_customer_in_its_own_way(self):
        nowhere = self.customer("Nowhere", email=False)
        credit = self.customer("In Credit")
        closed = self.customer("All Paid")
        for partner in (self.acme, self.post, nowhere):
            self.invoice(partner, 100, overdue=5)
        self.credit(credit, 40)
        self.pay(self.invoice(closed, 10, overdue=5), 10)
        partners = (self.acme, self.post, nowhere, credit, closed)
        wizard = self.wizard(*partners, delivery="send")
        wizard.action_preview()
        expected = {nowhere: "no_recipient", credit: "credit_balance", closed: "nothing"}
        self.assertEqual({line.account_id.partner_id: line.reason for line in wizard.line_ids if line.reason}, expected)
        self.assertEqual((wizard.included_count, wizard.left_out_count), (2, 3))
        with self.printer() as calls:
            batch = self.Batch.browse(wizard.action_make()["res_id"])
        self.assertEqual(len(calls), 1, "One call of the printer program")
        self.assertEqual(self.channels(batch), {self.acme: "email", self.post: "letter"})
        self.assertEqual(set(batch.statement_ids.mapped("state")), {"queued", "printed"})
        self.assertEqual((batch.state, batch.made_count, batch.progress), ("done", 2, 100))
        self.assertTrue(batch.attachment_id, "The letter, to be posted")
        batch = self.make(*partners, delivery="send")
        self.assertEqual(self.reasons(batch), expected, "Decided once more when they are made")
        self.assertIn("No address", self.account(nowhere).activity_ids.summary)
        batch = self.make(credit, closed, delivery="file", with_credit=True)
        self.assertEqual(self.reasons(batch), {closed: "nothing"})

    def test_what_happened_is_enough_for_a_statement_of_activity(self):
        closed = self.customer("All Paid")
        self.pay(self.invoice(closed, 10, overdue=-5, invoice_date=self.day(-3)), 10, payment_date=self.day(-1))
        for kind in KINDS:
            wizard = self.wizard(closed, kind=kind)
            wizard.action_preview()
            self.assertEqual(wizard.line_ids.reason, "nothing" if kind == "open_item" else False)
            self.assertEqual(self.statement(closed, kind=kind).state, "left_out" if kind == "open_item" else "printed")

    def test_one_customer_in_credit_is_asked_for(self):
        self.credit(self.acme, 40)
        self.assertEqual(self.statement().state, "printed")

    def test_placed_accounts_only_when_asked_for(self):
        for partner in (self.acme, self.post):
            self.invoice(partner, 100, overdue=5)
        account = self.account(self.acme)
        self.env.cr.execute("UPDATE collection_account SET status = 'placed' WHERE id = %s", [account.id])
        account.invalidate_recordset()
        wizard = self.wizard(self.acme, self.post)
        wizard.action_preview()
        self.assertEqual({line.reason for line in wizard.line_ids}, {False, "excluded"})
        with self.printer():
            batch = self.Batch.browse(self.wizard(self.acme, self.post).action_make()["res_id"])
        self.assertEqual(self.reasons(batch), {self.acme: "excluded"})
        with self.printer():
            batch = self.Batch.browse(self.wizard(self.acme, self.post, with_excluded=True).action_make()["res_id"])
        self.assertFalse(self.reasons(batch))

    def test_ticked_off(self):
        for partner in (self.acme, self.post):
            self.invoice(partner, 100, overdue=5)
        wizard = self.wizard(self.acme, self.post)
        wizard.action_preview()
        wizard.line_ids.filtered(lambda line: line.account_id.partner_id == self.acme).included = False
        with self.printer():
            batch = self.Batch.browse(wizard.action_make()["res_id"])
        self.assertEqual(batch.statement_ids.partner_id, self.post)

    # ------------------------------------------------------------------
    # Exceptions
    # ------------------------------------------------------------------

    def test_exceptions_act_as_in_notices(self):
        self.acme.write(self.address)
        ap = self.ap()
        cases = (
            ("statements_only", {}, "email", ap.commercial_partner_id),
            ("ap_only", {}, "email", ap),
            ("never_contact", {"contact_id": ap.id}, "email", self.acme),
            ("letters_only", {}, "letter", ap),
            ("portal_only", {}, "portal_upload", None),
            ("no_letters", {}, "email", None),
        )
        self.invoice(self.acme, 100, overdue=5)
        for effect, vals, channel, recipient in cases:
            with self.subTest(effect=effect):
                exception = self.approved(effect, **vals)
                statement = self.statement(delivery="send")
                self.assertEqual(statement.channel, channel)
                if recipient and effect != "statements_only":
                    self.assertEqual(statement.recipient_id, recipient)
                exception._unguarded().write({"state": "expired"})
        self.assertTrue(self.account(self.acme).activity_ids.filtered(lambda task: "portal" in (task.summary or "")))

    def test_no_letters_and_portal_only_rule_out_printing_many(self):
        self.invoice(self.acme, 100, overdue=5)
        self.invoice(self.post, 100, overdue=5)
        third = self.customer("Third", **self.address)
        self.invoice(third, 100, overdue=5)
        self.approved("no_letters", self.post)
        self.approved("portal_only", self.acme)
        batch = self.make(self.acme, self.post, third, delivery="print")
        self.assertEqual(self.reasons(batch), {self.acme: "portal_only", self.post: "no_letters"})
        self.assertEqual(self.channels(batch), {third: "letter"})

    def test_mandatory_copies_go_with_the_email(self):
        invoice = self.invoice(self.acme, 100, overdue=5)
        self.approved("document_copy", document_kind="po")
        copy = self.env["ir.attachment"].create({"name": "po.pdf", "raw": b"x"})
        invoice.collection_po_copy_ids = copy
        statement = self.statement(delivery="send")
        files = statement.sudo().mail_mail_id.attachment_ids
        self.assertEqual(set(files.mapped("name")), {f"{statement.name.replace('/', '-')}.pdf", "po.pdf"})

    # ------------------------------------------------------------------
    # Payer groups
    # ------------------------------------------------------------------

    def test_all_customers_of_a_payer_group_in_one(self):
        boss = self.contact(self.acme, "Group Treasurer", email="treasury@example.com")
        group = self.env["collection.payer.group"].create({"name": "The Group", "contact_id": boss.id})
        group.partner_ids = self.acme | self.post
        group.parent_id = self.acme
        first = self.invoice(self.acme, 100, overdue=5)
        second = self.invoice(self.post, 70, overdue=50)
        self.accounts(self.acme, self.post)
        wizard = self.Make.browse(group.action_statement()["res_id"])
        self.assertTrue(wizard.together)
        wizard.delivery = "send"
        with self.printer():
            batch = self.Batch.browse(wizard.action_make()["res_id"])
        statement = batch.statement_ids
        self.assertEqual((statement.payer_group_id, statement.account_id.partner_id), (group, self.acme))
        self.assertEqual((statement.amount_total, statement.recipient_email), (170, "treasury@example.com"))
        [section] = statement._documents()[statement.id]["sections"]
        self.assertEqual({row["name"] for row in section["lines"]}, {first.name, second.name})
        self.assertEqual(statement._tie_out()[statement]["ledger"], 170)
        for partner in (self.acme, self.post):
            action = self.account(partner).action_view_statements()
            self.assertEqual(self.Statement.search(action["domain"]), statement)
        with self.assertRefused(UserError, "customers of one payer group"):
            self.wizard(self.acme, together=True).action_make()

    # ------------------------------------------------------------------
    # What is refused
    # ------------------------------------------------------------------

    def test_bad_input(self):
        self.invoice(self.acme, 100, overdue=5)
        second = self.second_company()["company"]
        self.invoice(self.acme, 70, overdue=5, company=second)
        both = self.account(self.acme) | self.account(self.acme, second)
        for words, vals in (
            ("still to come", {"date": self.day(1)}),
            ("As of which day", {"date": False}),
            ("begins before it ends", {"kind": "activity", "date_from": self.day(1)}),
            ("begins before it ends", {"kind": "balance_forward", "date_from": False}),
            ("Choose accounts", {"account_ids": [(6, 0, [])]}),
            ("one company at a time", {"account_ids": [(6, 0, both.ids)]}),
        ):
            with self.subTest(words=words), self.assertRefused(UserError, words):
                wizard = self.wizard(self.acme)
                wizard.write(vals)
                wizard.action_preview()
        self.wizard(self.acme, date=self.day(0)).action_preview()

    def test_items_without_a_customer_get_no_statement(self):
        self.entry(self.env["res.partner"], 100)
        account = self.account(self.env["res.partner"])
        wizard = self.Make.create({"account_ids": [(6, 0, account.ids)], "delivery": "file"})
        wizard.action_preview()
        self.assertEqual(wizard.line_ids.reason, "no_customer")
        with self.printer():
            batch = self.Batch.browse(
                self.Make.create({"account_ids": [(6, 0, account.ids)], "delivery": "file"}).action_make()["res_id"]
            )
        self.assertEqual(batch.statement_ids.state, "left_out")

    # ------------------------------------------------------------------
    # Access
    # ------------------------------------------------------------------

    def test_who_makes_and_who_sees(self):
        self.invoice(self.acme, 100, overdue=5)
        batch = self.make(self.acme, user=self.collector)
        statement = batch.statement_ids
        self.assertEqual(batch.create_uid, self.collector)
        for role in ("auditor", "resolver", "billing"):
            user = self.member(role)
            with self.assertRaises(AccessError, msg=role):
                self.account(self.acme).with_user(user).action_statement()
        auditor = self.env["res.users"].search([("login", "=", "auditor")])
        self.assertTrue(statement.with_user(auditor).action_download())
        with self.assertRaises(AccessError):
            statement.with_user(auditor).action_cancel()
        self.account(self.acme).collector_id = self.collector
        self.company.collection_see_all = False
        self.env.invalidate_all()
        other = self.member("collector", login="other")
        for record in (batch, statement, statement.total_ids, statement.attachment_id):
            with self.assertRaises(AccessError, msg=record._name):
                record.with_user(other).check_access("read")
        self.assertTrue(statement.with_user(self.collector).action_download())
        with self.assertRaises(AccessError):
            self.make(self.acme, user=other)

    def test_facts_are_kept(self):
        self.invoice(self.acme, 100, overdue=5)
        statement = self.statement()
        for record, vals in (
            (statement, {"amount_total": 1}),
            (statement, {"state": "due"}),
            (statement.total_ids, {"amount_balance": 1}),
            (statement.batch_id, {"state": "failed"}),
        ):
            with self.assertRaises(AccessError):
                record.write(vals)
            with self.assertRaises(UserError):
                record.unlink()
            with self.assertRaises(AccessError):
                record.with_user(self.collector).create({"name": "X"})
