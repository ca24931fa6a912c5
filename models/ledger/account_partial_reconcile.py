from odoo import api, models
from odoo.tools import SQL

# A payment that is rejected or cancelled is no money, even where its entry still stands (SPEC §0, "a bounce"). `credit` is the
# payment's receivable line.
DEAD_PAYMENT = SQL(
    "EXISTS (SELECT 1 FROM account_payment dead"
    " WHERE dead.id = credit.payment_id AND dead.state IN ('draft', 'canceled', 'rejected'))"
)


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    # Figures of a date give later matches back; today there are hardly any, and none should be looked for among all of the past.
    _collection_max_date_idx = models.Index("(max_date)")

    @api.model
    def _collection_cash_query(self, where=None):
        """Cash that closed receivables, one row per match (SPEC §0: "paid" is not "cash").

        A match counts when both its entries are posted and its credit side is an entry that moved money: one with a line on
        a bank, cash or card account, or on a payment's outstanding account. Where such an entry also holds a write-off, only
        the share that is money counts. A payment that was rejected or cancelled moved none.

        The caller flushes what it has written.

        :param where: `SQL` condition on `part` (the match), `debit` and `credit` (its lines)
        :return: `SQL` of a query with `partial_id, debit_line_id, credit_line_id, credit_move_id, company_id, partner_id, date,
            amount` (company currency) and `amount_currency` (in the debit item's currency)
        """
        return SQL(
            """
            SELECT part.id AS partial_id, debit.id AS debit_line_id, credit.id AS credit_line_id,
                   credit.move_id AS credit_move_id, debit.company_id, debit.partner_id, credit.date,
                   part.amount * money.share AS amount,
                   part.debit_amount_currency * money.share AS amount_currency
              FROM account_partial_reconcile part
              JOIN account_move_line debit ON debit.id = part.debit_move_id AND debit.parent_state = 'posted'
              JOIN account_move_line credit ON credit.id = part.credit_move_id AND credit.parent_state = 'posted'
              JOIN LATERAL (
                    SELECT LEAST(1, COALESCE(SUM(m.balance) FILTER (WHERE %(is_money)s)
                                    / NULLIF(-SUM(m.balance) FILTER (WHERE m.account_id = credit.account_id), 0), 0)) AS share
                      FROM account_move_line m
                      JOIN account_account acc ON acc.id = m.account_id
                     WHERE m.move_id = credit.move_id
                   ) money ON money.share > 0
             WHERE debit.account_id IN %(accounts)s AND NOT %(dead)s AND (%(where)s)
            """,
            is_money=self._collection_money_condition(),
            accounts=self.env["account.move.line"]._collection_receivable_account_ids(),
            dead=DEAD_PAYMENT,
            where=where or SQL("TRUE"),
        )

    @api.model
    def _collection_money_condition(self):
        """Condition on a line `m` of account `acc`: it stands for money received, in the bank or on its way there."""
        return SQL(
            """(acc.account_type IN ('asset_cash', 'liability_credit_card') OR acc.id IN (
                   SELECT payment_account_id FROM account_payment_method_line WHERE payment_account_id IS NOT NULL
                   UNION SELECT outstanding_account_id FROM account_payment WHERE outstanding_account_id IS NOT NULL
               ))"""
        )
