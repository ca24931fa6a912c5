from odoo import api, models
from odoo.tools import SQL

# Steps that reach the customer; the others stay inside the house.
TO_CUSTOMER = ("mail", "call", "final_demand")


class CollectionRun(models.Model):
    """Special exceptions in a run, by sets: what they leave out, each with its reason (SPEC §7)."""

    _inherit = "collection.run"

    def _exception_query(self):
        """What acts on the documents of `collection_run_asked`, the narrowest scope's of each kind."""
        items = SQL(
            """SELECT i.account_id, i.move_id, a.company_id, a.partner_id AS customer_id,
                      p.collection_sales_partner_id AS sales_partner_id
                 FROM collection_run_asked i JOIN collection_account a ON a.id = i.account_id
                 JOIN res_partner p ON p.id = a.partner_id"""
        )
        acting = SQL(
            "e.company_id = %s AND e.effect IN %s",
            self.company_id.id,
            ("grace", "partner_first", "statements_only", "tolerance"),
        )
        return self.env["collection.exception"]._effective_query(items, SQL("account_id, move_id"), acting)

    def _leave_out_excepted(self):
        """Give the items that an exception leaves out their reason."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE collection_run_item i SET reason = 'statements_only' FROM collection_run_exception x
                 WHERE i.reason IS NULL AND i.grp IN %(to_customer)s AND x.effect = 'statements_only'
                   AND x.account_id = i.account_id AND x.move_id = i.move_id;

                UPDATE collection_run_item i SET reason = 'partner_first'
                  FROM collection_run_exception x JOIN account_move m ON m.id = x.move_id
                 WHERE i.reason IS NULL AND i.grp IN %(to_customer)s AND i.days > 0 AND x.effect = 'partner_first'
                   AND x.account_id = i.account_id AND x.move_id = i.move_id
                   AND m.collection_sales_partner_id IS NOT NULL AND NOT %(told)s;

                -- The customer's overdue, or that of the document alone where the exception is the document's.
                WITH overdue AS (
                    SELECT i.account_id, i.move_id, x.exception_id, x.amount,
                           SUM(SUM(i.asked)) OVER (PARTITION BY x.exception_id, i.account_id,
                               CASE WHEN e.scope = 'invoice' THEN i.move_id END) AS asked
                      FROM collection_run_exception x
                      JOIN collection_exception e ON e.id = x.exception_id
                      JOIN collection_run_asked i ON i.account_id = x.account_id AND i.move_id = x.move_id AND i.due < %(today)s
                     WHERE x.effect = 'tolerance'
                     GROUP BY i.account_id, i.move_id, x.exception_id, x.amount, e.scope
                )
                UPDATE collection_run_item i SET reason = 'tolerance' FROM overdue o
                 WHERE i.reason IS NULL AND i.days > 0 AND i.account_id = o.account_id AND i.move_id = o.move_id
                   AND ROUND(o.asked, %(digits)s) < o.amount
                """,
                to_customer=TO_CUSTOMER,
                told=self._told_condition(self.company_id, SQL("x.move_id"), SQL("x.days")),
                today=SQL("%s::date", self.company_id._collection_today()),
                digits=self.company_id.currency_id.decimal_places,
            )
        )

    def _leave_out_without_letters(self):
        """Where letters are ruled out and no e-mail reaches anybody, that is the reason."""
        items = self.env["collection.exception"]._account_items(SQL("SELECT account_id FROM collection_run_item"))
        ruled = self.env["collection.exception"]._effective_query(
            items, SQL("account_id"), SQL("e.effect IN ('portal_only', 'letters_only', 'no_letters')")
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE collection_run_item i SET reason = 'no_letters' FROM (%s) x
                 WHERE i.reason IS NULL AND i.grp IN ('mail', 'final_demand') AND x.effect = 'no_letters'
                   AND x.account_id = i.account_id
                   AND NOT EXISTS (SELECT 1 FROM collection_run_recipient r WHERE r.account_id = i.account_id)
                """,
                ruled,
            )
        )

    @api.model
    def _told_condition(self, company, move, days):
        """Whether the sales partner was told of a document so many days ago: by a notice, or by a logged contact about it.

        :param move: `SQL` of the document's id
        :param days: `SQL` of the number of days
        """
        return SQL(
            """(EXISTS (SELECT 1 FROM collection_notice_line k JOIN collection_notice n ON n.id = k.notice_id
                         WHERE k.move_id = %(move)s AND k.track = 'sales_partner' AND k.counted
                           AND n.state IN ('queued', 'sent') AND n.sent_on <= %(today)s - %(days)s)
                OR EXISTS (SELECT 1 FROM collection_activity c JOIN account_move_collection_activity_rel r
                                ON r.collection_activity_id = c.id
                         WHERE r.account_move_id = %(move)s AND c.sales_partner_id IS NOT NULL AND c.state = 'done'
                           AND c.direction = 'out' AND c.business_date <= %(today)s - %(days)s))""",
            move=move,
            days=days,
            today=SQL("%s::date", company._collection_today()),
        )
