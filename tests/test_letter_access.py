from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .letter_common import LetterCommon

ALL = {"read", "write", "create", "unlink"}
RIGHTS = {
    "collection.letter": {role: {"read"} for role in ("collector", "assistant", "manager", "auditor")},
    "collection.letter.queue": {role: {"read"} for role in ("collector", "assistant", "manager", "auditor")},
    "collection.letter.template": {"collector": {"read"}, "assistant": {"read"}, "manager": ALL, "auditor": {"read"}},
    "collection.letter.write": dict.fromkeys(("collector", "assistant", "manager"), ALL),
}


@tagged("post_install", "-at_install")
class TestLetterAccess(LetterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice(cls.post, 100, overdue=3)
        cls.ours = cls.account(cls.post)
        cls.collector = cls.member("collector", "own")
        cls.colleague = cls.member("collector", "colleague")

    def test_rights_of_each_role(self):
        for role in ("collector", "assistant", "manager", "resolver", "auditor", "accountant", "billing", "employee"):
            user = self.member(role, f"rights_{role}")
            for model, rights in RIGHTS.items():
                for operation in sorted(ALL):
                    with self.subTest(role=role, model=model, operation=operation):
                        allowed = self.env[model].with_user(user).has_access(operation)
                        self.assertEqual(allowed, operation in rights.get(role, ()))

    def test_collectors_write_for_their_own_accounts(self):
        self.company.collection_see_all = False
        self.ours.collector_id = self.collector
        letter = self.write_letters("certificate", self.post, user=self.collector, prefer="post")
        self.assertEqual(letter.user_id, self.collector)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.dialog("certificate", self.post, user=self.colleague)
        queue = self.env["collection.letter.queue"]
        for user, sees in ((self.collector, True), (self.colleague, False), (self.member("assistant"), True)):
            self.assertEqual(bool(self.Letter.with_user(user).search([("id", "=", letter.id)])), sees)
            self.assertEqual(bool(queue.with_user(user).search([("letter_id", "=", letter.id)])), sees)
        with self.assertRaises(AccessError):
            letter.with_user(self.colleague).action_print_letters()
        with self.printer():
            letter.with_user(self.collector).action_print_letters()
        self.assertEqual(letter.state, "sent")

    def test_who_only_reads_sends_nothing(self):
        letter = self.write_letters("certificate", self.post, prefer="post")
        auditor = self.member("auditor")
        for method in ("action_print_letters", "action_send", "action_cancel", "action_write_again"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(letter.with_user(auditor), method)()
        with self.assertRaises(AccessError):
            self.ours.with_user(auditor).action_write_letter()

    def test_the_dialog_is_ones_own_and_its_lines_are_not_trusted(self):
        wizard = self.dialog("paid", self.post, user=self.collector)
        self.assertTrue(wizard.line_ids.left_out)
        wizard.line_ids.left_out = False
        with self.assertRefused(UserError, "No letter is left"):
            wizard.action_queue()
        with self.assertRaises(AccessError):
            wizard.with_user(self.colleague).read(["kind"])
        fresh = self.Write.create({"account_ids": [Command.set(self.ours.ids)], "kind": "certificate"})
        with self.assertRefused(UserError, "preview first"):
            fresh.action_queue()
        customer = self.Write.create({"partner_ids": [Command.set(self.acme.ids)], "kind": "free"})
        with self.assertRefused(UserError, "sales partners"):
            customer.action_preview()

    def test_companies(self):
        second = self.second_company()["company"]
        self.invoice(self.post, 70, overdue=3, company=second)
        wizard = self.Write.create(
            {
                "account_ids": [Command.set((self.ours | self.account(self.post, second)).ids)],
                "kind": "balance",
                "prefer": "post",
            }
        )
        wizard.action_preview()
        wizard.action_queue()
        letters = wizard.letter_ids
        self.assertEqual(letters.company_id, self.company | second)
        texts = {letter.company_id: str(letter._compose()[1]) for letter in letters}
        self.assertIn("One hundred Dollars", texts[self.company])
        self.assertIn("Seventy Dollars", texts[second])
        with self.printer(), self.assertRefused(UserError, "one company at a time"):
            letters.action_print_letters()
        theirs = letters.filtered(lambda letter: letter.company_id == second)
        self.assertFalse(self.Letter.with_user(self.member("manager")).search([("id", "=", theirs.id)]))

    def test_no_card_number_in_a_letter(self):
        with self.assertRaises(ValidationError):
            self.dialog("free", self.post, subject="Card", text="<p>4242 4242 4242 4242</p>")
