from odoo import api, fields, models
from odoo.tools import SQL

from .collection_policy_step import TASK_CHANNELS


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    policy_id = fields.Many2one(
        "collection.policy",
        string="Own Policy",
        domain="[('first_id', '=', False)]",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        ondelete="restrict",
        help="Empty: the policy of the sales partner, else of one of the customer's tags, else the company's.",
    )
    notice_ids = fields.One2many("collection.notice", "account_id", string="Notices")
    call_due_date = fields.Date(
        string="Call Due Since", readonly=True, help="A step of the dunning policy asks for a call."
    )
    step_due_date = fields.Date(
        string="Decision Due Since",
        readonly=True,
        help="A step of the dunning policy asks somebody to act: escalation, credit hold, placement review, portal upload.",
    )
    last_notice_date = fields.Date(string="Last Notice", readonly=True)

    def _guarded_fields(self):
        return super()._guarded_fields() | {"call_due_date", "step_due_date", "last_notice_date"}

    # ------------------------------------------------------------------
    # Refresh
    # ------------------------------------------------------------------

    @api.model
    def _refresh_cases(self):
        return [
            *super()._refresh_cases(),
            (
                SQL(
                    "collection_notice o JOIN scope s ON s.id = o.account_id WHERE o.state IN ('due', 'queued', 'sent')"
                ),
                SQL("o.account_id"),
                {
                    "call_due_date": SQL(
                        "MIN(o.date) FILTER (WHERE o.state = 'due' AND o.ready AND o.channel = 'call')"
                    ),
                    "step_due_date": SQL(
                        "MIN(o.date) FILTER (WHERE o.state = 'due' AND o.ready AND o.channel IN %s)", TASK_CHANNELS
                    ),
                    "last_notice_date": SQL(
                        "MAX(o.sent_on) FILTER (WHERE o.state IN ('queued', 'sent')"
                        " AND o.channel IN ('email', 'letter', 'final_demand'))"
                    ),
                },
            ),
        ]

    @api.model
    def _refresh_due_conditions(self):
        """A call that a step asks for, while there is something to collect, unless it was tried today or a later date was agreed."""
        return [
            *super()._refresh_due_conditions(),
            SQL(
                "n.call_due_date <= n.figures_date AND n.amount_collectible > 0 AND COALESCE(n.next_action_date <= n.figures_date, TRUE)"
                " AND COALESCE(n.last_worked_date < n.figures_date, TRUE)"
            ),
        ]

    # ------------------------------------------------------------------
    # Calls
    # ------------------------------------------------------------------

    def _due_calls(self):
        """The calls that steps ask for on these accounts, the one that is most overdue first."""
        # Whoever works the account may know and make its calls; the notices themselves are the system's.
        Notice = self.env["collection.notice"].sudo()
        due = [("account_id", "in", self.ids), ("state", "=", "due"), ("channel", "=", "call"), ("ready", "=", True)]
        return Notice.search(due, order="date, id")

    def _complete_calls(self):
        """The calls that steps ask for on these accounts were made."""
        self._due_calls()._set_sent()

    def _call_script(self, contact=None):
        """The script of the gravest step that asks for a call goes before that of the stage."""
        steps = self._due_calls().step_id.filtered("script").sorted("days")
        return self._fill_script(steps[-1].script, contact) if steps else super()._call_script(contact)

    # ------------------------------------------------------------------
    # Merging customers
    # ------------------------------------------------------------------

    def _repoint(self, kept):
        """First let rows give way of which the joined account may have one only: what was left out of a step for a reason, and a
        document that both customers have items of (an opening entry), at one step."""
        ids = {"old": self.id, "new": kept.id}
        key = SQL(
            "(o.move_id, o.due_date, o.currency_id, o.step_id) = (k.move_id, k.due_date, k.currency_id, k.step_id)"
        )
        pair = SQL("o.account_id = %(old)s AND k.account_id = %(new)s AND %(key)s", key=key, **ids)
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM collection_notice_line o USING collection_notice_line k
                 WHERE %(pair)s AND NOT o.counted AND NOT k.counted AND o.suppress_reason = k.suppress_reason;
                UPDATE collection_notice_line o SET counted = FALSE
                  FROM collection_notice_line k WHERE %(pair)s AND o.counted AND k.counted;
                UPDATE collection_notice o SET ready = TRUE FROM collection_notice k
                 WHERE o.account_id = %(old)s AND k.account_id = %(new)s AND o.step_id = k.step_id AND o.suppress_reason = k.suppress_reason
                   AND o.state = 'suppressed' AND k.state = 'suppressed' AND NOT o.ready AND NOT k.ready
                """,
                pair=pair,
                **ids,
            )
        )
        return super()._repoint(kept)
