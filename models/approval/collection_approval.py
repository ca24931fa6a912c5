from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .res_users import ROLES, roles_from


class CollectionApproval(models.Model):
    _name = "collection.approval"
    _description = "Approval"
    _inherit = ["collection.guard", "mail.thread", "mail.activity.mixin"]
    _order = "requested_on desc, id desc"
    _rec_name = "title"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Reference", readonly=True, copy=False)
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", required=True, readonly=True)
    level = fields.Integer(
        required=True, default=1, readonly=True, help="1 is decided first; the next is asked when it was approved."
    )
    kind = fields.Selection([("other", "Other")], required=True, default="other", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("approved", "Approved"), ("refused", "Refused"), ("void", "Void")],
        string="Decision",
        required=True,
        default="waiting",
        readonly=True,
        help="Void: what was asked for changed or was withdrawn before it took effect.",
    )

    # What was asked, with the facts as they were then
    title = fields.Char(string="What", required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True, index="btree_not_null")
    amount = fields.Monetary(readonly=True)
    date_since = fields.Date(
        string="Since", readonly=True, help="Due date of the oldest item, or since when it stands."
    )
    age = fields.Integer(
        string="Age (Days)", compute="_compute_age", help="Days since then, up to today or the decision."
    )
    effect = fields.Text(string="If Approved", readonly=True)
    details = fields.Json(readonly=True)
    details_text = fields.Html(string="Facts", compute="_compute_details_text", sanitize=False)
    facts = fields.Json(string="Facts Approved", readonly=True, help="A change of these makes the approval void.")
    requester_id = fields.Many2one("res.users", string="Asked By", required=True, readonly=True, index=True)
    requested_on = fields.Datetime(string="Asked On", required=True, default=fields.Datetime.now, readonly=True)
    role = fields.Selection(
        selection=lambda self: self._selection_role(),
        string="Asked Of",
        required=True,
        readonly=True,
        help="The lowest role that may decide; a higher one may always decide in its place.",
    )

    # What was decided
    approver_id = fields.Many2one("res.users", string="Decided By", readonly=True, index="btree_not_null")
    on_behalf_id = fields.Many2one(
        "res.users", string="On Behalf Of", readonly=True, help="The absent person whose substitute decided."
    )
    decided_on = fields.Datetime(readonly=True)
    comment = fields.Text(readonly=True)
    void_reason = fields.Char(string="Why Void", readonly=True)
    voided_on = fields.Datetime(readonly=True)

    may_decide = fields.Boolean(string="I May Decide", compute="_compute_may_decide", search="_search_may_decide")
    is_mine = fields.Boolean(
        string="Waiting for Me",
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="Asked of my own role, or of somebody whose substitute I am.",
    )

    _waiting_once = models.UniqueIndex(
        "(res_model, res_id, level) WHERE state = 'waiting'", "This waits for a decision already."
    )
    _record_idx = models.Index("(res_model, res_id)")
    _waiting_idx = models.Index("(company_id, role) WHERE state = 'waiting'")
    # The rule that everything hangs on is kept by the database too.
    _two_people = models.Constraint(
        "CHECK((approver_id IS NULL OR approver_id != requester_id) AND (on_behalf_id IS NULL OR on_behalf_id != requester_id))",
        "Who asks for an approval does not give it.",
    )
    _decided_by_somebody = models.Constraint(
        "CHECK(state NOT IN ('approved', 'refused') OR (approver_id IS NOT NULL AND decided_on IS NOT NULL))",
        "A decision is somebody's.",
    )
    _refused_with_reason = models.Constraint(
        "CHECK(state != 'refused' OR TRIM(COALESCE(comment, '')) != '')", "Refusing needs a reason."
    )

    # ------------------------------------------------------------------
    # Computes and searches
    # ------------------------------------------------------------------

    @api.model
    def _selection_role(self):
        _ = self.env._
        return [
            ("assistant", _("Assistant manager")),
            ("manager", _("AR manager")),
            ("controller", _("Controller")),
        ]

    @api.depends("date_since", "decided_on")
    def _compute_age(self):
        for approval in self:
            until = approval.decided_on.date() if approval.decided_on else approval.company_id._collection_today()
            approval.age = max(0, (until - approval.date_since).days) if approval.date_since else 0

    @api.depends("details")
    def _compute_details_text(self):
        for approval in self:
            rows = approval.details or []
            approval.details_text = (
                self.env["ir.qweb"]._render("account_collections.approval_details", {"rows": rows}) if rows else False
            )

    @api.depends("state", "role", "requester_id")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        mine = self.filtered_domain(self._turn_domain(own_role=False))
        for approval in self:
            approval.may_decide = approval in mine

    @api.depends("state", "role", "requester_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self.filtered_domain(self._turn_domain(own_role=True))
        for approval in self:
            approval.is_mine = approval in mine

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = self._turn_domain(own_role=True)
        return Domain.OR([mine] * (True in value) + [~mine] * (False in value))

    def _search_may_decide(self, operator, value):
        """By role and substitution. Money limits and earlier levels are looked at when deciding."""
        if operator != "in":
            return NotImplemented
        mine = self._turn_domain(own_role=False)
        return Domain.OR([mine] * (True in value) + [~mine] * (False in value))

    @api.model
    def _turn_domain(self, own_role):
        """Requests that the user may decide on by role, also in somebody's place.

        :param own_role: only those asked of exactly that role
        """
        user, parts = self.env.user, []
        for company in user.sudo().company_ids:  # the user's own companies
            for person, excluded in user._collection_identities(company).items():
                role = person._collection_approver_role()
                if not role:
                    continue
                names = [role] if own_role else [name for name in ROLES if role in roles_from(name)]
                parts.append(
                    Domain("company_id", "=", company.id)
                    & Domain("role", "in", names)
                    & Domain("requester_id", "not in", excluded.ids)
                )
        return Domain("state", "=", "waiting") & Domain("requester_id", "!=", user.id) & Domain.OR(parts)

    # ------------------------------------------------------------------
    # The record of what happened
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        # Everything but what the discussion thread itself writes.
        return frozenset(name for name in self._fields if not name.startswith(("message_", "activity_", "website_")))

    @api.model
    def _request(self, vals_list):
        """Ask: new rows, numbered, by sets. Whoever asks has no right on approvals themselves: they are the system's record."""
        self.flush_model(["state"])  # what became void a moment ago makes room for what is asked anew
        quiet = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True}
        approvals = self.sudo()._unguarded().with_context(**quiet).create(vals_list)
        if approvals:
            approvals.flush_recordset()
            self.env.cr.execute(
                SQL(
                    "UPDATE collection_approval SET name = 'APR/' || LPAD(id::text, GREATEST(5, LENGTH(id::text)), '0') WHERE id IN %s",
                    tuple(approvals.ids),
                )
            )
            approvals.invalidate_recordset(["name"], flush=False)
        return approvals.with_env(self.env)

    def _records(self):
        """The records that these approvals (of one model) are about, as far as they exist."""
        model = self[:1].res_model
        return self.env[model].browse(self.mapped("res_id")).exists() if model in self.env else None

    def action_open_record(self):
        """Open what is to be decided on."""
        self.ensure_one()
        self.check_access("read")
        record = self._records()
        if not record:
            raise UserError(self.env._("%(what)s no longer exists.", what=self.title))
        record.check_access("read")
        return record._action_open_for_approval()
