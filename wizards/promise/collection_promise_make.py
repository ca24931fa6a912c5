from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

FRIDAY = 4


class CollectionPromiseMake(models.TransientModel):
    _name = "collection.promise.make"
    _description = "Take a Promise"

    account_id = fields.Many2one("collection.account", required=True, readonly=True)
    promise_id = fields.Many2one("collection.promise", string="Moved Promise", readonly=True)
    partner_id = fields.Many2one(related="account_id.partner_id")
    company_id = fields.Many2one(related="account_id.company_id")
    currency_id = fields.Many2one("res.currency", required=True, domain="[('id', 'in', currency_ids)]")
    currency_ids = fields.Many2many("res.currency", string="Currencies", compute="_compute_free")
    has_choice = fields.Boolean(string="Several Currencies", compute="_compute_free")
    amount_free = fields.Monetary(
        string="Can Be Promised", compute="_compute_free", help="Open debit items less holds, in this currency."
    )
    amount = fields.Monetary()
    date = fields.Date()
    quick_date = fields.Selection(
        [("tomorrow", "Tomorrow"), ("friday", "Friday"), ("next_friday", "Friday week"), ("month_end", "End of month")],
    )
    is_split = fields.Boolean(string="In several instalments")
    installment_ids = fields.One2many("collection.promise.make.installment", "wizard_id", string="Instalments")
    line_ids = fields.One2many("collection.promise.make.line", "wizard_id", string="Items")
    contact_id = fields.Many2one("res.partner", string="Promised By")
    channel = fields.Selection(
        selection=lambda self: self.env["collection.promise"]._fields["channel"]._description_selection(self.env),
        string="How",
        required=True,
        default="call",
    )
    note = fields.Text()
    send_confirmation = fields.Boolean(string="Confirm by e-mail", default=True)
    mail_to = fields.Char(string="Confirmation To", compute="_compute_mail_to")

    # ------------------------------------------------------------------
    # Defaults and computes
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        moved = self.env["collection.promise"].browse(values.get("promise_id") or ())
        account = moved.account_id or self.env["collection.account"].browse(values.get("account_id") or ())
        if not account:
            return values
        values["account_id"] = account.id
        if moved:
            values.update(self._default_of_moved(moved))
        else:
            overdue_first = self.env["collection.promise"]._free_items(account)
            currency = overdue_first[0][0].currency_id if overdue_first else account.currency_id
            values.setdefault("currency_id", currency.id)
            values.setdefault("contact_id", account.ap_contact_id.id)
        return values

    @api.model
    def _default_of_moved(self, moved):
        live = moved.installment_ids.filtered(lambda each: each.state in ("open", "pending_application"))
        left = [
            (each, moved.currency_id.round(each.amount_due_currency - each.amount_received_currency)) for each in live
        ]
        return {
            "currency_id": moved.currency_id.id,
            "contact_id": moved.contact_id.id,
            "channel": moved.channel,
            "amount": sum(amount for _each, amount in left),
            "is_split": len(left) > 1,
            "installment_ids": [
                Command.create({"date": each.date, "amount": amount}) for each, amount in left if len(left) > 1
            ],
        }

    @api.depends("account_id", "currency_id", "promise_id")
    def _compute_free(self):
        for wizard in self:
            free = self.env["collection.promise"]._free_items(wizard.account_id) if wizard.account_id else []
            wizard.currency_ids = self.env["res.currency"].union(*(item.currency_id for item, _free in free))
            wizard.has_choice = len(wizard.currency_ids) > 1
            own = sum(amount for item, amount in free if item.currency_id == wizard.currency_id)
            wizard.amount_free = own + wizard.promise_id.amount_open_currency

    @api.depends("contact_id", "account_id")
    def _compute_mail_to(self):
        for wizard in self:
            draft = self.env["collection.promise"].new(
                {"account_id": wizard.account_id.id, "contact_id": wizard.contact_id.id}
            )
            recipient = draft._mail_recipient()._origin or draft._mail_recipient()
            wizard.mail_to = (
                f"{recipient.name or recipient.display_name} <{recipient.email_normalized}>"
                if recipient
                else self.env._("Nobody: no address, or nobody may be written to by e-mail")
            )

    # ------------------------------------------------------------------
    # Filling in
    # ------------------------------------------------------------------

    @api.onchange("quick_date")
    def _onchange_quick_date(self):
        if not self.quick_date:
            return
        company = self.company_id
        today = company._collection_today()
        friday = today + timedelta((FRIDAY - today.weekday()) % 7 or 7)
        self.date = {
            "tomorrow": company._collection_add_business_days(today, 1),
            "friday": friday,
            "next_friday": friday + timedelta(7),
            "month_end": fields.Date.end_of(today, "month"),
        }[self.quick_date]

    @api.onchange("installment_ids", "is_split")
    def _onchange_installments(self):
        if self.is_split and self.installment_ids:
            self.amount = sum(self.installment_ids.mapped("amount"))

    @api.onchange("amount", "currency_id", "installment_ids")
    def _onchange_amount(self):
        """The oldest items first; a moved promise keeps its own."""
        if self.promise_id or not self.currency_id:
            return
        parts = self.env["collection.promise"]._fill(self.account_id, self.currency_id, self.amount)
        self.line_ids = [Command.clear()] + [
            Command.create({"move_line_id": item.id, "amount": amount}) for item, amount in parts
        ]

    # ------------------------------------------------------------------
    # Taking it
    # ------------------------------------------------------------------

    def _parts(self):
        """(date, amount) of what is promised.

        :raise ValidationError: something is missing
        """
        if self.is_split:
            parts = [(each.date, each.amount) for each in self.installment_ids]
        else:
            parts = [(self.date, self.amount)]
        if not parts or any(not day or self.currency_id.compare_amounts(amount, 0) <= 0 for day, amount in parts):
            raise ValidationError(self.env._("Type the amount and the date of every payment that is promised."))
        total = sum(amount for _day, amount in parts)
        if self.currency_id.compare_amounts(total, self.amount_free) > 0:
            raise ValidationError(
                self.env._(
                    "Only %(free)s can be promised: the rest is paid, promised already or held for another reason.",
                    free=self.currency_id.format(self.amount_free),
                )
            )
        return parts

    def action_apply(self):
        """Confirm the promise: the items are held until its dates, and the customer gets the confirmation."""
        self.ensure_one()
        parts = self._parts()
        vals = {"contact_id": self.contact_id.id, "channel": self.channel, "note": self.note}
        Promise = self.env["collection.promise"].with_context(collection_no_confirmation=not self.send_confirmation)
        if self.promise_id:
            Promise.browse(self.promise_id.id)._move(parts, **vals)
        else:
            lines = [(line.move_line_id, line.amount) for line in self.line_ids]
            if not lines:
                lines = Promise._fill(self.account_id, self.currency_id, sum(amount for _day, amount in parts))
            promise = Promise.create(
                [
                    {
                        "account_id": self.account_id.id,
                        "currency_id": self.currency_id.id,
                        **vals,
                        "line_ids": [
                            Command.create({"move_line_id": item.id, "amount_currency": amount})
                            for item, amount in lines
                        ],
                        "installment_ids": [
                            Command.create({"date": day, "amount_currency": amount}) for day, amount in parts
                        ],
                    }
                ]
            )
            promise.action_confirm()
            return self.env["collection.activity"]._case_entered("promise_id", promise)
        return {"type": "ir.actions.act_window_close"}


class CollectionPromiseMakeInstallment(models.TransientModel):
    _name = "collection.promise.make.installment"
    _description = "Take a Promise: Instalment"

    wizard_id = fields.Many2one("collection.promise.make", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    date = fields.Date(required=True)
    amount = fields.Monetary(required=True)


class CollectionPromiseMakeLine(models.TransientModel):
    _name = "collection.promise.make.line"
    _description = "Take a Promise: Item"

    wizard_id = fields.Many2one("collection.promise.make", required=True, ondelete="cascade")
    move_line_id = fields.Many2one("account.move.line", string="Item", required=True)
    move_id = fields.Many2one(related="move_line_id.move_id", string="Document")
    date_maturity = fields.Date(related="move_line_id.date_maturity", string="Due")
    currency_id = fields.Many2one(related="move_line_id.currency_id")
    amount_open = fields.Monetary(related="move_line_id.amount_residual_currency", string="Open")
    amount = fields.Monetary(string="Promised")


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    def action_promise(self):
        """Take a promise: type the amount and the date."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Promise of %(customer)s", customer=self.display_name),
            "res_model": "collection.promise.make",
            "view_mode": "form",
            "target": "new",
            "context": {"default_account_id": self.id},
        }


class CollectionActivity(models.Model):
    _inherit = "collection.activity"

    def _open_case(self):
        if self.outcome_id.case == "promise":
            action = self.account_id.action_promise()
            channels = dict(self.env["collection.promise"]._fields["channel"].selection)
            channel = self.channel if self.channel in channels else "other"
            return {**action, "context": {**action["context"], "default_channel": channel}}
        return super()._open_case()


class CollectionPromise(models.Model):
    _inherit = "collection.promise"

    def action_move(self):
        """Ask for the new dates."""
        self.ensure_one()
        action = self.account_id.action_promise()
        action["name"] = self.env._("Move %(promise)s", promise=self.name)
        action["context"] = {**action["context"], "default_promise_id": self.id}
        return action
