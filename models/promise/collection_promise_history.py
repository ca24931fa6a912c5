from odoo import fields, models


class CollectionPromise(models.Model):
    """Every change of a promise's state is kept, whether a person or the ledger brought it about."""

    _inherit = "collection.promise"

    event_ids = fields.One2many("collection.promise.event", "promise_id", string="History", readonly=True, copy=False)

    def _guarded_fields(self):
        return super()._guarded_fields() | {"event_ids"}

    def _update_state(self, allowed, target, **vals):
        before = {promise.id: promise.state for promise in self}
        changed = super()._update_state(allowed, target, **vals)
        changed._log_events(before)
        return changed

    def _after_verdict(self, before):
        self._log_events(before)
        return super()._after_verdict(before)

    def _log_events(self, before):
        """Keep that these have another state now.

        :param before: dict of promise id to its state before
        """
        # Whoever changes a promise adds to its history, which nobody edits.
        self.env["collection.promise.event"].sudo()._unguarded().create(
            [
                {
                    "promise_id": promise.id,
                    "date": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "before": before[promise.id],
                    "state": promise.state,
                }
                for promise in self
            ]
        )
