from odoo import api, fields, models


class CollectionPromiseInstallment(models.Model):
    """A customer with a pay-run calendar pays on its pay runs: promised dates move to the next one."""

    _inherit = "collection.promise.installment"

    @api.model_create_multi
    def create(self, vals_list):
        promises = self.env["collection.promise"].browse({vals.get("promise_id") for vals in vals_list} - {None, False})
        calendars = self.env["collection.exception"]._pay_run_calendars(promises.account_id)
        if calendars:
            accounts = {promise.id: promise.account_id for promise in promises}
            vals_list = [
                self._move_date(vals, calendars.get(accounts.get(vals.get("promise_id")))) for vals in vals_list
            ]
        return super().create(vals_list)

    def write(self, vals):
        if not vals.get("date"):
            return super().write(vals)
        calendars = self.env["collection.exception"]._pay_run_calendars(self.account_id)
        for account, own in self.grouped("account_id").items():
            super(CollectionPromiseInstallment, own).write(self._move_date(vals, calendars.get(account)))
        return True

    @api.model
    def _move_date(self, vals, calendar):
        if not calendar or not vals.get("date"):
            return vals
        day = fields.Date.to_date(vals["date"])
        return {**vals, "date": calendar._next_pay_runs({day})[day]}
