from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL


class CollectionRun(models.Model):
    """How much of each open item is asked for, worked out by sets (SPEC §0 "Collectible").

    Preparing a run and checking a notice again at the moment of sending both read it.
    """

    _inherit = "collection.run"

    @api.model
    def _asked_tables(self, company, accounts=None, due_until=None):
        """Common table expressions up to `asked`: every open debit item, with what is asked for, or why nothing is.

        Lines of one document with the same due date and currency are one item (DESIGN §2, the key of a notice line). Credits cover
        the oldest items first, so that over a customer's overdue items of one currency `asked_cur` sums up to what is collectible.

        :param accounts: `SQL` condition on the account `a` (default: all of the company)
        :param due_until: date; items due later are left out (they are the last to be covered by credits)
        """
        reasons = self.env["collection.notice"]._suppress_reason_of_hold()
        return SQL(
            """
            hold_kind (kind, reason) AS (VALUES %(kinds)s),
            line AS (
                SELECT a.id AS account_id, l.id AS line_id, l.move_id, COALESCE(l.date_maturity, l.date) AS due, l.currency_id,
                       l.amount_residual AS open, l.amount_residual_currency AS open_cur,
                       l.no_followup AND j.type != 'general' AS no_followup, l.collection_reserved
                  FROM account_move_line l
                  JOIN account_journal j ON j.id = l.journal_id
                  JOIN res_partner p ON p.id = l.partner_id
                  JOIN collection_account a ON a.partner_id = p.commercial_partner_id AND a.company_id = l.company_id
                 WHERE l.company_id = %(company)s AND %(open)s AND (%(accounts)s)
            ), hold AS (
                SELECT l.line_id, LEAST(COALESCE(SUM(h.amount_currency) FILTER (WHERE %(live)s), 0), MAX(ABS(l.open_cur))) AS amount,
                       (ARRAY_AGG(k.reason ORDER BY h.amount_currency DESC, h.id) FILTER (WHERE %(live)s))[1] AS reason,
                       MAX(LEAST(h.date_until, h.date_released)) FILTER (
                           WHERE LEAST(h.date_until, h.date_released) <= %(today)s AND NOT %(live)s
                             AND (h.date_released IS NULL OR h.date_released > h.date_from)) AS ended
                  FROM line l JOIN collection_hold h ON h.move_line_id = l.line_id LEFT JOIN hold_kind k ON k.kind = h.kind
                 GROUP BY l.line_id
            ), held AS (
                SELECT l.*, COALESCE(h.amount, 0) AS held_cur, h.reason, h.ended FROM line l LEFT JOIN hold h ON h.line_id = l.line_id
            ), balance AS (
                -- A reserved deposit neither covers anything nor puts a customer in credit.
                SELECT account_id, currency_id, SUM(open_cur) AS balance, SUM(-open_cur - held_cur) FILTER (WHERE open < 0) AS credit
                  FROM held WHERE open > 0 OR collection_reserved IS NOT TRUE
                 GROUP BY account_id, currency_id
            ), item AS (
                SELECT account_id, move_id, due, currency_id, MIN(line_id) AS line_id, SUM(open) AS open, SUM(open_cur) AS open_cur,
                       SUM(CASE WHEN no_followup THEN 0 ELSE open_cur - held_cur END) AS free_cur,
                       (ARRAY_AGG(reason ORDER BY held_cur DESC, line_id) FILTER (WHERE held_cur > 0))[1] AS hold_reason,
                       MAX(ended) AS ended, BOOL_OR(no_followup) AS no_followup
                  FROM held WHERE open > 0 AND due <= %(due_until)s
                 GROUP BY account_id, move_id, due, currency_id
            ), covered AS (
                SELECT i.*, b.balance,
                       LEAST(i.free_cur, GREATEST(0, SUM(i.free_cur) OVER (
                           PARTITION BY i.account_id, i.currency_id ORDER BY i.due, i.move_id
                       ) - COALESCE(b.credit, 0))) AS asked_cur
                  FROM item i JOIN balance b ON b.account_id = i.account_id AND b.currency_id = i.currency_id
            ), asked AS (
                SELECT c.*, CASE WHEN c.open_cur = 0 THEN 0 ELSE c.open * c.asked_cur / c.open_cur END AS asked,
                       CASE WHEN c.free_cur <= 0 AND c.no_followup THEN 'no_followup'
                            WHEN c.free_cur <= 0 THEN COALESCE(c.hold_reason, 'covered')
                            WHEN c.balance <= 0 THEN 'credit_balance'
                            WHEN c.asked_cur <= 0 THEN 'covered' END AS reason
                  FROM covered c
            )
            """,
            kinds=SQL(", ").join(SQL("(%s, %s)", kind, reason) for kind, reason in reasons.items()),
            live=self.env["collection.hold"]._live_condition(SQL("%s::date", company._collection_today()), "h"),
            today=SQL("%s::date", company._collection_today()),
            due_until=SQL("%s::date", due_until) if due_until else SQL("'infinity'::date"),
            company=company.id,
            open=self.env["account.move.line"]._collection_open_condition("l"),
            accounts=accounts or SQL("TRUE"),
        )

    @api.model
    def _asked_rows(self, company, accounts):
        """What is asked for now of the items of some accounts, with the reason where it is nothing: a list of dicts."""
        return self.env.execute_query_dict(
            SQL(
                "WITH %s SELECT account_id, move_id, due, currency_id, open_cur, asked_cur, asked, reason, ended FROM asked",
                self._asked_tables(company, accounts),
            )
        )

    @api.model
    def _asked_query(self, company):
        """The items that any step could concern, with what is asked for."""
        first_day = min(self._policies_in_use(company).step_ids.mapped("days"), default=0)
        due_until = company._collection_today() - timedelta(days=first_day)
        return SQL("WITH %s SELECT * FROM asked", self._asked_tables(company, due_until=due_until))
