from odoo.exceptions import AccessError
from odoo.tests import tagged

from .escalation_common import EscalationCommon

READ, WRITE, CREATE, UNLINK = "read", "write", "create", "unlink"
ALL = {READ, WRITE, CREATE, UNLINK}
READERS = {role: {READ} for role in ("collector", "assistant", "manager", "auditor")}

RIGHTS = {
    "collection.escalation": READERS,
    "collection.escalation.event": READERS,
    "collection.escalation.rule": READERS | {"manager": ALL},
    "collection.credit.hold": READERS,
    "collection.escalation.open": dict.fromkeys(("collector", "assistant", "manager"), ALL),
    "collection.escalation.decide": dict.fromkeys(("collector", "assistant", "manager"), ALL),
    "collection.credit.hold.change": dict.fromkeys(("assistant", "manager"), ALL),
}


@tagged("post_install", "-at_install")
class TestEscalationAccess(EscalationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        roles = ("auditor", "resolver", "accountant", "billing", "employee")
        cls.users = {role: cls.member(role) for role in roles}
        cls.users |= {"collector": cls.collector, "assistant": cls.ana, "manager": cls.max}

    def test_rights_of_each_role(self):
        for model, rights in RIGHTS.items():
            for role, user in self.users.items():
                for operation in (READ, WRITE, CREATE, UNLINK):
                    with self.subTest(model=model, role=role, operation=operation):
                        allowed = self.env[model].with_user(user).has_access(operation)
                        self.assertEqual(allowed, operation in rights.get(role, ()))

    def test_every_model_is_looked_at(self):
        for prefix in ("collection.escalation%", "collection.credit.hold%"):
            names = self.env["ir.model"].sudo().search([("model", "=like", prefix)]).mapped("model")
            self.assertLessEqual(set(names), RIGHTS.keys())

    def test_portfolios(self):
        self.company.collection_see_all = False
        theirs = self.customer("Theirs")
        self.invoice(theirs, 100, overdue=5)
        account = self.account(theirs)
        account.collector_id = self.member("collector", "colleague")
        escalation = self.request(account=account, by=self.ana, user=self.max)
        hold = account._set_credit_hold("x")
        for record in (escalation, escalation.event_ids, hold):
            for user in (self.ana, self.users["auditor"]):
                self.assertTrue(record.with_user(user).read(["display_name"]))
            with self.assertRaises(AccessError):
                record.with_user(self.collector).read(["display_name"])
        mine = self.request()
        self.assertEqual(
            self.Escalation.with_user(self.collector).search([("id", "in", (mine | escalation).ids)]), mine
        )
        # What one asked for oneself or stands in for stays in sight when the account goes to somebody else.
        self.decide(mine, "take_over", "Mine")
        self.assertTrue(mine.with_user(self.collector).read())
        self.assertTrue(self.acme_account.with_user(self.ana).read())

    def test_two_companies(self):
        other = self.second_company()["company"]
        self.invoice(self.acme, 5, overdue=3, company=other)
        account = self.account(self.acme, other)
        account._escalate("x")
        records = (account.escalation_ids, account.escalation_ids.event_ids, account._set_credit_hold("x"))
        rule = self.rule(company_id=other.id)
        for record in (*records, rule):
            for user in (self.collector, self.ana, self.max, self.users["auditor"]):
                with self.subTest(record=record, user=user.login), self.assertRaises(AccessError):
                    record.with_user(user).read(["display_name"])

    def test_dialogs_are_ones_own(self):
        wizard = (
            self.env["collection.escalation.open"]
            .with_user(self.collector)
            .create({"account_ids": self.acme_account.ids})
        )
        with self.assertRaises(AccessError):
            wizard.with_user(self.ana).action_open()

    def test_everybody_reads_what_they_see(self):
        escalation = self.request()
        hold = self.acme_account._set_credit_hold("x")
        for role in ("collector", "assistant", "manager", "auditor"):
            user = self.users[role]
            for record in (escalation, hold, self.acme_account):
                with self.subTest(role=role, model=record._name):
                    self.assertTrue(record.with_user(user).read())
            self.assertTrue(self.bill.with_user(user).collection_credit_hold_text)
