from odoo.tests import HttpCase, tagged

from .exception_common import ExceptionCommon


@tagged("post_install", "-at_install")
class TestExceptionTour(ExceptionCommon, HttpCase):
    """A collector proposes "send only to A/P", and the notice that waits is rerouted."""

    def test_notice_goes_to_ap(self):
        self.member("collector", login="tour_collector", name="Tour Collector")
        customer = self.customer("Tour Customer")
        self.invoice(customer, 1_000, overdue=5)
        account = self.account(customer)
        self.confirm()
        notice = self.notice(customer)
        self.assertEqual(notice.recipient_id, customer)
        self.ap(customer)
        self.start_tour(f"/odoo/collections-accounts/{account.id}", "collection_exception_ap", login="tour_collector")
        exception = account.exception_ids
        self.assertEqual((exception.effect, exception.state, exception.is_acting), ("ap_only", "proposed", True))
        self.go_out()
        self.env.flush_all()
        self.start_tour(
            f"/odoo/collections-accounts/{account.id}", "collection_exception_rerouted", login="tour_collector"
        )
