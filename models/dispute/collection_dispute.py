from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

STATES = [
    ("new", "New"),
    ("routed", "Routed"),
    ("in_review", "In Review"),
    ("waiting_customer", "Waiting for Customer"),
    ("decided", "Decided"),
    ("resolving", "Resolving"),
    ("closed", "Closed"),
    ("void", "Void"),
]
# The disputed part is held in these states; in the first of them nothing is decided yet.
UNDECIDED = ("new", "routed", "in_review", "waiting_customer")
LIVE = (*UNDECIDED, "decided", "resolving")
# The resolvers' clock runs.
RUNNING = ("routed", "in_review")
# What resolvers may write on their disputes; all else belongs to those who follow the account.
RESOLVER_FIELDS = {"state", "team_id", "user_id", "priority", "decision", "explanation", "line_ids"}


class CollectionDispute(models.Model):
    _name = "collection.dispute"
    _description = "Dispute"
    _inherit = ["collection.guard", "mail.thread", "mail.activity.mixin"]
    _order = "priority desc, deadline, id desc"
    _rec_names_search = ["name", "partner_id", "move_names"]
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Dispute Number", default="/", readonly=True, copy=False, index="trigram")
    account_id = fields.Many2one(
        "collection.account", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True, precompute=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", compute="_compute_partner_id", store=True, precompute=True, compute_sudo=True
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Raised By",
        domain="['|', ('id', '=', partner_id), ('commercial_partner_id', '=', partner_id)]",
        help="Who at the customer's disputes it; gets questions and the explanation.",
    )
    reason_id = fields.Many2one(
        "collection.dispute.reason", required=True, index=True, ondelete="restrict", tracking=True, check_company=True
    )
    team_id = fields.Many2one(
        "collection.dispute.team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        tracking=True,
        check_company=True,
        group_expand="_read_group_team_ids",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Assigned To",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False)]",
        help="The resolver who works on it. Empty: whoever of the team takes it.",
    )
    collector_id = fields.Many2one(
        "res.users", string="Opened By", default=lambda self: self.env.user, readonly=True, index="btree_not_null"
    )
    priority = fields.Selection([("0", "Normal"), ("1", "Urgent")], default="0")
    description = fields.Text(string="What the Customer Says")
    line_ids = fields.One2many("collection.dispute.line", "dispute_id", string="Disputed Items")
    move_ids = fields.Many2many(
        "account.move",
        "collection_dispute_move_rel",
        "dispute_id",
        "move_id",
        string="Documents",
        compute="_compute_moves",
        store=True,
        compute_sudo=True,
        groups="account_collections.group_collector,account_collections.group_auditor",
    )
    move_names = fields.Char(string="Invoices", compute="_compute_moves", store=True, compute_sudo=True)
    amount = fields.Monetary(string="Disputed", compute="_compute_amount", store=True, compute_sudo=True)

    state = fields.Selection(STATES, required=True, default="new", copy=False, index=True, group_expand=True)
    is_open = fields.Boolean(string="Open", compute="_compute_is_open", search="_search_is_open")
    opened_on = fields.Datetime(string="Opened", default=fields.Datetime.now, readonly=True, copy=False)
    closed_on = fields.Datetime(string="Closed", readonly=True, copy=False)
    cycle_days = fields.Float(
        string="Days to Close",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Calendar days from opening to closing.",
    )
    reopen_count = fields.Integer(string="Times Reopened", readonly=True, copy=False)
    golive_id = fields.Many2one(
        "collection.golive",
        string="Imported With",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        help="Taken over from the former system.",
    )
    golive_key = fields.Char(readonly=True, copy=False)
    event_ids = fields.One2many("collection.dispute.event", "dispute_id", string="History")

    _golive_unique = models.UniqueIndex(
        "(company_id, golive_key) WHERE golive_key IS NOT NULL", "This dispute was imported already."
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for dispute in self:
            partner = dispute.partner_id
            dispute.display_name = f"{dispute.name} {partner.name}" if partner.name else dispute.name

    @api.depends("account_id.partner_id")
    def _compute_partner_id(self):
        for dispute in self:
            dispute.partner_id = dispute.account_id.partner_id

    @api.depends("reason_id")
    def _compute_team_id(self):
        for dispute in self:
            dispute.team_id = dispute.reason_id.team_id or dispute.team_id

    @api.depends("line_ids.move_id", "line_ids.move_name")
    def _compute_moves(self):
        for dispute in self:
            dispute.move_ids = dispute.line_ids.move_id
            dispute.move_names = ", ".join(dict.fromkeys(name for name in dispute.line_ids.mapped("move_name") if name))

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for dispute in self:
            dispute.amount = sum(dispute.line_ids.mapped("amount"))

    @api.depends("state")
    def _compute_is_open(self):
        for dispute in self:
            dispute.is_open = dispute.state in LIVE

    def _search_is_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("state", "in", LIVE)
        return Domain.OR([domain] * (True in value) + [~domain] * (False in value))

    @api.model
    def _read_group_team_ids(self, teams, domain):
        """Teams stand on their board although nothing is routed to them: cards are dragged there."""
        if not self.env.context.get("dispute_team_board"):
            return teams
        return teams.search([("company_id", "in", [False, *self.env.companies.ids])])

    @api.constrains("line_ids")
    def _check_lines(self):
        for dispute in self:
            if not dispute.line_ids:
                raise ValidationError(self.env._("A dispute needs at least one item that is disputed."))

    @api.constrains("contact_id")
    def _check_contact(self):
        for dispute in self:
            customer = dispute.sudo().account_id.partner_id
            if dispute.contact_id and customer and dispute.contact_id.commercial_partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is not a contact of %(customer)s.",
                        contact=dispute.contact_id.display_name,
                        customer=customer.display_name,
                    )
                )

    # ------------------------------------------------------------------
    # Creating and writing
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return frozenset(
            "name collector_id state opened_on closed_on cycle_days reopen_count golive_id golive_key".split()
        )

    @api.model_create_multi
    def create(self, vals_list):
        """The disputed parts are held from now on."""
        self._check_guard({name for vals in vals_list for name in vals})
        sequence = self.env["ir.sequence"].sudo()
        now = fields.Datetime.now()
        vals_list = [
            {
                **vals,
                "name": sequence.next_by_code("collection.dispute") or "/",
                "collector_id": self.env.uid,
                "opened_on": vals.get("opened_on") or now,
            }
            for vals in vals_list
        ]
        disputes = super(CollectionDispute, self._without_guarded_defaults()._unguarded()).create(vals_list)
        disputes = disputes.with_env(self.env)
        disputes._check_lines()
        disputes._log_event("state", state="new")
        for dispute in disputes:
            # The stage is the account's own; whoever opens a dispute need not be allowed to write it.
            dispute.sudo().account_id._set_stage("disputed", f"{dispute.name}: {dispute.reason_id.name}", dispute)
        return disputes

    def write(self, vals):
        vals = dict(vals)
        if not self._has_pass():
            self._check_writable(vals)
            if "state" in vals:  # dragged to another column
                self._move_to(vals.pop("state"))
        # Whoever hands a dispute over may not see it any more.
        handed = self.sudo() if {"team_id", "reason_id"} & vals.keys() else self.browse()
        before = {dispute: dispute.team_id for dispute in handed}
        result = super().write(vals)
        handed.filtered(lambda dispute: before[dispute] != dispute.team_id)._on_team_changed()
        return result

    def _check_writable(self, vals):
        own = {name for name in vals if name.startswith(("message_", "activity_"))}
        if not self.env.su and not self.env.user.has_group("account_collections.group_collector"):
            refused = vals.keys() - RESOLVER_FIELDS - own
            if refused:
                labels = ", ".join(sorted(self._fields[name].string for name in refused))
                raise AccessError(self.env._("Resolvers cannot change: %(fields)s.", fields=labels))
        if "account_id" in vals:
            raise UserError(self.env._("A dispute stays with its account. Void it and open another one."))
        settled = {"decision", "explanation", "reason_id", "line_ids"} & vals.keys()
        decided = self.filtered(lambda dispute: dispute.state not in UNDECIDED)
        if settled and decided:
            raise UserError(
                self.env._("%(dispute)s is decided already. Reopen it to change it.", dispute=decided[0].name)
            )

    def _log_event(self, kind, note=None, state=None, key=None):
        """Add to the history of these disputes."""
        labels = dict(STATES)
        # Whoever works on a dispute adds to its history, which nobody edits.
        return (
            self.env["collection.dispute.event"]
            .sudo()
            ._unguarded()
            .create(
                [
                    {
                        "dispute_id": dispute.id,
                        "date": fields.Datetime.now(),
                        "user_id": self.env.uid,
                        "kind": kind,
                        "state": labels.get(state, state),
                        "note": note,
                        "key": key and f"{dispute.id}:{key}",
                    }
                    for dispute in self
                ]
            )
        )

    def _lock(self):
        """Serialize what holds amounts of these accounts' items: of two at once, the later one starts anew.

        A lock alone would let it go on with what it saw before; the row is therefore written.
        """
        ids = tuple(sorted(self.sudo().account_id.ids))
        if ids:
            self.env["collection.account"]._dispute_lock(ids)

    def action_view_account(self):
        """Open the account's page."""
        self.ensure_one()
        return self.account_id.action_open()

    def action_view_moves(self):
        """The disputed documents."""
        self.ensure_one()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices of %(dispute)s", dispute=self.name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.move_ids.ids)],
        }
        return {**action, "view_mode": "form", "res_id": self.move_ids.id} if len(self.move_ids) == 1 else action
