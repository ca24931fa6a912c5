from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class CollectionActionHistoryPrint(models.TransientModel):
    """What of the action history goes into the PDF, for an agency or a lawyer (SPEC §9)."""

    _name = "collection.action.history.print"
    _description = "Print Action History"

    account_ids = fields.Many2many("collection.account", string="Accounts", required=True)
    move_id = fields.Many2one(
        "account.move", string="Document", readonly=True, help="Only what concerns this document."
    )
    date_from = fields.Date(string="From", help="The first day. Empty: from the beginning.")
    date_to = fields.Date(string="To", help="The last day. Empty: up to now.")
    kind = fields.Selection(selection="_selection_kind", string="Only", help="Empty: actions of every kind.")
    with_internal = fields.Boolean(
        string="Internal Steps",
        default=True,
        help="Worklist, stages, assignments, approvals, escalations and plans. Leave them out for readers outside the company.",
    )
    with_notes = fields.Boolean(
        string="Standing Notes", help="The standing notes of the account, apart from the actions."
    )
    row_count = fields.Integer(string="Actions", compute="_compute_row_count")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if "account_ids" in fields_list and self.env.context.get("active_model") == "collection.account":
            values.setdefault("account_ids", self.env.context.get("active_ids"))
        return values

    @api.model
    def _selection_kind(self):
        return self.env["collection.action.history"]._selection_kind()

    @api.depends("account_ids", "move_id", "date_from", "date_to", "kind", "with_internal")
    def _compute_row_count(self):
        for wizard in self:
            domain = wizard._domain(wizard.account_ids._origin)
            wizard.row_count = self.env["collection.action.history"].search_count(domain)

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        for wizard in self:
            if wizard.date_from and wizard.date_to and wizard.date_from > wizard.date_to:
                raise ValidationError(self.env._("The last day lies before the first."))

    def _domain(self, accounts):
        domain = Domain("account_id", "in", accounts.ids)
        if self.move_id:
            domain &= Domain("move_id", "in", self.move_id.ids)
        if self.date_from:
            domain &= Domain("business_date", ">=", self.date_from)
        if self.date_to:
            domain &= Domain("business_date", "<=", self.date_to)
        if self.kind:
            domain &= Domain("kind", "=", self.kind)
        if not self.with_internal:
            domain &= Domain("is_internal", "=", False)
        return domain

    def _rows(self, account):
        """What is printed of an account, in time order, as far as the user may see it."""
        self.ensure_one()
        return self.env["collection.action.history"].search(self._domain(account), order="date, is_internal, id")

    def _kind_label(self):
        return dict(self._selection_kind()).get(self.kind)

    def _file_name(self):
        what = self.move_id.name or (self.account_ids.display_name if len(self.account_ids) == 1 else "")
        return f"{self.env._('Action history')} {what}".strip().replace("/", "-")

    def action_print(self):
        """The PDF, with each account on pages of its own and its totals as they are now."""
        self.ensure_one()
        self.account_ids.check_access("read")
        if not self.account_ids:
            raise UserError(self.env._("Choose the accounts whose history is printed."))
        self.account_ids.action_refresh()
        return self.env.ref("account_collections.action_report_action_history").report_action(self, config=False)
