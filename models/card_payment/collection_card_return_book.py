from odoo import fields, models

from .collection_bounce import ReturnKind


class CollectionCardPayment(models.Model):
    """What went back: the matches are taken off, so that the items are open again and promises are judged anew."""

    _inherit = "collection.card.payment"

    def _follow_refund(self, transaction):
        """A refund failed, or was made at the provider without a request of ours."""
        record = transaction.collection_return_id
        if transaction.state in ("error", "cancel") and record.state == "sent":
            record._set_failed(transaction.state_message or self.env._("Refused by the provider"))
        elif transaction.state == "done" and not record:
            transaction.collection_return_id = self._adopt_refund(-transaction.amount)

    def _adopt_refund(self, amount):
        """A record for a refund that was made at the provider itself: the last items first."""
        commands, left = [], amount
        for line in self.line_ids.sorted(lambda each: (each.due_date, each.id), reverse=True):
            part = self.currency_id.round(min(left, line._left_to_return()))
            if self.currency_id.compare_amounts(part, 0) > 0:
                commands.append(fields.Command.create({"line_id": line.id, "amount_currency": part}))
                left -= part
        record = self.env["collection.card.return"].create(
            [{"payment_id": self.id, "reason": self.env._("Refunded at the provider"), "line_ids": commands}]
        )
        record._set_sent()
        return record

    def _book_refund(self, transaction, money):
        """The provider gave money back: `money` is its payment, posted."""
        record = transaction.collection_return_id
        if record and record.state != "done":
            record._reopen(money)
            record._set_done(money)

    def _after_return(self):
        """The state that follows from what went back."""
        for payment in self:
            returned = sum(payment.line_ids.mapped("amount_returned_currency"))
            payment._unguarded().amount_returned_currency = returned
            done = payment.return_ids.filtered(lambda each: each.state == "done")
            if "chargeback" in done.mapped("kind"):
                payment._set_returned("charged_back")
            elif payment.currency_id.compare_amounts(returned, payment.amount_currency) >= 0:
                payment._set_returned("refunded")
            elif returned:
                payment._set_returned("partly_refunded")


class CollectionCardReturn(models.Model):
    _inherit = "collection.card.return"

    def _book_chargeback(self):
        """An entry against the provider's account, of the day on which the bank took the money."""
        self.ensure_one()
        paid = self.payment_id._paid_transactions().payment_id[:1]
        money = self.env["account.payment"].create(
            [
                {
                    "payment_type": "outbound",
                    "partner_type": "customer",
                    "partner_id": paid.partner_id.id,
                    "amount": self.amount_currency,
                    "currency_id": self.currency_id.id,
                    "date": self.date,
                    "journal_id": paid.journal_id.id,
                    "company_id": paid.company_id.id,
                    "payment_method_line_id": paid.payment_method_line_id.id,
                    "destination_account_id": paid.destination_account_id.id,
                    "memo": self.env._(
                        "Chargeback %(name)s of %(receipt)s: %(reason)s",
                        name=self.name,
                        receipt=self.payment_id.receipt_number,
                        reason=self.reason,
                    ),
                }
            ]
        )
        money.action_post()
        moves = self.payment_id._paid_transactions().payment_id.move_id
        bounces = self.env["collection.bounce"]
        bounces._name_chargeback(moves, begins=True)
        self._reopen(money)
        bounces._name_chargeback(moves, begins=False)
        self._set_done(money)
        self.payment_id._log_contact(
            self.env._(
                "%(name)s: %(amount)s of %(payment)s charged back: %(reason)s",
                name=self.name,
                amount=self.currency_id.format(self.amount_currency),
                payment=self.payment_id.name,
                reason=self.reason,
            )
        )

    def _reopen(self, money):
        """Take the returned amounts off their items, and settle with them what was paid out.

        :param money: the outgoing `account.payment`, posted
        """
        self.ensure_one()
        debits = money.move_id.line_ids.filtered(
            lambda line: line.account_id == money.destination_account_id and line.balance > 0
        )
        received = self.payment_id._paid_transactions().payment_id.move_id.line_ids.filtered(
            lambda line: line.account_id == money.destination_account_id and line.balance < 0
        )
        for line in self.with_context(collection_card_return=ReturnKind(self.kind)).line_ids:
            line._take_off(received)
        for credit in received:
            unsettled = debits.filtered(lambda debit: not debit.reconciled)
            if unsettled and not credit.reconciled:
                (credit + unsettled).reconcile()


class CollectionCardReturnLine(models.Model):
    _inherit = "collection.card.return.line"

    def _take_off(self, received):
        """Take the returned amount off its item: what was never applied first, then from the matches with the payment."""
        paid, currency = self.line_id, self.currency_id
        unapplied = paid.amount_currency - paid.amount_applied_currency - paid.amount_returned_currency
        left = currency.round(self.amount_currency - max(0.0, unapplied))
        for part in paid.move_line_id.matched_credit_ids.filtered(lambda each: each.credit_move_id in received):
            if currency.compare_amounts(left, 0) <= 0:
                break
            taken = min(left, part.debit_amount_currency)
            credit, kept = part.credit_move_id, currency.round(part.debit_amount_currency - taken)
            part.unlink()
            if currency.compare_amounts(kept, 0) > 0:
                credit._collection_apply(paid.move_line_id, kept)
            left = currency.round(left - taken)
        paid._unguarded().amount_returned_currency = paid.amount_returned_currency + self.amount_currency
