from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class CollectionPlanRule(models.Model):
    """When a plan of action is mandatory (SPEC §8). All conditions of a rule must hold; the first rule that applies is named."""

    _name = "collection.plan.rule"
    _description = "Plan Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Empty: the rule counts in every company. A company's rule counts in its branches too."
    )
    amount_from = fields.Float(string="Overdue From", help="In the company's currency. 0: the amount does not matter.")
    days_from = fields.Integer(
        string="Oldest Item From (Days)", help="Days overdue of the oldest item. 0: the age does not matter."
    )
    level_from = fields.Integer(
        string="Broken Promises From", help="Level of broken promises. 0: promises do not matter."
    )
    on_credit_hold = fields.Boolean(help="The account must be on credit hold.")

    @api.constrains("name", "amount_from", "days_from", "level_from", "on_credit_hold")
    def _check_conditions(self):
        for rule in self:
            numbers = (rule.amount_from, rule.days_from, rule.level_from)
            if min(numbers) < 0:
                raise ValidationError(self.env._("“%(rule)s”: limits cannot be negative.", rule=rule.name))
            if not (any(numbers) or rule.on_credit_hold):
                raise ValidationError(
                    self.env._("“%(rule)s” needs a condition: every account would need a plan.", rule=rule.name)
                )

    # ------------------------------------------------------------------
    # Changes renew the accounts
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self._on_changed()
        return rules

    def write(self, vals):
        result = super().write(vals)
        self._on_changed()
        return result

    def unlink(self):
        result = super().unlink()
        self._on_changed()
        return result

    def _on_changed(self):
        self.env.registry.clear_cache()
        self.env["collection.account"]._touch_everything()

    # ------------------------------------------------------------------
    # Rules as SQL
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _conditions(self):
        """The active rules as plain values: accounts are refreshed often, rules change hardly ever."""
        # Record rules hide other companies' rules from the user who triggers a refresh; each rule names its company itself.
        return tuple(
            (
                rule.id,
                rule.company_id.parent_path,
                rule.amount_from,
                rule.days_from,
                rule.level_from,
                rule.on_credit_hold,
            )
            for rule in self.sudo().search([])
        )

    @api.model
    def _case(self, credit_hold):
        """The id of the first rule that asks for a plan, as SQL over `n`, a row with the columns of `collection_account`.

        :param credit_hold: `SQL` over `n`: the account is on credit hold
        """
        cases = []
        for rule_id, path, amount, days, level, on_hold in self._conditions():
            parts = [SQL("n.amount_overdue > 0")]
            if path:
                parts.append(
                    SQL("n.company_id IN (SELECT c.id FROM res_company c WHERE c.parent_path LIKE %s)", f"{path}%")
                )
            if amount:
                parts.append(SQL("n.amount_overdue >= %s", amount))
            if days:
                parts.append(SQL("n.figures_date - n.oldest_due_date >= %s", days))
            if level:
                parts.append(SQL("n.broken_promise_level >= %s", level))
            if on_hold:
                parts.append(credit_hold)
            cases.append(SQL("WHEN %s THEN %s", SQL(" AND ").join(SQL("(%s)", part) for part in parts), rule_id))
        return SQL("CASE %s END", SQL(" ").join(cases)) if cases else SQL("NULL::integer")
