from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import formatLang


class CollectionHelpAsk(models.TransientModel):
    """Asking sales partners for help with chosen accounts: one request for each partner, about its own orders."""

    _name = "collection.help.ask"
    _description = "Ask Sales Partners"

    account_ids = fields.Many2many("collection.account", string="Accounts", readonly=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    customer_ids = fields.Many2many("res.partner", compute="_compute_company_id")
    kind_id = fields.Many2one("collection.help.kind", string="Help", required=True)
    question = fields.Text(
        string="In Your Words",
        help="Empty: the text of the kind of help, in each partner's language.",
    )
    date_due = fields.Date(string="Answer Due", compute="_compute_date_due", store=True, readonly=False, required=True)
    item_ids = fields.Many2many(
        "account.move.line", string="Items", compute="_compute_item_ids", store=True, readonly=False
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    left_out = fields.Char(compute="_compute_preview")
    request_count = fields.Integer(compute="_compute_preview")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("account_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.account_ids.company_id[:1] or self.env.company
            wizard.customer_ids = wizard.account_ids.partner_id

    @api.depends("kind_id")
    def _compute_date_due(self):
        for wizard in self:
            company = wizard.company_id
            days = wizard.kind_id.days or company.collection_help_days
            wizard.date_due = company._collection_add_business_days(company._collection_today(), days)

    @api.depends("account_ids")
    def _compute_item_ids(self):
        """What is overdue of the accounts' orders that partners sold, and nobody asks about yet."""
        Help = self.env["collection.help"]
        for wizard in self:
            wizard.item_ids = Help._overdue_items(None, wizard.company_id, wizard.account_ids)

    @api.depends("account_ids", "item_ids")
    def _compute_preview(self):
        for wizard in self:
            items = wizard.item_ids._origin
            groups = wizard._items_by_partner()
            rows = [wizard._prepare_preview_row(partner, part) for partner, part in groups.items()]
            customers = items.partner_id.commercial_partner_id
            missing = wizard.account_ids._origin.filtered(lambda account: account.partner_id not in customers)
            names = missing.mapped("display_name")
            more = self.env._(" and %s more", len(names) - 5) if len(names) > 5 else ""
            wizard.left_out = ", ".join(names[:5]) + more if names else False
            wizard.request_count = len(rows)
            wizard.preview = rows and self.env["ir.qweb"]._render(
                "account_collections.help_ask_preview", {"rows": rows}
            )

    def _items_by_partner(self):
        """Dict of sales partner to the chosen items of its orders, the partners by name."""
        items = self.item_ids._origin
        groups = items.grouped(lambda item: item.move_id.collection_sales_partner_id)
        return dict(sorted(groups.items(), key=lambda group: group[0].name or ""))

    def _prepare_preview_row(self, partner, items):
        person = self.env["collection.help"].new({"sales_partner_id": partner.id}).contact_id._origin
        totals = {}
        for item in items:
            totals[item.currency_id] = totals.get(item.currency_id, 0) + item.amount_residual_currency
        return {
            "partner": partner,
            "person": person if person._collection_may_write() else False,
            "customers": items.partner_id.commercial_partner_id,
            "count": len(items),
            "amount": " + ".join(
                formatLang(self.env, total, currency_obj=currency) for currency, total in totals.items()
            ),
        }

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_send(self):
        """Ask all partners now; those who cannot be written to are left as drafts."""
        requests = self._make_requests()
        sendable = requests.filtered(lambda request: request.contact_id._collection_may_write())
        # Many mails go through the queue; one goes out at once.
        sendable.with_context(mail_notify_force_send=len(sendable) < 5).action_send()
        return self._action_requests(requests)

    def action_save(self):
        """Keep the requests as drafts, to be looked at one by one."""
        return self._action_requests(self._make_requests())

    def _make_requests(self):
        self.ensure_one()
        self.account_ids.check_access("write")
        items = self.item_ids
        if not items:
            raise UserError(self.env._("Choose the invoices that sales partners are asked about."))
        if items.partner_id.commercial_partner_id - self.account_ids.partner_id:
            raise UserError(self.env._("Only items of the chosen accounts can be asked about."))
        if items.filtered(lambda item: not item.move_id.collection_sales_partner_id):
            raise UserError(self.env._("Some of the items were sold by no sales partner; take them off."))
        vals = {"kind_id": self.kind_id.id, "company_id": self.company_id.id, "date_due": self.date_due}
        if (self.question or "").strip():
            vals["question"] = self.question
        return self.env["collection.help"].create(
            [
                {
                    **vals,
                    "sales_partner_id": partner.id,
                    "line_ids": [Command.create({"move_line_id": item.id}) for item in part],
                }
                for partner, part in self._items_by_partner().items()
            ]
        )

    def _action_requests(self, requests):
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Help Requests"),
            "res_model": "collection.help",
        }
        if len(requests) == 1:
            return {**action, "view_mode": "form", "res_id": requests.id}
        return {**action, "view_mode": "list,form", "domain": [("id", "in", requests.ids)]}


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    def action_ask_partner(self):
        """Ask the sales partners of these accounts for help: one request for each partner.

        :raise UserError: the accounts are of several companies, or no partner sold what is overdue
        """
        self.check_access("write")
        if len(self.company_id) > 1:
            raise UserError(self.env._("Choose accounts of one company."))
        if not self.env["collection.help"]._overdue_items(None, self.company_id, self):
            raise UserError(
                self.env._(
                    "There is nothing to ask about: no overdue invoice of these accounts was sold by a sales partner, or each is on an "
                    "open request already."
                )
            )
        kind = self.env["collection.help.kind"].search(Domain("company_id", "in", (False, self.company_id.id)), limit=1)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask Sales Partners"),
            "res_model": "collection.help.ask",
            "view_mode": "form",
            "target": "new",
            "context": {"default_account_ids": self.ids, "default_kind_id": kind.id},
        }
