from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain


class CollectionAccount(models.Model):
    """What the account's page shows beside the figures, and where it leads."""

    _inherit = "collection.account"

    aging_labels = fields.Json(
        string="Bucket Labels",
        compute="_compute_aging_labels",
        help="Names of the six buckets, with the company's limits.",
    )

    # Filters by date compare with each company's business date; "today" in a filter of the client would be the user's.
    day_filter = fields.Selection(
        [
            ("follow_up", "Follow-up due"),
            ("silent", "No contact for 14 days"),
            ("worked", "Worked today"),
            ("snoozed", "Snoozed"),
        ],
        string="As of Today",
        store=False,
        exportable=False,
        search="_search_day_filter",
    )

    @api.depends("company_id")
    def _compute_aging_labels(self):
        for company, accounts in self.grouped("company_id").items():
            accounts.aging_labels = company._collection_bucket_labels() if company else False

    def _search_day_filter(self, operator, value):
        if operator != "in":
            return NotImplemented

        def conditions(today):
            silent = Domain("last_contact_date", "=", False) | Domain("last_contact_date", "<", today - timedelta(14))
            return {
                "follow_up": Domain("next_action_date", "<=", today),
                "silent": silent,
                "worked": Domain("last_worked_date", "=", today),
                "snoozed": Domain("snoozed_until", ">", today),
            }

        return Domain.OR(
            Domain("company_id", "=", company.id) & condition
            for company in self.env.companies
            for name, condition in conditions(company._collection_today()).items()
            if name in value
        )

    # ------------------------------------------------------------------
    # From a figure to its items
    # ------------------------------------------------------------------

    def action_view_items(self):
        """The account's open items as a list, to look at, group and export.

        Context `collection_items`: name of a figure (`aging_2`, `amount_overdue`…), only the items it is made of.
        """
        self.ensure_one()
        view_list = self.env.ref("account_collections.account_move_line_view_list_open")
        view_search = self.env.ref("account_collections.account_move_line_view_search_open")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open items of %(customer)s", customer=self.display_name),
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "views": [(view_list.id, "list"), (False, "form")],
            "search_view_id": [view_search.id],
            "domain": list(self._open_item_domain() & self._figure_domain(self.env.context.get("collection_items"))),
            "context": {"create": False, "edit": False},
        }

    def _figure_domain(self, figure):
        """The items that one figure of the account is made of; all of them for a figure that is not known here."""
        today = self.company_id._collection_today()
        limits = (0, *self.company_id._collection_buckets())
        if figure == "amount_unapplied":
            return Domain("amount_residual", "<", 0)
        if figure == "amount_held":
            return Domain("collection_hold_ids.is_live", "=", True)
        debits = Domain("amount_residual", ">", 0)
        if figure == "aging_current":
            return debits & self._due_domain(">=", today)
        if figure in ("amount_overdue", "amount_collectible"):
            return debits & self._due_domain("<", today)
        if figure in ("aging_1", "aging_2", "aging_3", "aging_4", "aging_5"):
            bucket = int(figure[-1])
            domain = debits & self._due_domain("<", today - timedelta(limits[bucket - 1]))
            return domain if bucket == 5 else domain & self._due_domain(">=", today - timedelta(limits[bucket]))
        return Domain.TRUE

    @api.model
    def _due_domain(self, operator, day):
        """Items by due date; those without one are due on their entry's date."""
        return Domain("date_maturity", operator, day) | (
            Domain("date_maturity", "=", False) & Domain("date", operator, day)
        )
