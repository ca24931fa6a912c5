from odoo.tests import HttpCase, tagged

from .common import CollectionsCommon
from .letters_common import LettersMixin


@tagged("post_install", "-at_install")
class TestDunningTour(LettersMixin, CollectionsCommon, HttpCase):
    """What a manager and a collector click in the dunning room."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.overdue = cls.customer("Overdue Ltd")
        cls.invoice(cls.overdue, 1200, overdue=4)
        cls.paused = cls.customer("Paused Inc")
        cls.hold(cls.items(cls.invoice(cls.paused, 700, overdue=4)))
        cls.manager = cls.member("manager", login="tour_manager", password="tour_manager")
        cls.collector = cls.member("collector", login="tour_collector", password="tour_collector")
        cls.account(cls.overdue)

    def test_manager_simulates_reviews_and_confirms(self):
        self.start_tour("/odoo/collections-runs", "collection_dunning_run", login="tour_manager")
        run = self.env["collection.run"].search([("company_id", "=", self.company.id)])
        self.assertEqual(run.state, "confirmed")
        self.assertEqual(run.confirmed_by_id, self.manager)
        notices = run.notice_ids.filtered(lambda notice: notice.state == "due")
        self.assertEqual(notices.partner_id, self.overdue)
        self.assertTrue(notices.ready)

    def test_collector_reads_why_an_item_is_left_out(self):
        run = self.env["collection.run"].create({"company_id": self.company.id})
        run.action_simulate()
        self.start_tour("/odoo/collections-left-out", "collection_dunning_reason", login="tour_collector")

    def test_collector_prints_letters(self):
        for name, zip_code in (("Austin Mills", "73301"), ("Boston Paper", "02101")):
            self.invoice(self.by_post(name, zip_code), 300, overdue=4)
        run = self.env["collection.run"].create({"company_id": self.company.id})
        run.action_simulate()
        run.action_confirm()
        with self.printer():
            self.start_tour("/odoo/collections-letters", "collection_dunning_letters", login="tour_collector")
        letters = run.notice_ids.filtered("letter_batch_id")
        self.assertEqual(letters._by_address().mapped("partner_id.name"), ["Boston Paper", "Austin Mills"])
        self.assertEqual(letters.letter_batch_id.create_uid, self.collector)

    def test_manager_makes_a_new_version(self):
        run = self.env["collection.run"].create({"company_id": self.company.id})
        run.action_simulate()
        run.action_confirm()
        policy = self.company.collection_policy_id
        self.start_tour("/odoo/collections-policies", "collection_dunning_version", login="tour_manager")
        version = policy._family() - policy
        self.assertEqual((version.state, version.date_from), ("active", self.day(1)))
        self.assertIn(16, version.step_ids.mapped("days"))
        self.assertNotIn(16, policy.step_ids.mapped("days"))
