from odoo.tests import HttpCase, tagged

from .statement_common import StatementCommon


@tagged("post_install", "-at_install")
class TestStatementTour(StatementCommon, HttpCase):
    """A collector makes a statement from the account's page, with a preview."""

    def test_from_the_account(self):
        self.member("collector", login="tour_collector", name="Tour Collector")
        customer = self.customer("Tour Customer")
        self.invoice(customer, 1_000, overdue=5)
        account = self.account(customer)
        self.start_tour(f"/odoo/collections-accounts/{account.id}", "collection_statement_make", login="tour_collector")
        statement = account.statement_ids
        self.assertEqual((statement.kind, statement.state, statement.amount_total), ("activity", "printed", 1_000))
