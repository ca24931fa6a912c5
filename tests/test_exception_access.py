from odoo.exceptions import AccessError
from odoo.tests import tagged

from .exception_common import ExceptionCommon

ALL = {"read", "write", "create", "unlink"}
RIGHTS = {
    "collection.exception": {"collector": ALL, "assistant": ALL, "manager": ALL, "auditor": {"read"}},
    "collection.exception.type": {"collector": {"read"}, "assistant": {"read"}, "manager": ALL, "auditor": {"read"}},
}


@tagged("post_install", "-at_install")
class TestExceptionAccess(ExceptionCommon):
    def test_rights_of_each_role(self):
        for role in ("collector", "assistant", "manager", "resolver", "auditor", "accountant", "billing", "employee"):
            user = self.member(role, f"rights_{role}")
            for model, rights in RIGHTS.items():
                for operation in sorted(ALL):
                    with self.subTest(role=role, model=model, operation=operation):
                        allowed = self.env[model].with_user(user).has_access(operation)
                        self.assertEqual(allowed, operation in rights.get(role, ()))

    def test_portfolios(self):
        """A collector sees the exceptions of the own portfolio and of sales partners; they bind everybody."""
        self.company.collection_see_all = False
        self.invoice(self.acme, 100, overdue=5)
        theirs = self.approved("grace", days=5)
        seller = self.approved("grace", self.seller(), days=9)
        self.account(self.acme).collector_id = self.collector
        colleague = self.member("collector", "colleague")
        visible = self.Exception.with_user(colleague).search([("id", "in", (theirs | seller).ids)])
        self.assertEqual(visible, seller)
        with self.assertRaises(AccessError):
            theirs.with_user(colleague).read(["instruction"])
        found = self.Exception.with_user(colleague)._effects_of_accounts(self.account(self.acme))
        self.assertEqual(found[self.account(self.acme)]["grace"], theirs)

    def test_companies(self):
        other = self.second_company()["company"]
        exception = self.approved("grace", days=5)
        stranger = self.member("manager", "stranger", companies=other)
        self.assertFalse(self.Exception.with_user(stranger).search([("id", "=", exception.id)]))

    def test_billing_sends_by_the_rules(self):
        """Whoever sends invoices need not see Collections to be kept to its exceptions."""
        person = self.ap()
        self.proposed("ap_only")
        billing = self.member("billing", "biller")
        move = self.invoice(self.acme, 100).with_user(billing)
        wizard = self.env["account.move.send.wizard"].with_user(billing).create({"move_id": move.id})
        self.assertEqual(wizard.mail_partner_ids, person)
        self.assertIn("Ann Payable", move.collection_exception_banner)
