from odoo import Command, api, fields, models


class CollectionReviewDecide(models.TransientModel):
    """Asks for the words that go with an opinion or a decision on one or several items of an agenda."""

    _name = "collection.review.decide"
    _description = "Words on an Agenda"

    act = fields.Selection(
        [
            ("for", "For"),
            ("against", "Against"),
            ("abstain", "Abstain"),
            ("approve", "Approve"),
            ("refuse", "Refuse"),
            ("defer", "Leave to the Next Meeting"),
        ],
        required=True,
        default="against",
        help="An opinion is advice; approving and refusing decides.",
    )
    item_ids = fields.Many2many("collection.review.item", string="Items", required=True, readonly=True)
    item_count = fields.Integer(compute="_compute_item_count")
    comment = fields.Text(string="Words", help="Part of the minutes. Whoever asked is told the words of a decision.")

    @api.depends("item_ids")
    def _compute_item_count(self):
        for wizard in self:
            wizard.item_count = len(wizard.item_ids)

    @api.model
    def default_get(self, fields_list):
        """Work on the chosen items."""
        values = super().default_get(fields_list)
        if "item_ids" in fields_list and self.env.context.get("active_model") == "collection.review.item":
            values["item_ids"] = [Command.set(self.env.context.get("active_ids") or [])]
        return values

    def action_apply(self):
        """Do it with all of them, or with none."""
        self.ensure_one()
        act = getattr(self.item_ids, f"action_{self.act}")
        return act(self.comment) or {"type": "ir.actions.act_window_close"}
