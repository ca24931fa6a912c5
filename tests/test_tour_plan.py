from odoo.tests import HttpCase, tagged

from .plan_common import PlanCommon


@tagged("post_install", "-at_install")
class TestPlanTour(PlanCommon, HttpCase):
    """A mandatory plan is drawn up, returned, submitted again, and approved in the managers' meeting."""

    def test_returned_resubmitted_approved(self):
        customer = self.customer("Tour Customer")
        self.invoice(customer, 12_000, overdue=100)
        account = self.account(customer)
        account.collector_id = self.collector
        self.env.flush_all()
        page = f"/odoo/collections-accounts/{account.id}"
        self.start_tour(page, "collection_plan_submit", login="collector")
        plan = account.plan_ids
        self.assertEqual((plan.state, plan.amount_expected, plan.exposure_total), ("submitted", 5000, 12_000))
        page = f"/odoo/collections-plans/{plan.id}"
        self.start_tour(page, "collection_plan_return", login="manager")
        self.start_tour(page, "collection_plan_resubmit", login="collector")
        self.assertEqual((plan.state, plan.amount_expected), ("submitted", 9000))
        self.start_tour("/odoo/collections-reviews", "collection_plan_review", login="manager")
        self.assertEqual(plan.state, "approved")
        item = self.Review.search([], limit=1).item_ids
        self.assertEqual((item.state, item.decided_by_id, item.opinion_ids.opinion), ("approved", self.manager, "for"))
