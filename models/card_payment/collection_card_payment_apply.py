from odoo import models


class CollectionCardPayment(models.Model):
    """What was received settles exactly the items that were agreed, with exactly those amounts."""

    _inherit = "collection.card.payment"

    def _apply(self, money):
        """Match a booked payment with the items. What was paid elsewhere meanwhile stays as an unapplied credit.

        :param money: `account.payment`, posted
        """
        self.ensure_one()
        self._keep_before()
        credit = self._credit_line(money)
        left = money.amount
        if credit:
            for line in self.line_ids.filtered("move_line_id"):
                left -= line._apply(credit, left)
        elif money:
            # Without an entry, the payment holds its invoices until the bank line comes.
            money.invoice_ids = self.line_ids.move_id
        for line in self.line_ids:
            line._unguarded().amount_after_currency = line.move_line_id.amount_residual_currency
        left = self.currency_id.round(left)
        if credit and self.currency_id.compare_amounts(left, 0) > 0:
            self._note_unapplied(left)
        self._sync_holds()

    def _keep_before(self):
        """What was open of each item before anything of this charge was applied."""
        for line in self.line_ids.filtered(
            lambda each: not (each.amount_applied_currency or each.amount_before_currency)
        ):
            line._unguarded().amount_before_currency = line.move_line_id.amount_residual_currency

    def _credit_line(self, money):
        """The receivable credit of a booked payment; none where it made no entry."""
        receivable = self.env["account.move.line"]._collection_receivable_account_ids()
        return money.move_id.line_ids.filtered(
            lambda line: line.account_id.id in receivable and line.balance < 0 and not line.reconciled
        )[:1]

    def _note_unapplied(self, amount):
        """Money for what was no longer open: a credit of the customer, and a task to say what becomes of it."""
        self._unguarded().amount_unapplied_currency = self.amount_unapplied_currency + amount
        self.account_id._add_task(
            self.env._("Card payment %(name)s: not all could be applied", name=self.name),
            self.env._(
                "%(amount)s stays as unapplied credit: its items had been settled otherwise meanwhile. Apply it to other items or ask"
                " for a refund.",
                amount=self.currency_id.format(amount),
            ),
        )


class CollectionCardPaymentLine(models.Model):
    _inherit = "collection.card.payment.line"

    def _apply(self, credit, available):
        """Settle the item with its agreed amount, as far as it is open and the money reaches.

        :return: what was applied, in the item's currency
        """
        self.ensure_one()
        currency, item = self.currency_id, self.move_line_id
        left = self.amount_currency - self.amount_applied_currency
        part = currency.round(min(left, item.amount_residual_currency, available))
        if currency.compare_amounts(part, 0) <= 0:
            return 0.0
        credit._collection_apply(item, part)
        self._unguarded().amount_applied_currency = self.amount_applied_currency + part
        return part
