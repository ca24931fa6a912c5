from odoo import fields, models

from ..account.collection_account_stage import STAGES
from .collection_activity import CHANNELS, DIRECTIONS


class CollectionActivityOutcome(models.Model):
    _name = "collection.activity.outcome"
    _description = "Contact Outcome"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: every company uses it.")
    channel = fields.Selection(CHANNELS, string="Only For", help="Empty: chosen for every channel.")
    direction = fields.Selection(DIRECTIONS, help="Empty: for contacts in both directions.")

    party = fields.Selection(
        [("customer", "Customers"), ("sales_partner", "Sales partners")],
        string="Spoken To",
        help="Empty: chosen for customers and for sales partners.",
    )

    # What it means
    is_right_party = fields.Boolean(
        string="Right Party",
        help="Somebody who can decide on the payment was reached: the last contact of the account.",
    )
    is_attempt = fields.Boolean(
        string="Counts as Attempt", default=True, help="An outbound call with it counts towards the limit of calls."
    )
    stage = fields.Selection(STAGES, string="Stage After It", help="Empty: the stage stays as it is.")
    case = fields.Selection(
        [("inquiry", "Inquiry")],
        string="Goes On To",
        help="What the customer said is entered at once: the dialog for it opens when the contact is saved.",
    )
    completes_work = fields.Boolean(
        string="Done for Today", default=True, help="The account leaves today's worklist; off: it stays there."
    )
    next_action_days = fields.Integer(
        string="Follow Up After",
        aggregator=None,
        help="Business days after which the account is proposed again. 0: the person decides.",
    )

    # What must be entered
    needs_note = fields.Boolean(string="Note")
    needs_contact = fields.Boolean(string="Contact Person")
    needs_items = fields.Boolean(string="Documents")
    needs_next_date = fields.Boolean(string="Next Action Date")
    needs_next_time = fields.Boolean(
        string="Time", help="The hour at the customer's at which the next action is to be taken."
    )

    def _missing_fields(self, activity):
        """Names of the fields that the outcome makes mandatory and the contact lacks."""
        self.ensure_one()
        wanted = {
            "note": self.needs_note and not (activity.note or "").strip(),
            "contact_id": self.needs_contact and not activity.contact_id,
            "move_ids": self.needs_items and not activity.move_ids,
            "next_action_date": (self.needs_next_date or self.needs_next_time) and not activity.next_action_date,
            "next_action_time": self.needs_next_time and not activity.next_action_time,
        }
        return [name for name, missing in wanted.items() if missing]

    def _fits(self, activity):
        """Whether the outcome may be chosen for the channel and direction of a contact, and for whom it was with."""
        self.ensure_one()
        if self.party not in (False, "sales_partner" if activity.sales_partner_id else "customer"):
            return False
        return self.channel in (False, activity.channel) and self.direction in (False, activity.direction)
