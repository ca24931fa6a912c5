from odoo.tests import HttpCase, tagged

from .dispute_common import DisputeCommon


@tagged("post_install", "-at_install")
class TestDisputeTour(DisputeCommon, HttpCase):
    """A partial dispute while the rest stays collectible, and a resolver who decides one."""

    def test_collector_disputes_the_freight(self):
        self.member("collector", login="tour_collector", name="Tour Collector")
        customer = self.customer("Freight Corp.")
        move = self.bill(("Goods", 3000), (self.freight_product, 150.75), partner=customer)
        account = self.account(customer)
        self.start_tour(
            f"/odoo/collections-accounts/{account.id}", "collection_dispute_collector", login="tour_collector"
        )
        dispute = move.collection_dispute_ids
        self.assertEqual((dispute.state, dispute.amount, dispute.line_ids.part), ("routed", 150.75, "freight"))
        self.assertFigures(customer, amount_collectible=3000)

    def test_resolver_decides(self):
        resolver = self.member("resolver", login="tour_resolver", name="Tour Resolver")
        self.pricing.member_ids = resolver
        move = self.invoice(self.customer("Price Inc."), 1000, overdue=5)
        dispute = self.dispute(move, amount=400, route=True)
        self.start_tour("/odoo/my-disputes", "collection_dispute_resolver", login="tour_resolver")
        self.assertEqual((dispute.state, dispute.decision, dispute.accepted), ("resolving", "partly", 250))
        self.assertEqual(dispute.user_id, resolver)
        self.assertEqual(dispute.credit_move_ids.amount_total, 250)
