from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CollectionCoverage(models.Model):
    """How much of each portfolio is looked after, today: one row for each collector and company (SPEC §1)."""

    _name = "collection.coverage"
    _description = "Coverage by Collector"
    _auto = False
    _order = "overdue_count desc, id"
    _rec_name = "collector_id"

    collector_id = fields.Many2one("res.users", readonly=True, help="Empty: the accounts that nobody has.")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    account_count = fields.Integer(string="Accounts", readonly=True)
    overdue_count = fields.Integer(string="Overdue", readonly=True, help="Accounts with something overdue.")
    touched_count = fields.Integer(
        string="Touched", readonly=True, help="Overdue accounts that were done or had a contact in the last 14 days."
    )
    untouched_count = fields.Integer(string="Not Touched", readonly=True)
    coverage = fields.Float(
        string="Coverage (%)",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Touched ÷ overdue accounts × 100. In groups: the mean of the collectors.",
    )
    amount_overdue = fields.Monetary(string="Overdue Amount", readonly=True)
    amount_untouched = fields.Monetary(string="Not Touched Amount", readonly=True)
    listed_count = fields.Integer(string="On the Worklist", readonly=True, help="Accounts to be worked today.")

    @property
    def _table_query(self):
        Day = self.env["collection.day"]
        parts = [
            SQL(
                """SELECT MIN(id) AS id, collector_id, company_id, MIN(currency_id) AS currency_id, COUNT(*) AS account_count,
                          COUNT(*) FILTER (WHERE amount_overdue > 0) AS overdue_count,
                          COUNT(*) FILTER (WHERE amount_overdue > 0 AND %(touched)s) AS touched_count,
                          COUNT(*) FILTER (WHERE on_worklist) AS listed_count,
                          SUM(amount_overdue) AS amount_overdue,
                          SUM(amount_overdue) FILTER (WHERE amount_overdue > 0 AND (%(touched)s) IS NOT TRUE) AS amount_untouched
                     FROM collection_account WHERE company_id = %(company)s GROUP BY collector_id, company_id""",
                touched=Day._touched_condition(company._collection_today()),
                company=company.id,
            )
            for company in self.env.companies
        ]
        return SQL(
            """SELECT id, collector_id, company_id, currency_id, account_count, overdue_count, touched_count, listed_count,
                      amount_overdue, COALESCE(amount_untouched, 0) AS amount_untouched, overdue_count - touched_count AS untouched_count,
                      CASE WHEN overdue_count > 0 THEN 100.0 * touched_count / overdue_count ELSE 100 END AS coverage
                 FROM (%s) portfolio""",
            SQL(" UNION ALL ").join(parts),
        )

    @api.model
    def _search(self, *args, **kwargs):
        self.env["collection.account"].flush_model()
        return super()._search(*args, **kwargs)

    # ------------------------------------------------------------------
    # Drill-down
    # ------------------------------------------------------------------

    def action_view_accounts(self):
        """The accounts behind a row: all that is overdue, or (context `collection_untouched`) what nobody touched."""
        self.ensure_one()
        domain = Domain("company_id", "=", self.company_id.id) & Domain("collector_id", "=", self.collector_id.id)
        domain &= Domain("amount_overdue", ">", 0)
        if self.env.context.get("collection_untouched"):
            domain &= ~self.env["collection.day"]._touched_domain(self.company_id._collection_today())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Accounts of %(collector)s", collector=self.collector_id.name or self.env._("Nobody")),
            "res_model": "collection.account",
            "view_mode": "list,kanban,form",
            "domain": list(domain),
        }
