from odoo.exceptions import AccessError
from odoo.tests import tagged

from .plan_common import TEAM, PlanCommon

READ, WRITE, CREATE, UNLINK = "read", "write", "create", "unlink"
ALL = {READ, WRITE, CREATE, UNLINK}
_KEPT = {**dict.fromkeys(TEAM, ALL), "auditor": {READ}}
_MANAGERS = {"assistant": {READ}, "manager": {READ}, "auditor": {READ}}
RIGHTS = {
    "collection.plan": _KEPT,
    "collection.plan.step": _KEPT,
    "collection.plan.rule": {"collector": {READ}, "assistant": {READ}, "manager": ALL, "auditor": {READ}},
    "collection.plan.reason": dict.fromkeys(TEAM, ALL),
    "collection.review": {"assistant": ALL, "manager": ALL, "auditor": {READ}},
    "collection.review.item": _MANAGERS,
    "collection.review.opinion": _MANAGERS,
    "collection.review.decide": {"assistant": ALL, "manager": ALL},
}


@tagged("post_install", "-at_install")
class TestPlanAccess(PlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        others = ("resolver", "auditor", "accountant", "billing", "employee")
        cls.users = {"collector": cls.collector, "assistant": cls.assistant, "manager": cls.manager}
        cls.users |= {role: cls.member(role) for role in others}
        cls.own = cls.submit(cls.plan())
        cls.meeting = cls.review()

    def test_rights_of_each_role(self):
        for model, rights in RIGHTS.items():
            for role, user in self.users.items():
                for operation in ALL:
                    with self.subTest(model=model, role=role, operation=operation):
                        allowed = self.env[model].with_user(user).has_access(operation)
                        self.assertEqual(allowed, operation in rights.get(role, ()))

    def test_every_model_is_looked_at(self):
        patterns = ("collection.plan%", "collection.review%")
        names = [
            name
            for pattern in patterns
            for name in self.env["ir.model"].search([("model", "=like", pattern)]).mapped("model")
        ]
        self.assertEqual(set(names), RIGHTS.keys())

    def test_portfolios(self):
        colleague = self.member("collector", "colleague")
        for see_all, count in ((True, 1), (False, 0)):
            self.company.collection_see_all = see_all
            for record in (self.own, self.own.step_ids):
                Model = self.env[record._name]
                with self.subTest(see_all=see_all, model=record._name):
                    found = Model.with_user(colleague).search_count([("id", "in", record.ids)])
                    self.assertEqual(found, count)
                    for role in ("collector", "assistant", "manager", "auditor"):
                        self.assertEqual(Model.with_user(self.users[role]).search_count([("id", "in", record.ids)]), 1)

    def test_two_companies(self):
        other = self.second_company()["company"]
        strangers = [self.member(role, f"other_{role}", companies=other) for role in (*TEAM, "auditor")]
        records = (self.own, self.own.step_ids, self.meeting, self.meeting.item_ids)
        for user in strangers:
            for record in records:
                with self.subTest(user=user.login, model=record._name), self.assertRaises(AccessError):
                    record.with_user(user).read(["company_id"])

    def test_auditor_changes_nothing(self):
        auditor = self.users["auditor"]
        plan, meeting = self.own.with_user(auditor), self.meeting.with_user(auditor)
        for act in (
            plan.action_submit,
            plan.action_start,
            lambda: plan.action_cancel("x"),
            lambda: plan.action_close("failed", "x"),
            meeting.action_gather,
            meeting.action_close,
            meeting.item_ids.action_for,
            meeting.item_ids.action_approve,
        ):
            with self.assertRaises(AccessError):
                act()

    def test_collectors_see_no_agenda(self):
        with self.assertRaises(AccessError):
            self.meeting.with_user(self.collector).read(["name"])
