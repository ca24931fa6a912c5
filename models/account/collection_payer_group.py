from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

AMOUNTS = ("amount_total", "amount_overdue", "amount_unapplied", "amount_collectible")


class CollectionPayerGroup(models.Model):
    """Customers for whom one office pays: a parent with its subsidiaries, or whoever shares an accounts payable department."""

    _name = "collection.payer.group"
    _description = "Payer Group"
    _inherit = ["mail.thread"]
    _order = "name, id"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    parent_id = fields.Many2one(
        "res.partner",
        domain="[('is_company', '=', True)]",
        tracking=True,
        help="The company that pays for all. Its subsidiaries can be added at once.",
    )
    contact_id = fields.Many2one("res.partner", string="Whom to Call", help="Who answers for all members.")
    phone = fields.Char(related="contact_id.phone")
    email = fields.Char(related="contact_id.email")
    note = fields.Text(help="What everybody who calls this group must know.")
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        compute="_compute_partner_ids",
        inverse="_inverse_partner_ids",
        help="Each customer belongs to one group at most.",
    )

    # What the user may see of the members' accounts, in the chosen companies.
    account_ids = fields.Many2many("collection.account", string="Accounts", compute="_compute_figures")
    account_count = fields.Integer(string="Members", compute="_compute_figures")
    worklist_count = fields.Integer(string="On Today's Worklist", compute="_compute_figures")
    currency_id = fields.Many2one("res.currency", compute="_compute_figures")
    converted_on = fields.Date(
        compute="_compute_figures",
        help="Amounts of companies with another currency are converted at this date's rates.",
    )
    amount_total = fields.Monetary(string="Total", compute="_compute_figures")
    amount_overdue = fields.Monetary(string="Overdue", compute="_compute_figures")
    amount_unapplied = fields.Monetary(string="Unapplied", compute="_compute_figures")
    amount_collectible = fields.Monetary(string="Collectible", compute="_compute_figures")
    oldest_due_date = fields.Date(compute="_compute_figures")

    # ------------------------------------------------------------------
    # Members
    # ------------------------------------------------------------------

    def _compute_partner_ids(self):
        members = self.env["res.partner"].search([("collection_payer_group_id", "in", self.ids)])
        by_group = members.grouped("collection_payer_group_id")
        for group in self:
            group.partner_ids = by_group.get(group._origin, members.browse())

    def _inverse_partner_ids(self):
        Partner = self.env["res.partner"]
        for group in self:
            known = Partner.search([("collection_payer_group_id", "=", group.id)])
            customers = group.partner_ids.commercial_partner_id
            # Whoever may change the group decides about its members, with no other right on contacts.
            for customer in (customers - known).sudo():
                other = customer.collection_payer_group_id
                if other and other != group:
                    raise UserError(
                        self.env._(
                            "%(customer)s belongs to payer group “%(group)s” already. Take it out there first.",
                            customer=customer.display_name,
                            group=other.name,
                        )
                    )
            (known - customers).sudo().collection_payer_group_id = False
            (customers - known).sudo().collection_payer_group_id = group

    @api.onchange("parent_id")
    def _onchange_parent_id(self):
        if self.parent_id:
            self.name = self.name or self.parent_id.name
            self.partner_ids |= self._free_subsidiaries()

    def _free_subsidiaries(self):
        """The parent and the companies below it that are customers of their own and belong to no other group."""
        below = self.env["res.partner"].search([("id", "child_of", self.parent_id.ids), ("is_company", "=", True)])
        own = below.filtered(lambda partner: partner.commercial_partner_id == partner)
        return own.filtered(lambda partner: not partner.sudo().collection_payer_group_id - self._origin)

    def action_add_subsidiaries(self):
        """Take the parent and all companies below it into the group, but for those that belong to another one."""
        self.ensure_one()
        self.check_access("write")
        if not self.parent_id:
            raise UserError(self.env._("Say first who the parent is."))
        self.partner_ids |= self._free_subsidiaries()

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.depends("partner_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_figures(self):
        """Sums over the members' accounts, converted to the current company's currency where they are in others."""
        company = self.env.company
        today = company._collection_today()
        accounts = self._find_accounts()
        by_partner = accounts.grouped("partner_id")
        for group in self:
            own = accounts.browse().union(
                *(by_partner.get(partner, accounts.browse()) for partner in group.partner_ids._origin)
            )
            group.account_ids = own.sorted()
            group.account_count = len(own)
            group.worklist_count = len(own.filtered("on_worklist"))
            group.currency_id = own.currency_id if len(own.currency_id) == 1 else company.currency_id
            group.converted_on = today if len(own.currency_id) > 1 else False
            group.oldest_due_date = min(filter(None, own.mapped("oldest_due_date")), default=False)
            for name in AMOUNTS:
                group[name] = sum(
                    account.currency_id._convert(account[name], group.currency_id, company, today) for account in own
                )

    def _find_accounts(self):
        """The members' accounts that the user may see, in the chosen companies."""
        return self.env["collection.account"].search(
            Domain("partner_id", "in", self.partner_ids._origin.ids)
            & Domain("company_id", "in", self.env.companies.ids)
        )

    # ------------------------------------------------------------------
    # One call for all
    # ------------------------------------------------------------------

    def _accounts_to_work(self):
        self.ensure_one()
        accounts = self.account_ids
        if not accounts:
            raise UserError(self.env._("No member of this group has receivables that you may work."))
        return accounts

    def action_work_done(self):
        """Log one outcome on the accounts of all members."""
        return self._accounts_to_work().action_work_done()

    def action_work_snooze(self):
        """Keep the accounts of all members off the worklist until a date."""
        return self._accounts_to_work().action_work_snooze()

    def action_view_items(self):
        """The open items of all members in one list."""
        self.ensure_one()
        accounts = self._accounts_to_work()
        return {
            **accounts[0].action_view_items(),
            "name": self.env._("Open items of %(group)s", group=self.name),
            "domain": list(accounts._open_item_domain()),
        }
