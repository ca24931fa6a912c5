from odoo import Command
from odoo.tests import tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountMerge(CollectionsCommon):
    """Merged customers: one account, and nothing of the other is lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kept, cls.gone = cls.customer("Kept Corp."), cls.customer("Gone Corp.")
        cls.item = cls.items(cls.invoice(cls.kept, 100, overdue=5))
        cls.gone_item = cls.items(cls.invoice(cls.gone, 40, overdue=35))
        cls.account(cls.gone)
        cls.collector = cls.member("collector")
        cls.skip = cls.env.ref("account_collections.work_reason_skip_time")

    def _merge(self, *sources, into=None):
        partners = self.env["res.partner"].union(*sources) | (into or self.kept)
        self.env.flush_all()
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(partners.ids, into or self.kept)
        self.env.invalidate_all()

    def test_accounts_are_joined(self):
        kept, gone = self.account(self.kept), self.account(self.gone)
        self._merge(self.gone)
        self.assertFalse(gone.exists())
        self.assertEqual(self.account(self.kept), kept)
        self.assertFigures(self.kept, amount_total=140, aging_1=100, aging_2=40, amount_collectible=140)

    def test_customer_without_an_account_gets_the_others(self):
        gone, empty = self.account(self.gone), self.customer("Empty Corp.")
        self._merge(self.gone, into=empty)
        self.assertEqual(self.account(empty), gone)
        self.assertFigures(empty, amount_total=40)

    def test_three_customers(self):
        third = self.customer("Third Corp.")
        self.invoice(third, 7, overdue=1)
        self._merge(self.gone, third)
        self.assertFigures(self.kept, amount_total=147)
        self.assertEqual(self.Account.search_count([("partner_id", "in", (self.kept | self.gone | third).ids)]), 1)

    def test_two_without_an_account_in_one_company(self):
        """Both sources have an account, the customer who stays has none: theirs become one."""
        third, empty = self.customer("Third Corp."), self.customer("Empty Corp.")
        self.invoice(third, 7, overdue=1)
        self.account(third)
        self._merge(self.gone, third, into=empty)
        self.assertFigures(empty, amount_total=47)

    def test_holds_logs_and_discussion_move(self):
        gone = self.account(self.gone)
        hold = self.hold(self.gone_item, 15)
        released = self.hold(self.gone_item, 5)
        released._release()
        log = gone._work("skip", self.skip)
        message = gone.message_post(body="They moved to Austin")
        activity = gone.activity_schedule("mail.mail_activity_data_todo", summary="Call them")
        attachment = self.env["ir.attachment"].create(
            {"name": "a.txt", "raw": b"a", "res_model": gone._name, "res_id": gone.id}
        )
        kept = self.account(self.kept)
        self._merge(self.gone)
        self.assertEqual((hold | released).account_id, kept)
        self.assertEqual(log.account_id, kept)
        self.assertEqual((message.res_id, activity.res_id, attachment.res_id), (kept.id, kept.id, kept.id))
        self.assertRecordValues(
            hold | released,
            [{"amount_currency": 15, "date_released": False}, {"amount_currency": 5, "date_released": self.today}],
        )
        self.assertFigures(self.kept, amount_held=15, amount_collectible=125)

    def test_what_people_entered_is_kept(self):
        gone, kept = self.account(self.gone), self.account(self.kept)
        gone.write(
            {
                "collector_id": self.collector.id,
                "next_action": "Call",
                "next_action_date": self.day(3),
                "note": "<p>Gate code 7</p>",
            }
        )
        kept.write({"next_action": "Write", "note": "<p>Nice people</p>"})
        number = gone.name
        self._merge(self.gone)
        self.assertRecordValues(
            kept, [{"collector_id": self.collector.id, "next_action": "Write", "next_action_date": self.day(3)}]
        )
        self.assertIn("Gate code 7", kept.note)
        self.assertIn("Nice people", kept.note)
        self.assertIn(number, kept.message_ids[:1].body)

    def test_accounts_selected_in_one_dialog(self):
        """Both accounts stand in one relation: the pair must not make the merge fail."""
        kept, gone = self.account(self.kept), self.account(self.gone)
        dialog = self.env["collection.account.work"].create(
            {"action": "skip", "account_ids": [Command.set((kept | gone).ids)]}
        )
        self._merge(self.gone)
        self.assertEqual(dialog.account_ids, kept)

    def test_followers(self):
        gone, kept = self.account(self.gone), self.account(self.kept)
        (gone | kept).message_subscribe(self.collector.partner_id.ids)
        self._merge(self.gone)
        self.assertFalse(
            self.env["mail.followers"].search([("res_model", "=", "collection.account"), ("res_id", "=", gone.id)])
        )
        self.assertIn(self.collector.partner_id, kept.message_partner_ids)

    def test_each_company_by_itself(self):
        other = self.second_company()["company"]
        self.invoice(self.gone, 7, company=other)
        theirs = self.account(self.gone, other)
        self._merge(self.gone)
        self.assertEqual(self.account(self.kept, other), theirs)
        self.assertFigures(self.kept, company=other, amount_total=7)
        self.assertFigures(self.kept, amount_total=140)

    def test_contact_of_another_customer_is_merged(self):
        contact = self.contact(self.gone)
        entry = self.entry(contact, 30, overdue=3)
        hold = self.hold(self.items(entry), 10)
        self._merge(contact)
        self.assertFigures(self.kept, amount_total=130, amount_held=10)
        self.assertFigures(self.gone, amount_total=40, amount_held=0)
        self.assertEqual(hold.account_id, self.account(self.kept))

    def test_person_merged_into_a_contact(self):
        person = self.customer("Person", is_company=False)
        self.invoice(person, 7, overdue=1)
        self.account(person)
        contact = self.contact(self.kept)
        self._merge(person, into=contact)
        self.assertEqual(contact.commercial_partner_id, self.kept)
        self.assertFigures(self.kept, amount_total=107)
        self.assertFalse(self.Account.search([("partner_id", "in", (contact | person).ids)]))

    def test_company_merged_into_a_contact(self):
        """Odoo makes the contact a company: the account is its own."""
        gone, contact = self.account(self.gone), self.contact(self.kept)
        self._merge(self.gone, into=contact)
        self.assertEqual(contact.commercial_partner_id, contact)
        self.assertEqual(self.account(contact), gone)
        self.assertFigures(contact, amount_total=40)
        self.assertFigures(self.kept, amount_total=100)
