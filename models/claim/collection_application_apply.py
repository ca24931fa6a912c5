from odoo import models
from odoo.exceptions import AccessError, UserError


class CollectionApplicationRequest(models.Model):
    """Applying in one click, with the rights and by the methods of accounting."""

    _inherit = "collection.application.request"

    def _check_may_apply(self):
        """:raise AccessError: the user may not match entries"""
        self.check_access("read")
        for request in self:
            if not self.env.user._collection_may_apply(request.company_id):
                raise AccessError(
                    self.env._(
                        "Only who may match entries applies money. %(owner)s is asked to do it.",
                        owner=request.user_id.name,
                    )
                )

    def action_apply(self):
        """Match the money with the items: drafts are posted, bank lines booked on the customer, then all is reconciled.

        :raise AccessError: the user may not match entries
        :raise UserError: there is no money to apply, or nothing to apply it to
        """
        self._check_may_apply()
        self.sudo()._judge()  # some of it may have been applied meanwhile
        for request in self:
            request._update_state((), "open")
            request._apply()
        self.sudo()._judge()  # what was applied is the system's to say
        self.sudo().claim_id._evaluate()
        return True

    def _apply(self):
        """Match what is asked for as a whole first, then parts of items with what is left of the money, and no more than was asked."""
        lines = self.line_ids.filtered(lambda line: line.is_matched and line.move_line_id)
        lines = lines.filtered(lambda line: line.move_line_id.amount_residual > 0)
        if not lines:
            raise UserError(
                self.env._("Nothing of %(request)s is open: match its lines with items first.", request=self.name)
            )
        money = self._money_lines()
        currency = self.currency_id
        whole = lines.filtered(
            lambda line: currency.compare_amounts(line._to_apply(), line.move_line_id.amount_residual_currency) >= 0
        )
        part = lines - whole
        if whole:
            (money + whole.move_line_id).reconcile()
        for line in part:
            rest = money.filtered(lambda each: each.amount_residual < 0 and not each.reconciled)
            if rest:
                rest._collection_apply(line.move_line_id, line._to_apply())

    def _money_lines(self):
        """The receivable credits to apply; drafts and bank lines are booked for it."""
        unbooked = self.payment_ids.filtered(lambda payment: payment.state != "draft" and not payment.move_id)
        if unbooked:
            raise UserError(
                self.env._(
                    "%(payment)s has no entry: it is applied when its bank line is reconciled.",
                    payment=unbooked[0].name,
                )
            )
        drafts = self.payment_ids.filtered(lambda payment: payment.state == "draft")
        drafts.action_post()
        lines = self.credit_line_ids | self.payment_ids.move_id.line_ids
        for statement_line in self.statement_line_ids:
            lines |= self._book(statement_line)
        receivable = self.env["account.move.line"]._collection_receivable_account_ids()
        money = lines.filtered(
            lambda line: (
                line.account_id.id in receivable
                and line.parent_state == "posted"
                and line.amount_residual < 0
                and not line.reconciled
            )
        )
        if not money:
            raise UserError(
                self.env._(
                    "There is no money to apply in %(request)s: name the receipt, or wait until it is booked.",
                    request=self.name,
                )
            )
        return money.sorted(lambda line: (line.date, line.id))

    def _book(self, statement_line):
        """Book a bank line that is not reconciled on the customer's receivables, as Odoo's reconciliation does."""
        customer = self.partner_id
        account = customer.with_company(self.company_id).property_account_receivable_id
        items = self.line_ids.move_line_id
        if items and statement_line.currency_id == self.currency_id:
            account = items[0].account_id
        _money, suspense, _other = statement_line.with_context(skip_account_move_synchronization=True)._seek_for_lines()
        if suspense:
            statement_line.partner_id = customer
            suspense.write({"account_id": account.id, "partner_id": customer.id})
        return statement_line.move_id.line_ids
