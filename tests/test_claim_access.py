from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .claim_common import ClaimCommon

READ, WRITE, CREATE, UNLINK = "read", "write", "create", "unlink"
ALL = {READ, WRITE, CREATE, UNLINK}
KEPT = {READ, WRITE, CREATE}
TEAM = ("collector", "assistant", "manager")
_ACCOUNTING = ("accountant", "billing")
_READ = {role: {READ} for role in (*TEAM, "auditor")}
_DIALOG = dict.fromkeys(TEAM, ALL)
RIGHTS = {
    "collection.claim": {**dict.fromkeys(TEAM, KEPT), "auditor": {READ}},
    "collection.claim.line": {**dict.fromkeys(TEAM, KEPT), "auditor": {READ}},
    "collection.claim.candidate": _READ,
    "collection.application.request": {
        **dict.fromkeys(TEAM, KEPT),
        **{role: {READ, WRITE} for role in _ACCOUNTING},
        "auditor": {READ},
    },
    "collection.application.line": {**dict.fromkeys((*TEAM, *_ACCOUNTING), ALL), "auditor": {READ}},
    "collection.application.check": _READ,
    "collection.application.review": _READ,
    "collection.claim.open": _DIALOG,
    "collection.claim.open.line": _DIALOG,
    "collection.claim.reason": dict.fromkeys((*TEAM, *_ACCOUNTING), ALL),
    "collection.remittance.read": _DIALOG,
}


@tagged("post_install", "-at_install")
class TestClaimAccess(ClaimCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        roles = ("collector", "assistant", "manager", "resolver", "auditor", "accountant", "billing", "employee")
        cls.users = {role: cls.member(role) for role in roles}
        cls.colleague = cls.member("collector", "colleague")
        cls.move = cls.invoice(cls.acme, 1800, overdue=5)
        cls.payment = cls.unapplied(cls.acme, 1800)
        cls.deal = cls.claim(cls.move)

    def test_rights_of_each_role(self):
        for model, rights in RIGHTS.items():
            for role, user in self.users.items():
                for operation in ALL:
                    with self.subTest(model=model, role=role, operation=operation):
                        allowed = self.env[model].with_user(user).has_access(operation)
                        self.assertEqual(allowed, operation in rights.get(role, ()))

    def test_every_model_of_the_room_is_looked_at(self):
        names = []
        for pattern in ("collection.claim%", "collection.application%", "collection.remittance%"):
            names += self.env["ir.model"].sudo().search([("model", "=like", pattern)]).mapped("model")
        self.assertEqual(set(names), RIGHTS.keys())

    def test_portfolios(self):
        self.account(self.acme).collector_id = self.colleague
        request = self.Request._request_for(self.deal.candidate_ids)
        check = self.env["collection.application.check"].search([("partner_id", "=", self.acme.id)])
        self.assertTrue(check)
        for see_all, count in ((True, 1), (False, 0)):
            self.company.collection_see_all = see_all
            self.env.flush_all()
            for record in (self.deal, self.deal.line_ids, self.deal.candidate_ids, request, request.line_ids, check):
                Model = self.env[record._name]
                with self.subTest(see_all=see_all, model=record._name):
                    found = Model.with_user(self.users["collector"]).search_count([("id", "in", record.ids)])
                    self.assertEqual(found, count)
                    for role in ("assistant", "manager", "auditor"):
                        self.assertEqual(Model.with_user(self.users[role]).search_count([("id", "in", record.ids)]), 1)

    def test_auditor_and_resolver_change_nothing(self):
        for role in ("auditor", "resolver", "employee", "billing"):
            mine = self.deal.with_user(self.users[role])
            for act in (
                mine.action_search,
                mine.action_close,
                mine.action_void,
                mine.action_renew,
                mine.action_ask_proof,
            ):
                with self.subTest(role, act=act.__name__), self.assertRaises(AccessError):
                    act()
            with self.assertRaises(AccessError):
                mine.candidate_ids.action_request()
            with self.assertRaises(AccessError):
                self.deal.candidate_ids.with_user(self.users[role]).action_found()

    def test_colleagues_claim_is_not_closed(self):
        self.account(self.acme).collector_id = self.colleague
        self.company.collection_see_all = False
        with self.assertRaises(AccessError):
            self.deal.with_user(self.users["collector"]).action_close()

    def test_nothing_is_forged(self):
        collector = self.users["collector"]
        account = self.account(self.acme)
        other = self.items(self.invoice(self.acme, 70, overdue=5))
        for vals in ({"state": "closed"}, {"outcome": "applied_here"}, {"hold_until": self.day(900)}):
            with self.subTest(vals), self.assertRaises(AccessError):
                self.Claim.with_user(collector).create(
                    {"account_id": account.id, "line_ids": [Command.create({"move_line_id": other.id})], **vals}
                )
        claim = (
            self.Claim.with_user(collector)
            .with_context(default_state="closed", default_outcome="applied_here", collection_guard=True)
            .create({"account_id": account.id, "line_ids": [Command.create({"move_line_id": other.id})]})
        )
        self.assertEqual((claim.state, claim.outcome, claim.user_id), ("open", False, collector))
        request = self.Request._request_for(self.deal.candidate_ids)
        for vals in ({"state": "done"}, {"level": 0}, {"claim_id": False}):
            with self.subTest(vals), self.assertRaises(AccessError):
                request.with_user(collector).write(vals)
        with self.assertRaises(AccessError):
            request.line_ids.with_user(collector).amount_applied_currency = 1800
        with self.assertRaises(AccessError):
            self.deal.candidate_ids.with_user(collector).write({"is_found": False})

    def test_cashier_without_collections_applies(self):
        request = self.Request._request_for(self.deal.candidate_ids)
        cashier = self.users["billing"]
        form = request.with_user(cashier).get_view(view_type="form")
        fields = list(self.env[request._name].with_user(cashier).fields_get().keys() & form["models"][request._name])
        self.assertTrue(request.with_user(cashier).read(fields))
        request.with_user(cashier).action_apply()
        self.assertEqual((request.state, self.deal.state), ("done", "closed"))
