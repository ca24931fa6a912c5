from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CollectionsCommon

READ, WRITE, CREATE, UNLINK = "read", "write", "create", "unlink"

# What each role may do with the models of the room: everything else is refused (SPEC §17).
RIGHTS = {
    "collection.account": {
        "collector": {READ, WRITE},
        "assistant": {READ, WRITE},
        "manager": {READ, WRITE},
        "auditor": {READ},
    },
    "collection.hold": {
        "collector": {READ, WRITE, CREATE},
        "assistant": {READ, WRITE, CREATE},
        "manager": {READ, WRITE, CREATE},
        "auditor": {READ},
    },
    "collection.account.stage": {role: {READ} for role in ("collector", "assistant", "manager", "auditor")},
    "collection.bounce": {role: {READ} for role in ("collector", "assistant", "manager", "auditor")},
    "collection.day": {
        "collector": {READ, WRITE},
        "assistant": {READ, WRITE},
        "manager": {READ, WRITE},
        "auditor": {READ},
    },
    "collection.day.left": {role: {READ} for role in ("collector", "assistant", "manager", "auditor")},
    "collection.work.log": {
        "collector": {READ, CREATE},
        "assistant": {READ, CREATE},
        "manager": {READ, CREATE},
        "auditor": {READ},
    },
    "collection.work.reason": {
        "collector": {READ},
        "assistant": {READ},
        "manager": {READ, WRITE, CREATE, UNLINK},
        "auditor": {READ},
    },
    "collection.priority.rule": {
        "collector": {READ},
        "assistant": {READ},
        "manager": {READ, WRITE, CREATE, UNLINK},
        "auditor": {READ},
    },
    "collection.payer.group": {
        "collector": {READ},
        "assistant": {READ, WRITE, CREATE, UNLINK},
        "manager": {READ, WRITE, CREATE, UNLINK},
        "auditor": {READ},
    },
    "collection.assignment": {role: {READ} for role in ("collector", "assistant", "manager", "auditor")},
    "collection.assignment.rule": {
        "collector": {READ},
        "assistant": {READ},
        "manager": {READ, WRITE, CREATE, UNLINK},
        "auditor": {READ},
    },
    "collection.transfer": {
        "collector": {READ},
        "assistant": {READ, WRITE, CREATE, UNLINK},
        "manager": {READ, WRITE, CREATE, UNLINK},
        "auditor": {READ},
    },
    "collection.data.gap": {
        "collector": {READ, WRITE},
        "assistant": {READ, WRITE},
        "manager": {READ, WRITE},
        "auditor": {READ},
    },
    "collection.assignment.apply": {"manager": {READ, WRITE, CREATE, UNLINK}},
    "collection.assignment.apply.line": {"manager": {READ, WRITE, CREATE, UNLINK}},
    "collection.account.bulk": {role: {READ, WRITE, CREATE, UNLINK} for role in ("collector", "assistant", "manager")},
    "collection.account.bulk.line": {
        role: {READ, WRITE, CREATE, UNLINK} for role in ("collector", "assistant", "manager")
    },
    "collection.golive": {"manager": {READ}, "auditor": {READ}},
    "collection.golive.import": {"manager": {READ, WRITE, CREATE, UNLINK}},
    "collection.golive.import.problem": {"manager": {READ, WRITE, CREATE, UNLINK}},
    "collection.account.work": {role: {READ, WRITE, CREATE, UNLINK} for role in ("collector", "assistant", "manager")},
    "collection.day.close": {role: {READ, WRITE, CREATE, UNLINK} for role in ("collector", "assistant", "manager")},
    "collection.day.close.line": {
        role: {READ, WRITE, CREATE, UNLINK} for role in ("collector", "assistant", "manager")
    },
    "collection.hold.place": {role: {READ, WRITE, CREATE, UNLINK} for role in ("collector", "assistant", "manager")},
    "collection.hold.place.line": {
        role: {READ, WRITE, CREATE, UNLINK} for role in ("collector", "assistant", "manager")
    },
}


@tagged("post_install", "-at_install")
class TestAccountAccess(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        roles = ("collector", "assistant", "manager", "resolver", "auditor", "accountant", "billing", "employee")
        cls.users = {role: cls.member(role) for role in roles}
        cls.collector, cls.manager = cls.users["collector"], cls.users["manager"]
        cls.colleague = cls.member("collector", "colleague")
        cls.mine, cls.theirs, cls.nobodys = (cls.customer(name) for name in ("Mine", "Theirs", "Nobody's"))
        for customer in (cls.mine, cls.theirs, cls.nobodys):
            cls.invoice(customer, 100, overdue=5)
        cls.account(cls.mine).collector_id = cls.collector
        cls.account(cls.theirs).collector_id = cls.colleague
        for customer in (cls.mine, cls.theirs, cls.nobodys):
            item = cls.account(customer).open_item_ids
            cls.hold(item, 10)
            cls.account(customer)._work("skip", cls.env.ref("account_collections.work_reason_skip_time"))
            cls.account(customer)._set_stage("disputed")

    # ------------------------------------------------------------------
    # Models
    # ------------------------------------------------------------------

    def test_rights_of_each_role(self):
        for model, rights in RIGHTS.items():
            for role, user in self.users.items():
                for operation in (READ, WRITE, CREATE, UNLINK):
                    with self.subTest(model=model, role=role, operation=operation):
                        allowed = self.env[model].with_user(user).has_access(operation)
                        self.assertEqual(allowed, operation in rights.get(role, ()))

    def test_every_model_of_the_rooms_is_looked_at(self):
        names = self.env["ir.model"].sudo().search([("model", "=like", "collection.%")]).mapped("model")
        abstract = {name for name in names if self.env[name]._abstract}
        rooms = ("odoo.addons.account_collections.models.account.", "odoo.addons.account_collections.wizards.account.")
        own = {
            name
            for name in names
            if any(
                base.__module__.startswith(rooms)
                and getattr(base, "_name", None) == name
                and "_description" in base.__dict__
                for base in type(self.env[name]).mro()
            )
        }
        self.assertEqual(own - abstract, RIGHTS.keys())

    def test_no_role_makes_or_deletes_accounts(self):
        for role, user in self.users.items():
            with self.subTest(role):
                Account = self.Account.with_user(user)
                with self.assertRaises(AccessError):
                    Account.create({"partner_id": self.mine.id, "company_id": self.company.id})
                with self.assertRaises(AccessError):
                    self.account(self.mine).with_user(user).unlink()
        with self.assertRaises(UserError):
            self.account(self.mine).sudo().unlink()

    # ------------------------------------------------------------------
    # Portfolios
    # ------------------------------------------------------------------

    def _seen(self, user, model="collection.account"):
        path = "" if model == "collection.account" else "account_id."
        customers = (self.mine | self.theirs | self.nobodys).ids
        records = self.env[model].with_user(user).search([(f"{path}partner_id", "in", customers)])
        return records.sudo().mapped(f"{path}partner_id")

    def test_collectors_see_all_or_their_portfolio(self):
        everything = self.mine | self.theirs | self.nobodys
        for model in ("collection.account", "collection.hold", "collection.work.log", "collection.account.stage"):
            for see_all in (True, False):
                self.company.collection_see_all = see_all
                for role in ("collector", "assistant", "manager", "auditor"):
                    with self.subTest(model=model, see_all=see_all, role=role):
                        expected = self.mine | self.nobodys if role == "collector" and not see_all else everything
                        self.assertEqual(self._seen(self.users[role], model), expected)

    def test_portfolio_holds_for_every_act(self):
        self.company.collection_see_all = False
        account = self.account(self.theirs)
        item, hold = account.open_item_ids, account.hold_ids
        own = account.with_user(self.collector)
        vals = {
            "account_id": account.id,
            "move_line_id": item.id,
            "amount_currency": 1,
            "date_until": self.day(3),
            "reason": "x",
        }
        reason = self.env.ref("account_collections.work_reason_skip_time")
        for act in (
            lambda: own.read(["amount_total"]),
            lambda: own.write({"next_action": "x"}),
            own.action_open,
            own.action_refresh,
            lambda: own._work("skip", reason),
            lambda: self.env["collection.hold"].with_user(self.collector).create(vals),
            lambda: hold.with_user(self.collector).action_release(),
            lambda: hold.with_user(self.collector).read(["reason"]),
        ):
            with self.assertRaises(AccessError):
                act()
        self.account(self.mine).with_user(self.collector).action_open()
        self.account(self.nobodys).with_user(self.collector).action_open()

    def test_only_assistants_and_managers_give_accounts_away(self):
        account = self.account(self.mine)
        for role in ("collector", "auditor", "resolver", "accountant", "employee"):
            with self.subTest(role), self.assertRaises(AccessError):
                account.with_user(self.users[role]).collector_id = self.colleague
        with self.assertRaises(AccessError):
            account.with_user(self.collector).collector_id = False
        for role in ("assistant", "manager"):
            account.with_user(self.users[role]).collector_id = self.users[role]
            self.assertEqual(account.collector_id, self.users[role])

    def test_collector_works_in_the_accounts_company(self):
        stranger = self.member("collector", "stranger", companies=self.second_company()["company"])
        with self.assertRaises(UserError):
            self.account(self.mine).with_user(self.manager).collector_id = stranger

    def test_accounts_of_an_archived_collector_are_everybodys(self):
        self.company.collection_see_all = False
        self.assertNotIn(self.theirs, self._seen(self.collector))
        self.colleague.active = False
        self.assertFalse(self.account(self.theirs).collector_id)
        self.assertIn(self.theirs, self._seen(self.collector))

    def test_accounts_of_a_deleted_collector_are_everybodys(self):
        gone = self.member("collector", "gone")
        account = self.account(self.theirs)
        account.collector_id = gone
        self.env.flush_all()
        gone.sudo().unlink()
        self.env.invalidate_all()
        self.assertFalse(account.collector_id)
        self.assertTrue(account._task_user())

    # ------------------------------------------------------------------
    # Companies
    # ------------------------------------------------------------------

    def test_two_companies(self):
        other = self.second_company()["company"]
        self.invoice(self.mine, 7, overdue=5, company=other)
        account = self.account(self.mine, other)
        hold = self.hold(account.open_item_ids, 1)
        rule = self.env["collection.priority.rule"].create(
            {"name": "Theirs", "metric": "amount_overdue", "threshold_from": 1, "company_id": other.id}
        )
        for role in ("collector", "assistant", "manager", "auditor"):
            user = self.users[role]
            for record in (account, hold, rule):
                with self.subTest(role=role, model=record._name), self.assertRaises(AccessError):
                    record.with_user(user).read(["name"])
            self.assertNotIn(rule, rule.with_user(user).search([]))
        both = self.member("manager", "both", companies=self.company | other)
        accounts = self.Account.with_user(both).with_context(allowed_company_ids=(self.company | other).ids)
        self.assertEqual(len(accounts.search([("partner_id", "=", self.mine.id)])), 2)
        accounts = self.Account.with_user(both).with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(accounts.search([("partner_id", "=", self.mine.id)]), self.account(self.mine))

    def test_hold_of_an_account_of_another_company(self):
        other = self.second_company()["company"]
        self.invoice(self.mine, 7, overdue=5, company=other)
        account = self.account(self.mine, other)
        with self.assertRaises(UserError):
            self.hold(self.account(self.mine).open_item_ids, 1, account_id=account.id)

    # ------------------------------------------------------------------
    # People without access go on working
    # ------------------------------------------------------------------

    def test_bookkeepers_without_collections_post_and_pay(self):
        for role in ("accountant", "billing"):
            with self.subTest(role):
                invoice = self.invoice(self.mine, 10, overdue=5, post=False)
                invoice.with_user(self.users[role]).action_post()
                wizard = self.env["account.payment.register"].with_user(self.users[role])
                wizard.with_context(active_model="account.move", active_ids=invoice.ids).create(
                    {"amount": 4}
                )._create_payments()
                self.assertEqual(invoice.amount_residual, 6)
        self.assertFigures(self.mine, amount_total=112)

    def test_people_without_collections_read_and_write_contacts(self):
        contact_manager = self.member("employee", "contacts")
        contact_manager.group_ids += self.env.ref("base.group_partner_manager")
        for user in (contact_manager, self.users["employee"], self.users["resolver"], self.users["billing"]):
            mine = self.mine.with_user(user)
            ours = [name for name in mine.fields_get() if "collection" in name or name == "is_sales_partner"]
            with self.subTest(user.login):
                self.assertNotIn("collection_account_ids", ours)
                self.assertTrue(mine.read(ours))
        self.mine.with_user(contact_manager).write({"country_id": self.env.ref("base.ca").id})
        self.assertFigures(self.mine, country_id=self.env.ref("base.ca"))

    def test_people_without_collections_read_journal_items(self):
        item = self.account(self.mine).open_item_ids
        for role in ("accountant", "billing"):
            with self.subTest(role):
                self.assertTrue(item.with_user(self.users[role]).read())
                self.assertTrue(item.move_id.with_user(self.users[role]).read())
