from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .approval_common import ApprovalCommon

READ, WRITE, CREATE, UNLINK = "read", "write", "create", "unlink"

# What each role may do with the models of the room: everything else is refused (SPEC §17).
RIGHTS = {
    "collection.approval": {
        role: {READ} for role in ("collector", "assistant", "manager", "controller", "auditor", "resolver")
    },
    "collection.substitution": {
        **{role: {READ, WRITE, CREATE, UNLINK} for role in ("collector", "assistant", "manager", "controller")},
        "auditor": {READ},
    },
    "collection.approval.decide": {
        role: {READ, WRITE, CREATE, UNLINK} for role in ("collector", "assistant", "manager", "controller", "resolver")
    },
}


@tagged("post_install", "-at_install")
class TestApprovalAccess(ApprovalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.others = {role: cls.member(role) for role in ("resolver", "auditor", "accountant", "billing", "employee")}
        team = {"collector": cls.collector, "assistant": cls.assistant, "manager": cls.manager}
        cls.users = {**team, "controller": cls.controller, **cls.others}
        cls.colleague = cls.member("collector", "colleague")

    def test_rights_of_each_role(self):
        for model, rights in RIGHTS.items():
            for role, user in self.users.items():
                for operation in (READ, WRITE, CREATE, UNLINK):
                    with self.subTest(model=model, role=role, operation=operation):
                        allowed = self.env[model].with_user(user).has_access(operation)
                        self.assertEqual(allowed, operation in rights.get(role, ()))

    def test_every_model_of_the_room_is_looked_at(self):
        names = self.env["ir.model"].search([("model", "=like", "collection.%")]).mapped("model")
        rooms = (
            "odoo.addons.account_collections.models.approval.",
            "odoo.addons.account_collections.wizards.approval.",
        )
        own = {
            name
            for name in names
            if not self.env[name]._abstract
            and any(
                base.__module__.startswith(rooms)
                and getattr(base, "_name", None) == name
                and "_description" in base.__dict__
                for base in type(self.env[name]).mro()
            )
        }
        self.assertEqual(own, RIGHTS.keys())

    def test_no_room_lets_its_approval_be_forged(self):
        subjects = [
            name
            for name, model in self.env.registry.items()
            if not model._abstract and issubclass(model, self.env.registry["collection.approval.mixin"])
        ]
        self.assertIn("collection.notice", subjects)
        for name in subjects:
            self.assertLessEqual({"approval_state", "approval_ids"}, self.env[name]._guarded_fields(), name)

    def test_nobody_writes_the_record_by_hand(self):
        approval = self.ask()
        for role in ("collector", "assistant", "manager", "controller", "auditor"):
            own = approval.with_user(self.users[role])
            for act in (
                lambda own=own: own.write({"state": "approved"}),
                lambda own=own: own.write({"amount": 1}),
                lambda own=own: own.with_context(collection_guard=True).write({"approver_id": own.env.uid}),
                lambda own=own: own.create({"title": "x", "res_model": "res.partner", "res_id": 1}),
                own.unlink,
            ):
                with self.subTest(role), self.assertRaises(AccessError):
                    act()
        with self.assertRaises(AccessError):
            approval.write({"state": "approved"})
        with self.assertRaises(UserError):
            approval.unlink()
        with self.assertRaises(AccessError):
            self.demand.write({"approval_state": "approved"})

    def _seen(self, user):
        return self.Approval.with_user(user).search([("res_id", "=", self.demand.id)]).sudo()

    def test_who_sees_what(self):
        account = self.account(self.acme)
        account.collector_id = self.colleague
        approval = self.ask(self.second)
        for see_all in (True, False):
            self.company.collection_see_all = see_all
            for user, sees in (
                (self.collector, see_all),
                (self.colleague, True),
                (self.assistant, True),
                (self.manager, True),
                (self.second, True),
                (self.users["auditor"], True),
                (self.users["resolver"], False),
            ):
                with self.subTest(user=user.login, see_all=see_all):
                    self.assertEqual(self._seen(user), approval if sees else self.Approval)
                    if not sees:
                        with self.assertRaises(AccessError):
                            approval.with_user(user).read(["title"])
        for role in ("accountant", "billing", "employee"):
            with self.subTest(role), self.assertRaises(AccessError):
                self._seen(self.users[role])

    def test_who_asked_sees_it(self):
        self.company.collection_see_all = False
        self.account(self.acme).collector_id = self.colleague
        resolver = self.users["resolver"]
        for user in (self.collector, resolver):
            approval = self.ask(user)
            self.assertEqual(self._seen(user), approval)
            self.assertEqual(approval.with_user(user).read(["state"])[0]["state"], "waiting")
            approval.with_user(user).action_withdraw()

    def test_auditors_and_collectors_decide_nothing(self):
        approval = self.ask(self.second)
        for role in ("auditor", "collector", "assistant"):
            for act in ("action_approve", "action_refuse", "action_withdraw"):
                args = ("x",) if act == "action_refuse" else ()
                with self.subTest(role=role, act=act), self.assertRaises(UserError):
                    getattr(approval.with_user(self.users[role]), act)(*args)
        self.assertEqual(approval.state, "waiting")

    def test_companies(self):
        other = self.second_company()["company"]
        stranger = self.member("manager", "stranger", companies=other)
        approval = self.ask()
        with self.assertRaises(AccessError):
            approval.with_user(stranger).read(["title"])
        with self.assertRaises(AccessError):
            approval.with_user(stranger).action_approve()
        self.assertFalse(self._seen(stranger))
        absence = self.absent(self.manager, self.assistant)
        with self.assertRaises(AccessError):
            absence.with_user(stranger).read(["name"])
        both = self.member("manager", "both", companies=self.company | other)
        elsewhere = approval.with_user(both).with_context(allowed_company_ids=other.ids)
        with self.assertRaises(AccessError):
            elsewhere.action_approve()
        self.approve(approval, both)

    def test_waiting_for_me(self):
        with self.subject(approval_roles=("assistant",)):
            approval = self.ask(self.second)
        for user, mine, may in (
            (self.collector, False, False),
            (self.assistant, True, True),
            (self.manager, False, True),
            (self.controller, False, True),
            (self.second, False, False),
        ):
            with self.subTest(user.login):
                own = approval.with_user(user)
                self.assertEqual((own.is_mine, own.may_decide), (mine, may))
                for name, value in (("is_mine", mine), ("may_decide", may)):
                    domain = [("res_id", "=", self.demand.id), (name, "=", True)]
                    self.assertEqual(self.Approval.with_user(user).search(domain).ids, approval.ids if value else [])
                    domain = [("res_id", "=", self.demand.id), (name, "=", False)]
                    self.assertEqual(self.Approval.with_user(user).search(domain).ids, [] if value else approval.ids)
