from odoo import api, fields, models
from odoo.tools import SQL

from .collection_plan import LIVE


class CollectionPlan(models.Model):
    """Cash received against cash expected, and what the figures say of the plan."""

    _inherit = "collection.plan"

    amount_received = fields.Monetary(
        string="Received",
        compute="_compute_amount_received",
        help="Cash of the customer that closed items, dated from the plan's start on; for a plan that is over, up to its end.",
    )
    amount_received_final = fields.Monetary(readonly=True, copy=False)
    progress = fields.Float(
        string="Progress (%)", compute="_compute_progress", digits=(16, 0), help="Cash received ÷ cash expected."
    )
    covered = fields.Float(
        string="Of the Exposure (%)", compute="_compute_progress", digits=(16, 0), help="Cash expected ÷ exposure."
    )
    proposal = fields.Selection(
        [("achieved", "Achieved"), ("failed", "Failed")],
        readonly=True,
        copy=False,
        help="What the figures say: achieved when the expected cash came in, failed when the review date passed without it.",
    )

    def _guarded_fields(self):
        return super()._guarded_fields() | {"amount_received_final", "proposal"}

    @api.depends("state", "date_start", "amount_received_final")
    def _compute_amount_received(self):
        live = self.filtered(lambda plan: plan.state in LIVE and plan._origin)
        received = live._origin._cash_received()
        for plan in self:
            plan.amount_received = received.get(plan._origin.id, 0.0) if plan in live else plan.amount_received_final

    def _cash_received(self):
        """Cash that closed items of these plans' customers since each plan's start, in one query.

        :return: dict of plan id to an amount in company currency
        """
        if not self:
            return {}
        self.env.flush_all()
        cash = self.env["account.partial.reconcile"]._collection_cash_query(
            SQL(
                """part.max_date >= %s AND debit.company_id IN %s AND debit.partner_id IN (
                       SELECT id FROM res_partner WHERE commercial_partner_id IN %s)""",
                min(self.mapped("date_start")),
                tuple(self.company_id.ids),
                tuple(self.sudo().account_id.partner_id.ids) or (0,),  # of whoever's portfolio
            )
        )
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT p.id, SUM(c.amount)
                         FROM (%(cash)s) c
                         JOIN res_partner r ON r.id = c.partner_id
                         JOIN collection_account a ON a.company_id = c.company_id AND a.partner_id = r.commercial_partner_id
                         JOIN collection_plan p ON p.account_id = a.id AND c.date >= p.date_start
                        WHERE p.id IN %(plans)s
                        GROUP BY p.id""",
                    cash=cash,
                    plans=tuple(self.ids),
                )
            )
        )

    @api.depends("amount_received", "amount_expected", "exposure_total")
    def _compute_progress(self):
        for plan in self:
            expected, exposure = plan.amount_expected, plan.exposure_total
            plan.progress = min(100.0, 100.0 * plan.amount_received / expected) if expected else 0.0
            plan.covered = 100.0 * expected / exposure if exposure > 0 else 0.0

    def _verdict(self):
        """What the figures say now: ``achieved``, ``failed`` or None."""
        self.ensure_one()
        if self.state != "active":
            return None
        if self.currency_id.compare_amounts(self.amount_received, self.amount_expected) >= 0:
            return "achieved"
        return "failed" if self.review_date < self.company_id._collection_today() else None
