from odoo.tests import HttpCase, tagged

from .promise_common import PromiseCommon


@tagged("post_install", "-at_install")
class TestPromiseTour(PromiseCommon, HttpCase):
    """A collector takes "20,000 on Friday", the customer pays, and the promise is kept."""

    def test_promise_kept_after_payment(self):
        self.member("collector", login="tour_collector", name="Tour Collector")
        customer = self.customer("Tour Customer")
        invoice = self.invoice(customer, 20_000, overdue=12)
        account = self.account(customer)
        self.start_tour(f"/odoo/collections-accounts/{account.id}", "collection_promise_take", login="tour_collector")
        promise = account.promise_ids
        self.assertEqual((promise.state, promise.amount, promise.next_date), ("open", 20_000, self.day(2)))
        self.pay(invoice)
        self.assertEqual(self.states(promise)[0], "kept")
        self.env.flush_all()
        self.start_tour(f"/odoo/collections-promises/{promise.id}", "collection_promise_kept", login="tour_collector")
