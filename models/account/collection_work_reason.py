from odoo import fields, models

from .collection_account_stage import STAGES


class CollectionWorkReason(models.Model):
    """What came of an account that is worked without a contact, or why it is not worked. Whether somebody was reached or tried to be
    is said in one place: by the outcome of the contact."""

    _name = "collection.work.reason"
    _description = "Worklist Outcome or Reason"
    _order = "action, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    action = fields.Selection(
        [
            ("done", "Outcome when done"),
            ("skip", "Reason to skip"),
            ("snooze", "Reason to snooze"),
            ("left", "Reason left at the end of the day"),
        ],
        required=True,
        default="done",
    )
    stage = fields.Selection(
        STAGES, string="Stage After It", help="The stage that the account comes to with this outcome."
    )
    next_action_days = fields.Integer(
        string="Follow Up After",
        aggregator=None,
        help="Business days after which the account is proposed again. 0: the person decides.",
    )
    note_required = fields.Boolean()
