from odoo import api, models
from odoo.tools import SQL


class CollectionException(models.Model):
    """Hold until a date: all open items in the scope are held, also those that come later."""

    _inherit = "collection.exception"

    @api.model
    def _sync_holds(self, accounts=None):
        """Hold what is free of the open items in the scope of acting holds; called for what was touched, and by the job.

        :param accounts: only these accounts' items (default: all)
        """
        self.env.flush_all()
        rows = self.env.execute_query(self._held_items_query(accounts))
        if not rows:
            return
        lines = self.env["account.move.line"].sudo().browse(row[0] for row in rows)
        free = lines._collection_free_amounts()
        exceptions = self.sudo().browse({row[2] for row in rows}).grouped("id")
        vals_list = []
        for line, (_line_id, account_id, exception_id) in zip(lines, rows):
            if line.currency_id.compare_amounts(free[line.id], 0) > 0:
                exception = exceptions[exception_id]
                vals_list.append(
                    {
                        "account_id": account_id,
                        "move_line_id": line.id,
                        "amount_currency": free[line.id],
                        "kind": "exception",
                        "date_until": exception.date_to,
                        "reason": self.env._("Exception %(name)s", name=exception.name),
                        "res_model": self._name,
                        "res_id": exception_id,
                    }
                )
        if vals_list:
            self.env["collection.hold"]._place(vals_list)

    @api.model
    def _held_items_query(self, accounts=None):
        """`SQL` with line_id, account_id, exception_id: open debit items under an acting hold, each once, the narrowest scope's."""
        return SQL(
            """
            WITH acting AS MATERIALIZED (
                SELECT e.* FROM collection_exception e WHERE e.effect = 'hold' AND %(acting)s
            ), scope AS (
                SELECT a.id AS account_id, a.partner_id, a.company_id, e.id AS exception_id, e.move_id,
                       CASE WHEN e.move_id IS NULL THEN 2 ELSE 1 END AS rank
                  FROM acting e JOIN collection_account a ON a.id = e.account_id
                 UNION ALL
                SELECT a.id, a.partner_id, a.company_id, e.id, NULL, 3
                  FROM acting e JOIN res_partner c ON c.collection_sales_partner_id = e.sales_partner_id
                  JOIN collection_account a ON a.partner_id = c.id AND a.company_id = e.company_id
            )
            SELECT DISTINCT ON (l.id) l.id, s.account_id, s.exception_id
              FROM scope s
              JOIN res_partner p ON p.commercial_partner_id = s.partner_id
              JOIN account_move_line l ON l.partner_id = p.id AND l.company_id = s.company_id
             WHERE %(open)s AND l.amount_residual > 0 AND (s.move_id IS NULL OR l.move_id = s.move_id) AND (%(accounts)s)
             ORDER BY l.id, s.rank, s.exception_id
            """,
            acting=self._acting_condition("e"),
            open=self.env["account.move.line"]._collection_open_condition("l"),
            accounts=SQL("s.account_id = ANY(%s)", list(accounts.ids)) if accounts is not None else SQL("TRUE"),
        )

    def _release_holds(self, reason):
        """What these hold is chased again."""
        holds = self.env["collection.hold"].sudo()  # placed and released by the system
        holds = holds.search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("date_released", "=", False)]
        )
        holds._release(reason)
