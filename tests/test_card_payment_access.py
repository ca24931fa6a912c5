from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .card_payment_common import CardPaymentCommon

READ, WRITE, CREATE, UNLINK = "read", "write", "create", "unlink"
ALL = {READ, WRITE, CREATE, UNLINK}
TEAM = ("collector", "assistant", "manager")
_KEPT = {**dict.fromkeys(TEAM, ALL), "auditor": {READ}}
_DIALOG = dict.fromkeys(TEAM, ALL)
RIGHTS = {
    "collection.card.payment": _KEPT,
    "collection.card.payment.line": _KEPT,
    "collection.card.return": _KEPT,
    "collection.card.return.line": _KEPT,
    "collection.card.payment.take": _DIALOG,
    "collection.card.payment.take.line": _DIALOG,
    "collection.card.return.open": _DIALOG,
    "collection.card.return.open.line": _DIALOG,
}


@tagged("post_install", "-at_install")
class TestCardPaymentAccess(CardPaymentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        roles = ("collector", "assistant", "manager", "resolver", "auditor", "accountant", "billing", "employee")
        cls.users = {role: cls.member(role, f"role_{role}") for role in roles}
        cls.one = cls.items(cls.invoice(cls.acme, 100, overdue=20))
        cls.account(cls.acme)
        cls.paid = cls.charge({cls.one: 60})

    def test_rights_of_each_role(self):
        for model, rights in RIGHTS.items():
            for role, user in self.users.items():
                for operation in ALL:
                    with self.subTest(model=model, role=role, operation=operation):
                        allowed = self.env[model].with_user(user).has_access(operation)
                        self.assertEqual(allowed, operation in rights.get(role, ()))

    def test_every_model_of_the_room_is_looked_at(self):
        names = self.env["ir.model"].sudo().search([("model", "=like", "collection.card.%")]).mapped("model")
        self.assertEqual(set(names) - {"collection.card.guard"}, RIGHTS.keys())

    def test_portfolios(self):
        self.account(self.acme).collector_id = self.carla
        token = self.saved_card()
        for see_all, count in ((True, 1), (False, 0)):
            self.company.collection_see_all = see_all
            for record in (self.paid, self.paid.line_ids[:1], token):
                Model = self.env[record._name]
                with self.subTest(see_all=see_all, model=record._name):
                    found = Model.with_user(self.users["collector"]).search_count([("id", "=", record.id)])
                    self.assertEqual(found, count)
                    for role in ("assistant", "manager", "auditor"):
                        self.assertEqual(Model.with_user(self.users[role]).search_count([("id", "=", record.id)]), 1)
        with self.assertRaises(AccessError):
            self.take({self.one: 1}, self.users["collector"])

    def test_auditor_and_resolver_change_nothing(self):
        draft = self.take({self.one: 10})
        for role in ("auditor", "resolver"):
            mine = draft.with_user(self.users[role])
            for act in (mine.action_charge, mine.action_make_link, mine.action_send_link, mine.action_withdraw):
                with self.subTest(f"{role} {act.__name__}"), self.assertRaises(AccessError):
                    act()
            paid = self.paid.with_user(self.users[role])
            for act in (paid.action_capture, paid.action_void, paid.action_mail_receipt, paid.action_found_charged):
                with self.subTest(f"{role} {act.__name__}"), self.assertRaises(AccessError):
                    act()
        with self.assertRaises(AccessError):
            self.paid.with_user(self.users["resolver"]).action_print_receipt()
        self.assertTrue(self.paid.with_user(self.users["auditor"]).action_print_receipt())

    def test_the_link_is_for_who_sees_the_payment(self):
        payment = self.link({self.one: 10})
        self.assertIn("/pay/", payment.with_user(self.users["collector"]).link_url)
        with self.assertRaises(AccessError):
            payment.with_user(self.users["collector"]).read(["access_token"])

    def test_two_companies(self):
        data = self.second_company()
        other = data["company"]
        item = self.items(self.invoice(self.acme, 70, overdue=5, company=other))
        self.account(self.acme, other)
        provider = self.demo_provider(other, data["default_journal_bank"])
        both = self.member("collector", "both", self.company | other)
        payment = self.take(
            {item: 70},
            both,
            payer_id=False,
            method="token",
            token_id=self.saved_card(provider_id=provider.id).id,
            consent_name="Ann",
            consent_text="Yes",
        )
        for role in (*TEAM, "auditor"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                payment.with_user(self.users[role]).read(["name"])
        with self.assertRaises(ValidationError):
            self.take({item: 70}, both, payer_id=False, method="token", token_id=self.saved_card().id)
        with self.assertRaises(UserError):
            self.take({item: 70}, both, account_id=self.account(self.acme).id)
        payment.action_charge()
        self.answer()
        self.env.invalidate_all()
        self.assertEqual((payment.state, item.amount_residual), ("done", 0))
        self.assertEqual(payment.transaction_id.sudo().payment_id.company_id, other)

    def test_collectors_who_only_collect_take_and_print(self):
        payment = self.charge({self.one: 40}, user=self.users["collector"])
        self.assertEqual(payment.state, "done")
        self.assertTrue(payment.with_user(self.users["collector"]).action_print_receipt())

    def test_card_numbers_are_refused_in_what_is_typed(self):
        for vals in ({"consent_text": "4242 4242 4242 4242"}, {"consent_name": "4242424242424242"}):
            with self.assertRaises(ValidationError):
                self.take({self.one: 1}, **vals)
