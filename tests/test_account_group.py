from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountGroup(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parent = cls.customer("Meridian Group")
        cls.north = cls.customer("Meridian North", parent_id=cls.parent.id)
        cls.gulf = cls.customer("Meridian Gulf", parent_id=cls.parent.id)
        cls.contact(cls.parent)
        for customer, amount in ((cls.parent, 100), (cls.north, 200), (cls.gulf, 400)):
            cls.invoice(customer, amount, overdue=5)
        cls.members = cls.account(cls.parent) | cls.account(cls.north) | cls.account(cls.gulf)
        cls.group = cls.env["collection.payer.group"].create({"name": "Meridian", "parent_id": cls.parent.id})
        cls.group.action_add_subsidiaries()
        cls.collector = cls.member("collector")
        cls.spoke = cls.reason("Spoke", days=5)

    def test_subsidiaries_are_members_and_their_contacts_are_not(self):
        self.assertEqual(self.group.partner_ids, self.parent | self.north | self.gulf)
        self.assertEqual(self.members.payer_group_id, self.group)

    def test_totals(self):
        self.credit(self.gulf, 50)
        self.Account._refresh_touched()
        self.env.invalidate_all()
        self.assertRecordValues(
            self.group,
            [
                {
                    "account_count": 3,
                    "worklist_count": 3,
                    "amount_overdue": 700,
                    "amount_unapplied": 50,
                    "amount_total": 650,
                    "amount_collectible": 650,
                    "converted_on": False,
                    "oldest_due_date": self.day(-5),
                }
            ],
        )

    def test_two_currencies_are_converted_at_a_stated_date(self):
        euro = self.foreign_currency()  # half a euro is a dollar
        other = self.second_company(currency_id=euro.id)["company"]
        self.invoice(self.north, 10, overdue=5, company=other)
        theirs = self.account(self.north, other)
        self.assertEqual(theirs.currency_id, euro)
        both = self.group.with_context(allowed_company_ids=(self.company | other).ids)
        self.assertEqual(both.account_ids, self.members | theirs)
        self.assertEqual(both.converted_on, self.today)
        self.assertAlmostEqual(both.amount_overdue, 700 + 20)
        self.assertAlmostEqual(self.group.with_context(allowed_company_ids=self.company.ids).amount_overdue, 700)

    def test_one_call_for_all(self):
        action = self.group.with_user(self.collector).action_work_done()
        dialog = self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"]).create({})
        self.assertEqual(dialog.account_ids, self.members)
        dialog.reason_id = self.spoke
        dialog.action_apply()
        self.assertFalse(any(self.members.mapped("on_worklist")))
        self.assertEqual(self.members.work_log_ids.mapped("reason_id"), self.spoke)
        self.assertEqual(len(self.members.work_log_ids), 3)

    def test_snooze_for_all(self):
        action = self.group.with_user(self.collector).action_work_snooze()
        dialog = self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"]).create({})
        dialog.next_action_date = self.day(4)
        dialog.action_apply()
        self.assertEqual(self.members.mapped("snoozed_until"), [self.day(4)] * 3)

    def test_items_of_all(self):
        domain = self.group.with_user(self.collector).action_view_items()["domain"]
        items = self.env["account.move.line"].search(domain)
        self.assertEqual(sum(items.mapped("amount_residual")), 700)

    def test_portfolio(self):
        self.company.collection_see_all = False
        self.account(self.north).collector_id = self.member("collector", "colleague")
        mine = self.group.with_user(self.collector)
        self.assertEqual(mine.account_ids, self.members - self.account(self.north))
        self.assertEqual(mine.amount_overdue, 500)
        self.assertNotIn(self.account(self.north).id, mine.action_work_done()["context"]["default_account_ids"])

    def test_group_without_visible_accounts(self):
        self.company.collection_see_all = False
        self.members.write({"collector_id": self.member("collector", "colleague").id})
        mine = self.group.with_user(self.collector)
        self.assertEqual(mine.amount_overdue, 0)
        with self.assertRaises(UserError):
            mine.action_work_done()

    def test_a_customer_is_in_one_group(self):
        with self.assertRaisesRegex(UserError, "Meridian"):
            self.env["collection.payer.group"].create({"name": "Other", "partner_ids": self.gulf.ids})
        self.group.partner_ids -= self.gulf
        other = self.env["collection.payer.group"].create({"name": "Other", "partner_ids": self.gulf.ids})
        self.assertEqual(self.account(self.gulf).payer_group_id, other)
        self.assertEqual(self.group.partner_ids, self.parent | self.north)

    def test_assistants_make_groups_without_rights_on_contacts(self):
        assistant = self.member("assistant")
        self.assertFalse(self.env["res.partner"].with_user(assistant).has_access("write"))
        lone = self.customer("Lone Star")
        with Form(self.env["collection.payer.group"].with_user(assistant)) as form:
            form.parent_id = lone
            self.assertEqual(form.name, "Lone Star")
        self.assertEqual(lone.sudo().collection_payer_group_id.name, "Lone Star")
        for role in ("collector", "auditor"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.group.with_user(self.collector if role == "collector" else self.member(role)).write(
                    {"partner_ids": [(6, 0, [])]}
                )

    def test_accounts_are_found_by_group(self):
        found = self.Account.search([("payer_group_id", "=", self.group.id)])
        self.assertEqual(found, self.members)
