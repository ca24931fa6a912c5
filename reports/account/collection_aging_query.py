from odoo import models
from odoo.tools import SQL

from ...models.ledger.account_move_line_as_of import AS_OF_DEPENDS


class CollectionAgingReport(models.Model):
    """The report's own query: what the ledger says of a date, and nothing else."""

    _inherit = "collection.aging.report"
    _depends = {
        "account.move": ["name", "ref", "move_type", "debit_origin_id", "origin_payment_id", "statement_line_id"]
        + ["invoice_user_id", "collection_sales_partner_id"],
        **AS_OF_DEPENDS,
        "collection.account": ["partner_id", "company_id", "collector_id"],
        "collection.hold": [
            "company_id",
            "move_line_id",
            "amount_currency",
            "kind",
            "date_from",
            "date_until",
            "date_released",
        ],
        "res.company": [
            "currency_id",
            "collection_bucket_1",
            "collection_bucket_2",
            "collection_bucket_3",
            "collection_bucket_4",
        ],
        "res.partner": ["commercial_partner_id", "country_id"],
    }

    @property
    def _table_query(self):
        by_day = {}
        for company, day in self._as_of_by_company().items():
            by_day.setdefault(day, []).append(company.id)
        lines = self.env["account.move.line"]
        return SQL(" UNION ALL ").join(
            SQL("(%s)", lines._collection_as_of_query(day, tuple(company_ids))) for day, company_ids in by_day.items()
        )
