from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .dispute_common import DisputeCommon

READ, WRITE, CREATE, UNLINK = "read", "write", "create", "unlink"
ALL = {READ, WRITE, CREATE, UNLINK}
FOLLOWERS = {role: {READ, WRITE, CREATE} for role in ("collector", "assistant", "manager")}
CONFIGURATION = {role: {READ} for role in ("collector", "assistant", "resolver", "auditor")} | {"manager": ALL}
DIALOG = dict.fromkeys(("collector", "assistant", "manager", "resolver"), ALL)

RIGHTS = {
    "collection.dispute": FOLLOWERS | {"resolver": {READ, WRITE}, "auditor": {READ}},
    "collection.dispute.line": FOLLOWERS | {"resolver": {READ, WRITE}, "auditor": {READ}},
    "collection.dispute.event": {role: {READ} for role in ("collector", "assistant", "manager", "resolver", "auditor")},
    "collection.dispute.team": CONFIGURATION,
    "collection.dispute.reason": CONFIGURATION,
    "collection.dispute.open": dict.fromkeys(("collector", "assistant", "manager"), ALL),
    "collection.dispute.decide": DIALOG,
    "collection.dispute.decide.line": DIALOG,
    "collection.dispute.step": DIALOG,
}


@tagged("post_install", "-at_install")
class TestDisputeAccess(DisputeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        roles = ("collector", "assistant", "manager", "auditor", "accountant", "billing", "employee")
        cls.users = {role: cls.member(role) for role in roles} | {"resolver": cls.resolver}
        cls.stranger = cls.member("resolver", "stranger")
        cls.move = cls.invoice(cls.acme, 1000, overdue=5)
        cls.theirs = cls.dispute(cls.move, amount=400, route=True)
        cls.tax_dispute = cls.dispute(cls.invoice(cls.acme, 300, overdue=5), amount=30, reason="po", route=True)
        cls.unrouted = cls.dispute(cls.invoice(cls.acme, 300, overdue=5), amount=30)

    def test_rights_of_each_role(self):
        for model, rights in RIGHTS.items():
            for role, user in self.users.items():
                for operation in (READ, WRITE, CREATE, UNLINK):
                    with self.subTest(model=model, role=role, operation=operation):
                        allowed = self.env[model].with_user(user).has_access(operation)
                        self.assertEqual(allowed, operation in rights.get(role, ()))

    def test_every_model_of_the_room_is_looked_at(self):
        names = self.env["ir.model"].sudo().search([("model", "=like", "collection.dispute%")]).mapped("model")
        self.assertEqual(set(names), RIGHTS.keys())

    def seen(self, user):
        mine = self.theirs | self.tax_dispute | self.unrouted
        return self.Dispute.with_user(user).search([("id", "in", mine.ids)]).sudo()

    def test_resolvers_see_their_own(self):
        self.assertEqual(self.seen(self.resolver), self.theirs)
        self.assertEqual(self.seen(self.lead), self.theirs)
        self.assertFalse(self.seen(self.stranger))
        self.tax_dispute.user_id = self.stranger
        self.assertEqual(self.seen(self.stranger), self.tax_dispute)
        for record in (self.tax_dispute, self.tax_dispute.line_ids, self.tax_dispute.event_ids[:1]):
            with self.assertRaises(AccessError):
                record.with_user(self.resolver).read(["display_name"])

    def test_resolver_sees_what_is_needed_and_nothing_of_the_account(self):
        mine = self.theirs.with_user(self.resolver)
        values = mine.read(["name", "partner_id", "move_names", "amount", "reason_id", "deadline", "letter_body"])[0]
        self.assertEqual((values["move_names"], values["partner_id"][0]), (self.move.name, self.acme.id))
        line = mine.line_ids.read(["move_name", "what", "due_date", "amount_currency", "open_currency"])[0]
        self.assertEqual((line["move_name"], line["open_currency"]), (self.move.name, 1000))
        self.assertTrue(mine.read())
        self.assertTrue(mine.line_ids.read())
        self.assertTrue(mine.web_read({"account_id": {"fields": {"display_name": {}}}, "name": {}}))
        env = mine.env
        for model in ("collection.account", "collection.hold", "account.move", "account.move.line", "account.payment"):
            with self.subTest(model), self.assertRaises(AccessError):
                env[model].search([])
        for records, name in (
            (mine.account_id, "amount_total"),
            (mine.line_ids.move_id, "amount_total"),
            (mine.line_ids.move_line_id, "balance"),
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                records.read([name])
        with self.assertRaises(AccessError):
            mine.read(["move_ids"])
        with self.assertRaises(AccessError):
            env["collection.dispute"].search([("account_id.amount_total", ">", 0)])

    def test_resolver_forms_open(self):
        mine = self.theirs.with_user(self.resolver)
        views = mine.get_views([(False, "form"), (False, "kanban"), (False, "list"), (False, "search")])
        arch = views["views"]["form"]["arch"]
        for hidden in ("action_view_account", "action_view_moves", "action_void", "action_reopen"):
            self.assertNotIn(hidden, arch)

    def test_resolver_menus(self):
        menus = self.env["ir.ui.menu"].with_user(self.resolver)
        visible = menus.browse(menus._visible_menu_ids())
        ours = visible.filtered(
            lambda menu: (
                menu.complete_name.startswith("Collections") and (not menu.parent_id or menu.parent_id in visible)
            )
        )
        self.assertEqual(set(ours.mapped("name")), {"Collections", "Disputes", "My Disputes"})

    def test_attachments(self):
        file = self.attach(self.theirs)
        other = self.attach(self.tax_dispute)
        Attachment = self.env["ir.attachment"]
        self.assertTrue(file.with_user(self.resolver).read(["name", "raw"]))
        with self.assertRaises(AccessError):
            other.with_user(self.resolver).read(["name"])
        with self.assertRaises(AccessError):
            file.with_user(self.stranger).read(["name"])
        vals = {"name": "x", "raw": b"x", "res_model": "collection.dispute"}
        Attachment.with_user(self.resolver).create({**vals, "res_id": self.theirs.id})
        for user, dispute in ((self.resolver, self.tax_dispute), (self.users["auditor"], self.theirs)):
            with self.assertRaises(AccessError):
                Attachment.with_user(user).create({**vals, "res_id": dispute.id})

    def test_resolver_writes_only_what_is_theirs_to_say(self):
        mine = self.theirs.with_user(self.resolver)
        mine.write({"user_id": self.resolver.id, "priority": "1"})
        for vals in ({"description": "x"}, {"reason_id": self.dispute_reason("tax").id}, {"contact_id": self.acme.id}):
            with self.subTest(vals), self.assertRaises(AccessError):
                mine.write(vals)
        with self.assertRaises(AccessError):
            mine.amount = 1
            mine.flush_recordset()
        with self.assertRaises(AccessError):
            self.Dispute.with_user(self.resolver).create({"account_id": 1, "reason_id": 1})
        for step in ("void", "reopen"):
            wizard = self.env["collection.dispute.step"].with_user(self.resolver)
            with self.assertRaises(AccessError):
                wizard.create({"dispute_id": self.theirs.id, "step": step, "text": "x"}).action_apply()

    def test_system_fields_cannot_be_set(self):
        for vals in (
            {"deadline": "2030-01-01"},
            {"decided_by_id": self.resolver.id},
            {"reopen_count": 0},
            {"chase_on": "2030-01-01"},
            {"question": "x"},
            {"letter_sent_on": "2030-01-01"},
            {"waiting_until": "2030-01-01"},
            {"reminder_level": 100},
        ):
            for user in (self.users["manager"], self.resolver):
                with self.subTest(vals), self.assertRaises(AccessError):
                    self.theirs.with_user(user).write(vals)
        with self.assertRaises(AccessError):
            self.theirs.line_ids.with_user(self.users["manager"]).create(
                {"dispute_id": self.theirs.id, "move_line_id": self.items(self.move).id, "move_name": "X"}
            )

    def test_auditor_and_others_change_nothing(self):
        auditor = self.theirs.with_user(self.users["auditor"])
        self.assertTrue(auditor.read())
        for act in (
            auditor.action_route,
            auditor.action_review,
            auditor.action_customer_answered,
            auditor.action_close,
        ):
            with self.subTest(act.__name__), self.assertRaises(AccessError):
                act()
        for role in ("accountant", "billing", "employee"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.theirs.with_user(self.users[role]).read(["name"])

    def test_portfolio(self):
        self.company.collection_see_all = False
        collector = self.users["collector"]
        self.account(self.acme).collector_id = self.member("collector", "colleague")
        self.assertFalse(self.seen(collector))
        with self.assertRaises(AccessError):
            self.theirs.with_user(collector).action_close()
        with self.assertRaises(AccessError):
            self.dispute(self.move, amount=1, reason="service", user=collector)

    def test_dialogs_of_others(self):
        wizard = self.env["collection.dispute.step"].with_user(self.resolver)
        own = wizard.create({"dispute_id": self.theirs.id, "step": "collector", "text": "x"})
        with self.assertRaises(AccessError):
            own.with_user(self.users["collector"]).action_apply()
        foreign = wizard.with_user(self.stranger).create(
            {"dispute_id": self.theirs.id, "step": "collector", "text": "x"}
        )
        with self.assertRaises(UserError):
            foreign.action_apply()

    def test_company_rule(self):
        other = self.second_company()["company"]
        dispute = self.dispute(self.invoice(self.acme, 10, overdue=5, company=other), route=True)
        for user in (self.users["manager"], self.resolver, self.users["auditor"]):
            with self.subTest(user.login), self.assertRaises(AccessError):
                dispute.with_user(user).read(["name"])
