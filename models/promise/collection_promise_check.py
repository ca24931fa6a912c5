from odoo import Command, api, models
from odoo.exceptions import ValidationError


class CollectionPromise(models.Model):
    """What can be promised: filling an amount over the items, and refusing what is wrong."""

    _inherit = "collection.promise"

    # ------------------------------------------------------------------
    # Filling
    # ------------------------------------------------------------------

    @api.model
    def _free_items(self, account, currency=None):
        """What can be promised of an account: open debit items with a free part, the oldest due first.

        :return: list of (item, free amount in its currency)
        """
        items = account.open_item_ids.filtered(
            lambda line: line.amount_residual > 0 and (not currency or line.currency_id == currency)
        )
        free = items._collection_free_amounts()
        return [(item, free[item.id]) for item in items if item.currency_id.compare_amounts(free[item.id], 0) > 0]

    @api.model
    def _fill(self, account, currency, amount):
        """Spread an amount over the account's free items, the oldest first.

        :return: list of (item, amount), as far as there is something free
        """
        parts, left = [], amount
        for item, free in self._free_items(account, currency):
            part = currency.round(min(left, free))
            if currency.compare_amounts(part, 0) <= 0:
                break
            parts.append((item, part))
            left -= part
        return parts

    @api.model
    def _fill_commands(self, account, currency, amount):
        return [
            Command.create({"move_line_id": item.id, "amount_currency": part})
            for item, part in self._fill(account, currency, amount)
        ]

    # ------------------------------------------------------------------
    # Checking
    # ------------------------------------------------------------------

    def _check_draft(self, complete=False):
        """Refuse what cannot be promised, in words that say what to change.

        :param complete: items and instalments must be there, too
        """
        for promise in self.filtered(lambda each: each.state == "draft"):
            promise._check_dates()
            promise._check_items()
            total = sum(promise.line_ids.mapped("amount_currency"))
            if complete and not promise.installment_ids:
                raise ValidationError(self.env._("Say when the customer pays: add a date and an amount."))
            if (complete or (promise.line_ids and promise.installment_ids)) and promise.currency_id.compare_amounts(
                total, promise.amount_currency
            ):
                raise ValidationError(
                    self.env._(
                        "The instalments add up to %(promised)s, the items to %(items)s. Both must be the same;"
                        " no more can be promised than is open and not held.",
                        promised=promise.currency_id.format(promise.amount_currency),
                        items=promise.currency_id.format(total),
                    )
                )

    def _check_dates(self):
        today = self.company_id._collection_today()
        if self.date > today:
            raise ValidationError(self.env._("A promise cannot be made later than today."))
        first = self.date if self.golive_id else max(today, self.date)
        if past := self.installment_ids.filtered(lambda each: each.date < first):
            raise ValidationError(
                self.env._("%(date)s is in the past: a promise is for today or later.", date=past[0].date)
            )
        if self.contact_id and self.contact_id.commercial_partner_id != self.partner_id:
            raise ValidationError(
                self.env._(
                    "%(contact)s is no contact of %(customer)s.",
                    contact=self.contact_id.display_name,
                    customer=self.partner_id.display_name,
                )
            )

    def _check_items(self):
        """Items are open debit items of this customer in this currency, each promised up to what is free of it."""
        Line = self.env["account.move.line"]
        receivable = Line._collection_receivable_account_ids()
        # Which customer's items these are must not depend on what the user may read.
        items = self.sudo().line_ids.move_line_id
        free = items._collection_free_amounts()
        for line in self.sudo().line_ids:
            item = line.move_line_id
            if item.parent_state != "posted" or item.account_id.id not in receivable or item.amount_residual <= 0:
                raise ValidationError(
                    self.env._(
                        "%(item)s is not open: only posted, unpaid items can be promised.", item=line.display_name
                    )
                )
            if item.partner_id.commercial_partner_id != self.partner_id or item.company_id != self.company_id:
                raise ValidationError(
                    self.env._(
                        "%(item)s is not an item of %(account)s.",
                        item=line.display_name,
                        account=self.account_id.display_name,
                    )
                )
            if item.currency_id != self.currency_id:
                raise ValidationError(
                    self.env._(
                        "%(item)s is in %(other)s: make a promise of its own for each currency.",
                        item=line.display_name,
                        other=item.currency_id.name,
                    )
                )
            if self.currency_id.compare_amounts(line.amount_currency, free[item.id]) > 0:
                raise ValidationError(
                    self.env._(
                        "Of %(item)s only %(free)s can be promised: the rest is paid, promised already or held for another reason.",
                        item=line.display_name,
                        free=self.currency_id.format(free[item.id]),
                    )
                )
