from odoo import models


class CollectionPromise(models.Model):
    """A promise beyond the horizon waits as a draft for a manager; until then it holds nothing."""

    _inherit = "collection.promise"

    def _approval_kind(self):
        return "promise"

    def _approval_roles(self):
        return ("manager",) if self._is_beyond_horizon() else ()

    def _approval_is_open(self):
        return self.state == "draft"

    def _approval_facts(self):
        self.ensure_one()
        return {
            "currency": self.currency_id.name,
            "installments": [[str(each.date), each.amount_currency] for each in self.installment_ids.sorted("date")],
            "items": sorted([line.move_line_id.id, line.amount_currency] for line in self.line_ids),
        }

    def _approval_summary(self):
        self.ensure_one()
        _ = self.env._
        return {
            "title": _("Promise beyond the horizon: %(promise)s", promise=self.display_name),
            "amount": self.amount_currency,
            "currency": self.currency_id,
            "partner": self.partner_id,
            "since": min(self.line_ids.mapped("due_date"), default=None),
            "effect": _("The promised amounts are not chased until their dates, and the customer gets a confirmation."),
            "details": [
                (str(each.date), self.currency_id.format(each.amount_currency))
                for each in self.installment_ids.sorted("date")
            ],
        }

    def _on_approved(self):
        result = super()._on_approved()
        self.filtered(lambda each: each.state == "draft")._confirm()
        return result

    def _on_refused(self, reason):
        result = super()._on_refused(reason)
        self.filtered(lambda each: each.state == "draft").action_withdraw(
            self.env._("Not approved: %(reason)s", reason=reason)
        )
        return result
