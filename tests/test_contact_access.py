from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CollectionsCommon

READ, WRITE, CREATE, UNLINK = "read", "write", "create", "unlink"
WORK = {READ, WRITE, CREATE, UNLINK}
CONFIGURATION = {"collector": {READ}, "assistant": {READ}, "manager": WORK, "auditor": {READ}}

# What each role may do with the models of the room: everything else is refused (SPEC §17).
RIGHTS = {
    "collection.activity": {"collector": WORK, "assistant": WORK, "manager": WORK, "auditor": {READ}},
    "collection.activity.outcome": CONFIGURATION,
    "collection.call.script": CONFIGURATION,
    "collection.inbox": {**{role: {READ, WRITE} for role in ("collector", "assistant", "manager")}, "auditor": {READ}},
    "collection.withheld": {"manager": {READ}, "auditor": {READ}},
    "collection.call.start": dict.fromkeys(("collector", "assistant", "manager"), WORK),
    "collection.activity.correct": {"manager": WORK},
    "collection.contact.write": dict.fromkeys(("collector", "assistant", "manager"), WORK),
    "collection.inquiry": {
        **{role: WORK - {UNLINK} for role in ("collector", "assistant", "manager")},
        "auditor": {READ},
    },
    "collection.inquiry.type": CONFIGURATION,
    "collection.help": {"collector": WORK, "assistant": WORK, "manager": WORK, "auditor": {READ}},
    "collection.help.line": {"collector": WORK, "assistant": WORK, "manager": WORK, "auditor": {READ}},
    "collection.help.kind": CONFIGURATION,
    "collection.help.ask": dict.fromkeys(("collector", "assistant", "manager"), WORK),
}


@tagged("post_install", "-at_install")
class TestContactAccess(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        roles = ("collector", "assistant", "manager", "resolver", "auditor", "accountant", "billing", "employee")
        cls.users = {role: cls.member(role) for role in roles}
        cls.collector = cls.users["collector"]
        cls.colleague = cls.member("collector", "colleague")
        cls.mine, cls.theirs, cls.nobodys = (cls.customer(name) for name in ("Mine", "Theirs", "Nobody's"))
        for customer in (cls.mine, cls.theirs, cls.nobodys):
            cls.invoice(customer, 100, overdue=5)
        cls.account(cls.mine).collector_id = cls.collector
        cls.account(cls.theirs).collector_id = cls.colleague
        cls.activities = cls.env["collection.activity"]
        for customer in (cls.mine, cls.theirs, cls.nobodys):
            cls.activities |= cls.contacted(cls.account(customer))

    def test_rights_of_each_role(self):
        for model, rights in RIGHTS.items():
            for role, user in self.users.items():
                for operation in (READ, WRITE, CREATE, UNLINK):
                    with self.subTest(model=model, role=role, operation=operation):
                        allowed = self.env[model].with_user(user).has_access(operation)
                        self.assertEqual(allowed, operation in rights.get(role, ()))

    def test_every_model_of_the_room_is_looked_at(self):
        rooms = ("odoo.addons.account_collections.models.contact.", "odoo.addons.account_collections.wizards.contact.")
        own = {
            name
            for name in self.env["ir.model"].sudo().search([("model", "=like", "collection.%")]).mapped("model")
            if any(
                base.__module__.startswith(rooms)
                and getattr(base, "_name", None) == name
                and "_description" in base.__dict__
                for base in type(self.env[name]).mro()
            )
            and not self.env[name]._abstract
        }
        self.assertEqual(own, RIGHTS.keys())

    def test_portfolios(self):
        for see_all in (True, False):
            self.company.collection_see_all = see_all
            for role in ("collector", "assistant", "manager", "auditor"):
                with self.subTest(role, see_all=see_all):
                    seen = self.activities.with_user(self.users[role]).search([("id", "in", self.activities.ids)])
                    expected = self.mine | self.nobodys if role == "collector" and not see_all else None
                    self.assertEqual(
                        seen.sudo().account_id.partner_id, expected or self.mine | self.theirs | self.nobodys
                    )

    def test_portfolio_holds_for_every_act(self):
        self.company.collection_see_all = False
        theirs = self.account(self.theirs)
        own = theirs.with_user(self.collector)
        vals = {"account_id": theirs.id, "channel": "note", "note": "x"}
        for act in (
            lambda: self.activities.with_user(self.collector).create(vals),
            lambda: self.activities.with_user(self.collector).create({**vals, "account_ids": [theirs.id]}),
            own.action_log_contact,
            own.action_call,
            lambda: self.activities[1].with_user(self.collector).read(["note"]),
        ):
            with self.assertRaises(AccessError):
                act()
        draft = self.activities.with_user(self.collector).create({**vals, "account_id": self.account(self.mine).id})
        with self.assertRaises(AccessError):
            draft.account_ids |= theirs

    def test_two_companies(self):
        other = self.second_company()["company"]
        self.invoice(self.mine, 7, overdue=5, company=other)
        account = self.account(self.mine, other)
        activity = self.contacted(account)
        self.assertEqual(activity.company_id, other)
        outcome = self.outcome("spoke").copy({"company_id": other.id})
        for role in ("collector", "assistant", "manager", "auditor"):
            for record in (activity, outcome):
                with self.subTest(role, model=record._name), self.assertRaises(AccessError):
                    record.with_user(self.users[role]).read(["name"])
        with self.assertRaises(UserError):
            self.contacted(account | self.account(self.mine))

    def test_auditor_logs_nothing(self):
        account = self.account(self.mine).with_user(self.users["auditor"])
        for act in (account.action_log_contact, account.action_call, account.action_allow_call):
            with self.assertRaises(AccessError):
                act()
