from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError


class CollectionReview(models.Model):
    """A meeting of the managers: what waits for a decision, with its facts; opinions and decisions are its minutes (SPEC §8)."""

    _name = "collection.review"
    _description = "Review Meeting"
    _inherit = ["collection.guard", "mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Reference", default="/", readonly=True, copy=False)
    date = fields.Date(
        string="Day", required=True, default=lambda self: self.env.company._collection_today(), tracking=True
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    chair_id = fields.Many2one(
        "res.users",
        string="Led By",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        check_company=True,
        ondelete="restrict",
    )
    participant_ids = fields.Many2many(
        "res.users",
        string="Participants",
        default=lambda self: self._default_participants(),
        domain="[('share', '=', False)]",
        help="Who gives opinions. Assistant managers and managers.",
    )
    note = fields.Text(string="Remarks", help="What else was said; part of the minutes.")
    state = fields.Selection([("open", "Open"), ("closed", "Closed")], required=True, default="open", readonly=True)
    item_ids = fields.One2many("collection.review.item", "review_id", string="Agenda", readonly=True)
    closed_on = fields.Datetime(readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    item_count = fields.Integer(string="Items", compute="_compute_counts")
    open_count = fields.Integer(string="To Decide", compute="_compute_counts")
    amount = fields.Monetary(string="In All", compute="_compute_counts", help="Of the items, in company currency.")

    # ------------------------------------------------------------------
    # Computes and checks
    # ------------------------------------------------------------------

    @api.model
    def _default_participants(self, company=None):
        people = self.env["collection.approval"]._people_by_role(company or self.env.company).values()
        return self.env["res.users"].union(*people).with_env(self.env)

    @api.depends("item_ids.state", "item_ids.amount_company")
    def _compute_counts(self):
        for review in self:
            items = review.item_ids
            review.item_count = len(items)
            review.open_count = len(items.filtered(lambda item: item.state == "open"))
            review.amount = sum(items.mapped("amount_company"))

    @api.depends("name", "date")
    def _compute_display_name(self):
        for review in self:
            review.display_name = f"{review.name} {review.date or ''}".strip()

    @api.onchange("company_id")
    def _onchange_company_id(self):
        if self.company_id:
            self.participant_ids = self._default_participants(self.company_id)

    @api.constrains("participant_ids", "chair_id")
    def _check_participants(self):
        for review in self:
            # Anybody's rights count.
            for user in (review.participant_ids | review.chair_id).sudo():
                if not user._has_group("account_collections.group_assistant_manager"):
                    raise ValidationError(
                        self.env._(
                            "%(user)s is neither an assistant manager nor a manager, and would see nothing of the agenda.",
                            user=user.name,
                        )
                    )
                if review.company_id not in user.company_ids:
                    raise ValidationError(
                        self.env._(
                            "%(user)s does not work in %(company)s.", user=user.name, company=review.company_id.name
                        )
                    )

    # ------------------------------------------------------------------
    # What stays as it was
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return frozenset({"name", "state", "item_ids", "closed_on", "closed_by_id"})

    @api.model_create_multi
    def create(self, vals_list):
        """A meeting with all that waits now; whoever leads it takes part."""
        self._check_guard({name for vals in vals_list for name in vals})
        names = self._next_references(self._name, len(vals_list))
        prepared = []
        for name, given in zip(names, vals_list):
            vals = {**given, "name": name}
            if given.get("company_id") and "participant_ids" not in given:
                company = self.env["res.company"].browse(given["company_id"])
                vals["participant_ids"] = [Command.set(self._default_participants(company).ids)]
            prepared.append(vals)
        reviews = super(CollectionReview, self._without_guarded_defaults()._unguarded()).create(prepared)
        reviews = reviews.with_env(self.env)
        for review in reviews:
            review.participant_ids |= review.chair_id
        reviews._gather()
        return reviews

    def write(self, vals):
        """Closed minutes stay as they are."""
        if not self._has_pass() and set(vals) - {"message_follower_ids", "message_partner_ids"}:
            self._check_open()
        if (
            not self._has_pass()
            and "company_id" in vals
            and any(each.company_id.id != vals["company_id"] for each in self)
        ):
            raise UserError(self.env._("A meeting stays in its company."))
        return super().write(vals)

    def _check_open(self):
        if closed := self.filtered(lambda review: review.state == "closed"):
            raise UserError(self.env._("The minutes of %(review)s are closed.", review=closed[0].name))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_append_only(self):
        """A meeting of which nothing was recorded may go."""
        used = self.filtered(
            lambda review: (
                review.state == "closed" or review.item_ids.opinion_ids or any(review.item_ids.mapped("decision"))
            )
        )
        return super(CollectionReview, used)._unlink_except_append_only() if used else None

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_gather(self):
        """Bring the agenda up to date: what came in since, and what is not asked any more."""
        self.check_access("write")
        self._check_open()
        self._gather()

    def action_close(self):
        """End the meeting. What was not decided goes to the next one, and the minutes stay as they are."""
        self.check_access("write")
        self._check_open()
        # The agenda's rows are the system's.
        for item in self.sudo().item_ids._unguarded().filtered(lambda each: not each.decision):
            if item.state == "open":
                item.decision = "deferred"
            elif item.state in ("approved", "refused"):
                item._note_approval()
        self._update_state(("open",), "closed", closed_on=fields.Datetime.now(), closed_by_id=self.env.uid)

    def action_view_items(self):
        """The agenda as a list, to go through it or to decide on several items together."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_review_item_action")
        return {
            **action,
            "name": self.display_name,
            "domain": [("review_id", "=", self.id)],
            "context": {"search_default_open": 1} if self.open_count else {},
        }

    def action_print(self):
        """The minutes as PDF."""
        return self.env.ref("account_collections.action_report_review").report_action(self)

    def _minutes(self):
        """The items by kind, for the printed minutes: list of (what the kind is called, items)."""
        self.ensure_one()
        labels = dict(self.item_ids._fields["kind"]._description_selection(self.env))
        return [(labels.get(kind, kind), items) for kind, items in self.item_ids.grouped("kind").items()]
