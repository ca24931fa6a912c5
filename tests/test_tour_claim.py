from odoo.tests import HttpCase, tagged

from .claim_common import ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimTour(ClaimCommon, HttpCase):
    """ "We paid that": the money is found on a sister company, asked for, and applied by the cashier."""

    def test_found_on_a_sister_and_applied(self):
        self.member("collector", login="tour_collector", name="Tour Collector")
        cashier = self.member("billing", login="tour_cashier", name="Tour Cashier")
        self.company.collection_request_user_id = cashier
        holding = self.customer("Tour Holding")
        customer = self.customer("Tour Customer", parent_id=holding.id)
        sister = self.customer("Tour Sister", parent_id=holding.id)
        self.invoice(customer, 1800, overdue=12)
        self.unapplied(sister, 1800)
        account = self.account(customer)
        self.start_tour(f"/odoo/collections-accounts/{account.id}", "collection_claim_take", login="tour_collector")
        claim = account.claim_ids
        self.assertEqual((claim.state, claim.amount, claim.reference), ("open", 1800, "4711"))
        request = claim.request_ids
        self.assertEqual((request.state, request.user_id), ("open", cashier))
        self.start_tour(f"/odoo/collections-requests/{request.id}", "collection_claim_apply", login="tour_cashier")
        self.assertEqual(self.state(claim), ("closed", "applied_here"))
        self.assertFigures(customer, amount_total=0, on_worklist=False)
