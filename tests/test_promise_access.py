from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .promise_common import PromiseCommon

READ, WRITE, CREATE, UNLINK = "read", "write", "create", "unlink"
ALL = {READ, WRITE, CREATE, UNLINK}
TEAM = ("collector", "assistant", "manager")
_KEPT = {**dict.fromkeys(TEAM, ALL), "auditor": {READ}}
_DIALOG = dict.fromkeys(TEAM, ALL)
RIGHTS = {
    "collection.promise": _KEPT,
    "collection.promise.line": _KEPT,
    "collection.promise.installment": _KEPT,
    "collection.promise.event": {role: {READ} for role in (*TEAM, "auditor")},
    "collection.promise.make": _DIALOG,
    "collection.promise.make.line": _DIALOG,
    "collection.promise.make.installment": _DIALOG,
    "collection.promise.withdraw": _DIALOG,
}


@tagged("post_install", "-at_install")
class TestPromiseAccess(PromiseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        roles = ("collector", "assistant", "manager", "resolver", "auditor", "accountant", "billing", "employee")
        cls.users = {role: cls.member(role) for role in roles}
        cls.colleague = cls.member("collector", "colleague")
        cls.item = cls.items(cls.invoice(cls.acme, 100, overdue=5))
        cls.deal = cls.promise({cls.item: 40}, (2, 40))

    def test_rights_of_each_role(self):
        for model, rights in RIGHTS.items():
            for role, user in self.users.items():
                for operation in ALL:
                    with self.subTest(model=model, role=role, operation=operation):
                        allowed = self.env[model].with_user(user).has_access(operation)
                        self.assertEqual(allowed, operation in rights.get(role, ()))

    def test_every_model_of_the_room_is_looked_at(self):
        names = self.env["ir.model"].sudo().search([("model", "=like", "collection.promise%")]).mapped("model")
        self.assertEqual(set(names), RIGHTS.keys())

    def test_portfolios(self):
        self.account(self.acme).collector_id = self.colleague
        for see_all, count in ((True, 1), (False, 0)):
            self.company.collection_see_all = see_all
            for record in (self.deal, self.deal.line_ids, self.deal.installment_ids, self.deal.event_ids):
                Model = self.env[record._name]
                with self.subTest(see_all=see_all, model=record._name):
                    found = Model.with_user(self.users["collector"]).search_count([("id", "in", record.ids)])
                    self.assertEqual(found, count)
                    for role in ("assistant", "manager", "auditor"):
                        self.assertEqual(Model.with_user(self.users[role]).search_count([("id", "in", record.ids)]), 1)

    def test_two_companies(self):
        other = self.second_company()["company"]
        item = self.items(self.invoice(self.acme, 70, overdue=5, company=other))
        promise = self.promise({item: 7}, (2, 7))
        for role in (*TEAM, "auditor"):
            for record in (promise, promise.line_ids, promise.installment_ids):
                with self.subTest(role=role, model=record._name), self.assertRaises(AccessError):
                    record.with_user(self.users[role]).read(["company_id"])
        with self.assertRaises(UserError):
            self.draft({item: 7}, (2, 7), account_id=self.account(self.acme).id)

    def test_auditor_changes_nothing(self):
        mine = self.deal.with_user(self.users["auditor"])
        for act in (mine.action_withdraw, mine.action_confirm, mine.action_send_confirmation, mine.action_answer_meant):
            with self.subTest(act.__name__), self.assertRaises(AccessError):
                act()
        with self.assertRaises(AccessError):
            mine._move([(self.day(3), 40)])

    def test_colleagues_promise_cannot_be_withdrawn(self):
        self.account(self.acme).collector_id = self.colleague
        self.company.collection_see_all = False
        with self.assertRaises(AccessError):
            self.deal.with_user(self.users["collector"]).action_withdraw()

    def test_cashiers_without_collections_pay_promised_invoices(self):
        wizard = self.env["account.payment.register"].with_user(self.users["billing"])
        wizard.with_context(active_model="account.move", active_ids=self.item.move_id.ids).create(
            {"amount": 40}
        )._create_payments()
        self.assertEqual(self.states(self.deal)[0], "kept")
