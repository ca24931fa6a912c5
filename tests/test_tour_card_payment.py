from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from .card_payment_common import CardPaymentCommon


@tagged("post_install", "-at_install")
class TestCardPaymentTour(CardPaymentCommon, HttpCase):
    """A collector charges a saved card for the oldest invoices, and sees the receipt."""

    def test_charge_a_saved_card(self):
        self.member("collector", login="tour_collector", name="Tour Collector")
        one = self.items(self.invoice(self.acme, 100, overdue=20))
        two = self.items(self.invoice(self.acme, 200, overdue=10))
        self.saved_card()
        account = self.account(self.acme)
        Transaction = self.env.registry["payment.transaction"]
        # In a test nothing is committed, so that nothing would be handed over after it.
        with patch.object(
            Transaction,
            "_collection_send_after_commit",
            lambda tx: tx._collection_claim() and (tx._collection_ask() or tx._post_process()),
        ):
            self.start_tour(
                f"/odoo/collections-accounts/{account.id}", "collection_card_payment_charge", login="tour_collector"
            )
        self.assertEqual(self.residuals(one, two), [0, 150])
