from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from .collection_dispute import LIVE, UNDECIDED


class CollectionDispute(models.Model):
    """The disputed part is held, the rest is chased: holds follow the lines, what is open of the items, and the decision."""

    _inherit = "collection.dispute"

    def _dispute_holds(self):
        """The holds of these disputes that were not released."""
        # Resolvers and bookkeepers change what is held without seeing holds.
        return (
            self.env["collection.hold"]
            .sudo()
            .search([("res_model", "=", self._name), ("res_id", "in", self.ids), ("date_released", "=", False)])
        )

    def _sync_holds(self, reason=None):
        """Hold of each item what is disputed and still open; a hold that no longer fits is released and a new one placed.

        By sets: a few queries however many disputes. Holds with a last day (refused parts after the explanation) only shrink.
        """
        disputes = self.sudo()
        standing = disputes._dispute_holds()
        items = disputes.line_ids.move_line_id | standing.move_line_id
        free = items._collection_dispute_room()
        for hold in standing.filtered("is_live"):
            free[hold.move_line_id.id] += hold.amount_currency
        kept, by_key = {}, defaultdict(self.env["collection.hold"].browse)
        for hold in standing:
            by_key[hold.res_id, hold.move_line_id, hold.date_until] |= hold
        released, vals_list = self.env["collection.hold"].sudo(), []
        wanted = disputes._wanted_holds(by_key)
        for key in sorted(wanted.keys() | by_key.keys(), key=lambda key: (key[0], key[1].id, bool(key[2]))):
            dispute_id, item, until = key
            amount = item.currency_id.round(max(0.0, min(wanted.get(key, 0.0), free.get(item.id, 0.0))))
            free[item.id] = free.get(item.id, 0.0) - amount
            holds = by_key.get(key, self.env["collection.hold"])
            if not item.currency_id.compare_amounts(sum(holds.mapped("amount_currency")), amount):
                continue
            released |= holds
            kept[dispute_id] = True
            if amount:
                vals_list.append(self.browse(dispute_id)._prepare_hold_vals(item, amount, until))
        released._release(reason or self.env._("What is open of the item has changed"))
        if vals_list:
            self.env["collection.hold"]._place(vals_list)
        return self.browse(kept)

    def _wanted_holds(self, standing):
        """(dispute id, item, last day) to the amount that should be held, before what is open limits it."""
        wanted = defaultdict(float)
        for dispute in self:
            for line in dispute.line_ids.filtered("move_line_id"):
                amount = line.amount_currency if dispute.state in UNDECIDED else line.accepted_currency
                if dispute.state in LIVE:
                    wanted[dispute.id, line.move_line_id, False] += amount
        for (dispute_id, item, until), holds in standing.items():
            if until and self.browse(dispute_id).state not in (*UNDECIDED, "void"):
                wanted[dispute_id, item, until] = sum(holds.mapped("amount_currency"))
        return wanted

    def _prepare_hold_vals(self, item, amount, until=False):
        dispute = self.sudo()
        return {
            "account_id": dispute.account_id.id,
            "move_line_id": item.id,
            "amount_currency": amount,
            "kind": "dispute",
            "date_until": until,
            "reason": f"{dispute.name}: {dispute.reason_id.name}",
            "res_model": self._name,
            "res_id": dispute.id,
        }

    def _hold_refused(self, until):
        """After the decision: the accepted part stays held until it is credited, the refused one up to `until`."""
        self.ensure_one()
        dispute = self.sudo()
        dispute._dispute_holds()._release(self.env._("The dispute was decided"))
        items = dispute.line_ids.move_line_id
        room = items._collection_dispute_room()
        vals_list = []
        for line in dispute.line_ids.filtered("move_line_id"):
            item = line.move_line_id
            for amount, last in ((line.accepted_currency, False), (line.refused_currency, until)):
                held = item.currency_id.round(max(0.0, min(amount, room[item.id])))
                room[item.id] -= held
                if held and (not last or last >= self.company_id._collection_today()):
                    vals_list.append(dispute._prepare_hold_vals(item, held, last))
        if vals_list:
            self.env["collection.hold"]._place(vals_list)

    # ------------------------------------------------------------------
    # Following the ledger
    # ------------------------------------------------------------------

    def _judge(self):
        """Follow the ledger: holds shrink and grow with what is open; what was credited is closed, what was undone is not.

        :return: the disputes that were closed
        """
        if not self:
            return self
        disputes = self.sudo()
        disputes.line_ids._relink()
        settled = disputes.filtered(lambda dispute: dispute.state == "resolving" and dispute._is_credited())
        settled.with_context(dispute_note=self.env._("Credited"))._set_closed()
        undone = disputes.filtered(
            lambda dispute: dispute.state == "closed" and dispute.credit_move_ids and not dispute._is_credited()
        )
        for dispute in undone:
            dispute.with_context(dispute_note=self.env._("The credit note was undone"))._update_state(
                ("closed",), "resolving", closed_on=False, cycle_days=0
            )
        (disputes - settled)._sync_holds()
        return settled

    def _is_credited(self):
        """All credit notes of the dispute are posted, and nothing of them is left to apply."""
        self.ensure_one()
        notes = self.credit_move_ids.filtered(lambda move: move.state != "cancel")
        receivable = notes.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        return bool(notes) and all(note.state == "posted" for note in notes) and all(receivable.mapped("reconciled"))

    @api.model
    def _judge_all(self):
        """Judge the disputes whose holds no longer fit what is open; what a lost or unusual change left behind is caught up."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH wanted AS (
                    SELECT d.id, l.move_line_id,
                           SUM(CASE WHEN d.state IN %(undecided)s THEN l.amount_currency
                                    ELSE COALESCE(l.accepted_currency, 0) END) AS amount
                      FROM collection_dispute d JOIN collection_dispute_line l ON l.dispute_id = d.id
                     WHERE d.state IN %(live)s AND l.move_line_id IS NOT NULL
                     GROUP BY d.id, l.move_line_id
                ), held AS (
                    SELECT res_id, move_line_id, SUM(amount_currency) AS amount
                      FROM collection_hold
                     WHERE res_model = 'collection.dispute' AND date_released IS NULL AND date_until IS NULL
                     GROUP BY res_id, move_line_id
                )
                SELECT w.id
                  FROM wanted w
                  JOIN account_move_line i ON i.id = w.move_line_id
                  LEFT JOIN held h ON h.res_id = w.id AND h.move_line_id = w.move_line_id
                 WHERE COALESCE(h.amount, 0) != CASE WHEN i.parent_state = 'posted'
                                                     THEN LEAST(w.amount, GREATEST(i.amount_residual_currency, 0)) ELSE 0 END
                UNION SELECT id FROM collection_dispute WHERE state = 'resolving'
                """,
                undecided=UNDECIDED,
                live=LIVE,
            )
        )
        self.browse(row[0] for row in rows)._judge()
