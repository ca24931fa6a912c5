from odoo.tests import HttpCase, tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestContactTour(CollectionsCommon, HttpCase):
    """What a collector clicks to call, to write and to answer, with the rights of the role and nothing more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.member("collector", login="tour_collector", name="Tour Collector")
        cls.alder = cls._account("Alder Works", 12000, "America/New_York")
        cls.birch = cls._account("Birch Supply", 2000, "America/Chicago")
        cls.cedar = cls._account("Cedar Mills", 500, "America/Anchorage")

    @classmethod
    def _account(cls, name, amount, zone):
        customer = cls.customer(name, tz=zone, phone="+1 555 0100")
        cls.invoice(customer, amount, overdue=10)
        account = cls.account(customer)
        account.collector_id = cls.collector
        return account

    def _tour(self, name):
        self.start_tour("/odoo/collections-worklist", name, login="tour_collector")

    def test_calls(self):
        self._tour("collection_call")
        call = self.alder.contact_activity_ids
        self.assertRecordValues(
            call,
            [
                {
                    "is_live": True,
                    "timer_running": False,
                    "state": "done",
                    "note": "By ACH",
                    "user_id": self.collector.id,
                    "next_action_date": self.day(2),
                }
            ],
        )
        self.assertEqual((self.alder.stage, self.alder.on_worklist), ("promised", False))
        self.assertEqual(call.promise_id, self.alder.promise_ids)
        self.assertEqual((call.promise_id.state, call.promise_id.amount), ("open", 12_000))
        self.assertEqual(call.promise_id.contact_id, call.contact_id)
        self.assertEqual((self.birch.stage, self.birch.last_contact_date), ("contacted", self.today))
        self.assertFalse(self.birch.contact_activity_ids.is_live)

    def test_window(self):
        self._tour("collection_call_blocked")
        self.assertFalse(self.cedar.contact_activity_ids)
        with self.at(f"{self.today} 16:00:00"):
            self._tour("collection_call_opened")
        self.assertTrue(self.cedar.contact_activity_ids.is_attempt)
        self.assertFalse(self.cedar.contact_activity_ids.outside_window)

    def test_writing(self):
        self._tour("collection_write")
        self.assertEqual(self.alder.contact_activity_ids.mail_message_id.partner_ids, self.alder.partner_id)

    def test_inquiry(self):
        self._tour("collection_inquiry")
        self.assertRecordValues(
            self.alder.inquiry_ids, [{"state": "closed", "question": "All of March", "user_id": self.collector.id}]
        )
