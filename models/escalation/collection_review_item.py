from odoo import api, fields, models
from odoo.exceptions import UserError

# What stands on the agenda beside requests for approval; these have kinds of their own.
OWN_KINDS = [("hold", "Long pause"), ("credit_hold", "Credit hold"), ("placement_review", "Placement review")]
DECISIONS = [("approved", "Approved"), ("refused", "Refused"), ("deferred", "Next Meeting")]


class CollectionReviewItem(models.Model):
    """One thing to decide on, with its facts as they were when it came onto the agenda."""

    _name = "collection.review.item"
    _description = "Item of an Agenda"
    _inherit = ["collection.guard"]
    _order = "review_id desc, sequence, amount_company desc, id"
    _check_company_auto = True

    name = fields.Char(string="What", required=True)
    review_id = fields.Many2one("collection.review", required=True, index=True, ondelete="cascade")
    review_state = fields.Selection(related="review_id.state", string="Meeting")
    company_id = fields.Many2one(related="review_id.company_id", store=True, precompute=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(selection="_selection_kind", required=True)
    approval_id = fields.Many2one("collection.approval", index="btree_not_null", ondelete="restrict")
    res_model = fields.Char(string="Model", required=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", required=True)

    # Facts of the day
    account_id = fields.Many2one("collection.account", index="btree_not_null", ondelete="restrict")
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="set null")
    requester_id = fields.Many2one("res.users", string="Asked By", ondelete="restrict")
    currency_id = fields.Many2one("res.currency", required=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    amount = fields.Monetary()
    amount_company = fields.Monetary(string="Amount (Company Currency)", currency_field="company_currency_id")
    date_since = fields.Date(string="Since")
    effect = fields.Text(string="If Approved")
    details = fields.Json()
    details_text = fields.Html(string="Facts", compute="_compute_details_text", sanitize=False)

    # Opinions and the decision
    opinion_ids = fields.One2many("collection.review.opinion", "item_id", string="Opinions")
    opinion_text = fields.Char(string="Opinions So Far", compute="_compute_opinions")
    my_opinion = fields.Char(compute="_compute_opinions")
    may_decide = fields.Boolean(string="I May Decide", compute="_compute_may_decide")
    decision = fields.Selection(DECISIONS)
    comment = fields.Text(string="Words of the Decision")
    decided_by_id = fields.Many2one("res.users", ondelete="restrict")
    on_behalf_id = fields.Many2one("res.users", string="On Behalf Of", ondelete="restrict")
    decided_on = fields.Datetime()
    state = fields.Selection(
        [("open", "To Decide"), *DECISIONS, ("void", "Not Asked Any More")],
        compute="_compute_state",
        store=True,
        index=True,
        help="Decided in this meeting, or elsewhere while it stood on the agenda.",
    )

    _request_once = models.UniqueIndex(
        "(review_id, approval_id) WHERE approval_id IS NOT NULL", "This stands on the agenda already."
    )
    _record_once = models.UniqueIndex(
        "(review_id, kind, res_model, res_id) WHERE approval_id IS NULL", "This stands on the agenda already."
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.model
    def _selection_kind(self):
        """The kinds of approvals, and those that rooms put on the agenda beside them."""
        return [*self.env["collection.approval"]._fields["kind"]._description_selection(self.env), *OWN_KINDS]

    @api.depends("details")
    def _compute_details_text(self):
        for item in self:
            rows = item.details or []
            item.details_text = (
                self.env["ir.qweb"]._render("account_collections.approval_details", {"rows": rows}) if rows else False
            )

    @api.depends("decision", "approval_id.state")
    def _compute_state(self):
        for item in self:
            asked = item.approval_id.state
            item.state = item.decision or (asked if asked in ("approved", "refused", "void") else "open")

    @api.depends("opinion_ids.is_current")
    @api.depends_context("uid")
    def _compute_opinions(self):
        labels = dict(self.env["collection.review.opinion"]._fields["opinion"]._description_selection(self.env))
        for item in self:
            current = item.opinion_ids.filtered("is_current")
            counts = [
                (label, len(current.filtered(lambda each, key=key: each.opinion == key)))
                for key, label in labels.items()
            ]
            item.opinion_text = ", ".join(f"{count} {label.lower()}" for label, count in counts if count)
            item.my_opinion = labels.get(current.filtered(lambda each: each.user_id == self.env.user).opinion)

    @api.depends("approval_id", "state", "review_id.state")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        for item in self:
            waits = item.state == "open" and item.review_id.state == "open"
            item.may_decide = waits and (not item.approval_id or item.approval_id.may_decide)

    # ------------------------------------------------------------------
    # What stays as it was
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return frozenset(self._fields)

    def _record(self):
        """What the item is about, if it still exists."""
        self.ensure_one()
        model = self.env.get(self.res_model)
        return model.browse(self.res_id).exists() if model is not None else None

    def _decision_text(self):
        """What was decided, by whom, in whose place and when; for the minutes."""
        self.ensure_one()
        if self.state == "open":
            return self.env._("Not decided yet")
        text = dict(self._fields["state"]._description_selection(self.env))[self.state]
        if self.decided_by_id:
            text = f"{text}: {self.decided_by_id.name}"
        if self.on_behalf_id:
            text = self.env._("%(decision)s on behalf of %(user)s", decision=text, user=self.on_behalf_id.name)
        if self.decided_on:
            text = f"{text}, {self.company_id._collection_local_time(self.decided_on)}"
        return f"{text}."

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open_record(self):
        """Open what is to be decided on."""
        self.ensure_one()
        self.check_access("read")
        record = self._record()
        if not record:
            raise UserError(self.env._("%(what)s no longer exists.", what=self.name))
        record.check_access("read")
        if self.approval_id:
            return record._action_open_for_approval()
        return {"type": "ir.actions.act_window", "res_model": record._name, "res_id": record.id, "view_mode": "form"}

    def action_view_account(self):
        """Open the account with fresh figures."""
        self.ensure_one()
        return self.account_id.action_open()

    def action_discuss(self):
        """Open the item's own page, to go through its facts, give an opinion or decide."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_review_item_action")
        return {**action, "name": self.name, "res_id": self.id, "view_mode": "form", "views": [(False, "form")]}
