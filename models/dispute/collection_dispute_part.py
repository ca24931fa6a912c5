from itertools import combinations

from odoo import api, models
from odoo.exceptions import ValidationError

from .part import Part


class CollectionDisputeLine(models.Model):
    """What a part of an invoice comes to, and which parts exclude each other."""

    _inherit = "collection.dispute.line"

    # ------------------------------------------------------------------
    # Amounts
    # ------------------------------------------------------------------

    @api.model
    def _product_lines(self, move):
        return move.invoice_line_ids.filtered(lambda line: line.display_type == "product")

    @api.model
    def _chosen_lines(self, item, vals):
        """The invoice lines that a part consists of; empty where it is none of lines."""
        products = self._product_lines(item.move_id)
        part = vals["part"]
        if part == "freight":
            flagged = products.filtered("product_id.collection_is_freight")
            given = self._given_lines(vals)
            return given or flagged
        if part != "lines":
            return products.browse()
        chosen = self._given_lines(vals)
        if not chosen:
            raise ValidationError(
                self.env._("Choose the lines of %(document)s that are disputed.", document=item.move_id.name)
            )
        if chosen - products:
            raise ValidationError(self.env._("These lines do not belong to %(document)s.", document=item.move_id.name))
        return chosen

    @api.model
    def _given_lines(self, vals):
        ids = set()
        for command in vals.get("invoice_line_ids") or ():
            if command[0] == 6:
                ids |= set(command[2])
            elif command[0] == 4:
                ids.add(command[1])
        return self.env["account.move.line"].browse(sorted(ids))

    @api.model
    def _part_total(self, move, part, chosen):
        """What the part comes to on the whole invoice, in its currency; None where the invoice says nothing about it."""
        if part == "tax":
            return abs(move.amount_tax)
        if part in ("lines", "freight"):
            return sum(chosen.mapped("price_total"))
        return None

    @api.model
    def _part_amount(self, item, part, chosen):
        """What is disputed of an item when only the part is given: at most what is neither held nor disputed of it yet."""
        room = item.sudo()._collection_dispute_room()[item.id]
        total = self._part_total(item.move_id, part, chosen)
        if total is None:
            return room
        # Instalments: what of this part is disputed on the invoice's other items already counts.
        same = self.sudo().search([("move_id", "=", item.move_id.id), ("part", "=", part), ("live", "=", True)])
        if part == "lines":
            same = same.filtered(lambda line: line.invoice_line_ids & chosen)
        return item.currency_id.round(min(room, total - sum(same.mapped("amount_currency"))))

    @api.model
    def _part_in_words(self, part, chosen):
        """E.g. ``Freight: Delivery to site``."""
        label = dict(self._fields["part"]._description_selection(self.env))[part]
        names = ", ".join((line.name or line.product_id.display_name or "").split("\n")[0] for line in chosen)
        text = self.env._("%(part)s: %(lines)s", part=label, lines=names) if names else label
        return text if len(text) <= 120 else text[:119] + "…"

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @api.model
    def _check_something_left(self, item, vals):
        """Say why nothing can be disputed before the database says that an amount must be above zero."""
        if item.currency_id.compare_amounts(vals["amount_currency"], 0) > 0:
            return
        if {"amount", "amount_currency"} & vals.keys() and vals["amount_currency"] < 0:
            raise ValidationError(self.env._("The disputed amount must be more than zero."))
        move = item.move_id
        total = self._part_total(move, vals["part"], self._chosen_lines(item, vals))
        if total is not None and not item.currency_id.compare_amounts(total, 0):
            label = dict(self._fields["part"]._description_selection(self.env))[vals["part"]]
            raise ValidationError(
                self.env._("%(document)s has nothing of that: “%(part)s”.", document=move.name, part=label)
            )
        raise ValidationError(
            self.env._(
                "Nothing of %(document)s is left to dispute: it is paid, disputed or held already.", document=move.name
            )
        )

    def _check_items(self):
        receivable = self.env["account.move.line"]._collection_receivable_account_ids()
        for line in self:
            item = line.move_line_id
            account = line.dispute_id.sudo().account_id
            partner = item.partner_id.commercial_partner_id
            if item.parent_state != "posted" or item.account_id.id not in receivable or item.amount_residual <= 0:
                raise ValidationError(
                    self.env._("%(item)s is no open invoice: nothing can be disputed.", item=item.move_id.display_name)
                )
            if partner != account.partner_id or item.company_id != account.company_id:
                raise ValidationError(
                    self.env._(
                        "%(item)s is not an item of %(account)s.",
                        item=item.move_id.display_name,
                        account=account.display_name,
                    )
                )

    def _check_distinct(self):
        """Live disputes of one item are about different parts (SPEC §5)."""
        lines = self.sudo()
        self._check_distinct_parts([line._as_part() for line in lines], lines)

    def _as_part(self):
        dispute = self.dispute_id
        return Part(self.move_line_id, self.part, self.invoice_line_ids, dispute, dispute.reason_id, self.what)

    @api.model
    def _check_distinct_parts(self, parts, known=None):
        """Refuse parts that overlap each other or those of live disputes, in words, before the database does.

        :param parts: list of `Part`
        :param known: the lines that `parts` were made of
        """
        # Disputes of other portfolios count as well.
        items = self.env["account.move.line"].concat(*(part.item for part in parts))
        others = self.sudo().search([("move_line_id", "in", items.ids), ("live", "=", True)])
        others -= known or self.browse()
        pairs = [(part, other._as_part()) for part in parts for other in others] + list(combinations(parts, 2))
        for part, other in pairs:
            if part.item == other.item and part.overlaps(other):
                raise ValidationError(
                    self.env._(
                        "%(document)s: “%(part)s” is disputed already in %(dispute)s (“%(other)s”).",
                        document=part.item.move_id.name,
                        part=part.what,
                        dispute=other.dispute.name,
                        other=other.what,
                    )
                )

    def _check_amounts(self):
        """Together disputes and other holds never exceed what is open, and no part more than itself."""
        lines = self.sudo()
        held = lines.move_line_id._collection_dispute_room()
        for item in lines.move_line_id:
            mine = sum(lines.filtered(lambda line, item=item: line.move_line_id == item).mapped("amount_currency"))
            if item.currency_id.compare_amounts(mine, held[item.id]) > 0:
                raise ValidationError(
                    self.env._(
                        "Of %(document)s only %(room)s can still be disputed (%(open)s is open, some of it held already),"
                        " not %(amount)s.",
                        document=item.move_id.name,
                        room=item.currency_id.format(max(0.0, held[item.id])),
                        open=item.currency_id.format(item.amount_residual_currency),
                        amount=item.currency_id.format(mine),
                    )
                )
        for line in lines.filtered(lambda line: line.part in ("tax", "lines", "freight")):
            total = line._part_total(line.move_id, line.part, line.invoice_line_ids)
            if line.currency_id.compare_amounts(line.amount_currency, total) > 0:
                raise ValidationError(
                    self.env._(
                        "“%(part)s” of %(document)s comes to %(total)s, not %(amount)s.",
                        part=line.what,
                        document=line.move_name,
                        total=line.currency_id.format(total),
                        amount=line.currency_id.format(line.amount_currency),
                    )
                )

    # ------------------------------------------------------------------
    # Following the ledger
    # ------------------------------------------------------------------

    def _relink(self):
        """After a reset to draft items may be others: point to the one of the same document and due date, else to its only one."""
        for line in self.sudo().filtered(lambda line: line.live and not line.move_line_id and line.move_id):
            items = line.move_id.line_ids.filtered(
                lambda item: item.account_id.account_type == "asset_receivable" and item.parent_state == "posted"
            )
            same = items.filtered(lambda item, line=line: (item.date_maturity or item.date) == line.due_date)
            found = same or (items if len(items) == 1 else items.browse())
            if found:
                line._unguarded().move_line_id = found[0]
