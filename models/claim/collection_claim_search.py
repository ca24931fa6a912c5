from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.combination import MAX_AMOUNTS, Sums
from ...tools.remittance import normalize

# More candidates than a person looks at are not shown.
MAX_CANDIDATES = 20
MAX_OTHERS = 5
_FITTING = ("1_exact", "2_tolerance", "3_reference", "4_sibling")


class CollectionClaim(models.Model):
    """The bounded search for claimed money, and the order in which what it finds is shown (SPEC §6)."""

    _inherit = "collection.claim"

    def action_search(self):
        """Look for the claimed money: posted and draft payments, bank lines, payments without an entry, credits, the group's, and
        what adds up. The best comes first; what was marked as found stays marked.

        :raise UserError: the claim is closed
        """
        self.check_access("write")
        for claim in self:
            if claim.state not in ("open", "expired"):
                raise UserError(
                    self.env._("%(claim)s is closed: there is nothing to look for.", claim=claim.display_name)
                )
            claim._find_money()
        self._evaluate()
        return True

    def _find_money(self):
        """Put the candidates of a claim in the place of those of the last search."""
        self.ensure_one()
        scope = self._search_scope()
        rows = self._rank(scope, self._read_sources(scope))[:MAX_CANDIDATES]
        claim = self.sudo()  # candidates are the system's
        marked = set(claim.candidate_ids.filtered("is_found").mapped("key"))
        claim.candidate_ids._unguarded().unlink()
        if not marked:
            marked = self._certain_keys(rows)
        applied = self._read_applied_to(rows)
        claim.env["collection.claim.candidate"]._unguarded().create(
            [self._prepare_candidate(place, row, applied, row["key"] in marked) for place, row in enumerate(rows, 1)]
        )
        claim._unguarded().searched_on = fields.Datetime.now()

    def _certain_keys(self, rows):
        """The one unapplied receipt of the customer over just the amount needs nobody to be recognized."""
        exact = [
            row
            for row in rows
            if row["rank"] == "1_exact" and row["open"] > 0 and row["partner_id"] == self.partner_id.id
        ]
        return {exact[0]["key"]} if len(exact) == 1 and exact[0]["company_id"] == self.company_id.id else set()

    # ------------------------------------------------------------------
    # Ranking
    # ------------------------------------------------------------------

    def _rank(self, scope, rows):
        """Sources and combinations of them as candidates, the best first."""
        rest = []
        for row in rows:
            row["rank"] = self._rank_of(scope, row)
            row["sources"] = [(row["source"], row["id"])]
            row["items"] = ()
            if not row["rank"] and row["open"] > 0:
                rest.append(row)
        found = [row for row in rows if row["rank"]]
        own = [row for row in rest if row["partner_id"] == scope.own and row["company_id"] == self.company_id.id]
        found += self._adding_up(own) + self._covering_more(own)
        used = {each for row in found for each in row["sources"]}
        others = [{**row, "rank": "6_other"} for row in own if row["sources"][0] not in used]
        found += sorted(others, key=lambda row: row["date"], reverse=True)[:MAX_OTHERS]
        for row in found:
            row["key"] = ",".join(sorted(f"{source}:{each}" for source, each in row["sources"]))
        return sorted(found, key=lambda row: self._preference(scope, row))

    def _rank_of(self, scope, row):
        """How a single source fits; None where it does not by itself."""
        row["in_claim"] = self._in_claim_currency(row)
        row["is_named"] = len(scope.reference) >= 3 and scope.reference in normalize(row["text"])
        same = row["currency_id"] == self.currency_id.id
        difference = abs(row["in_claim"] - scope.amount)
        exact = same and self.currency_id.is_zero(difference)
        near = exact or self.currency_id.compare_amounts(difference, scope.tolerance) <= 0
        row["is_exact"], row["is_near"] = exact, near
        is_own = row["partner_id"] in (scope.own, None) and row["company_id"] == self.company_id.id
        if not is_own:
            return "4_sibling" if near or row["is_named"] else None
        if exact:
            return "1_exact"
        if near:
            return "2_tolerance"
        return "3_reference" if row["is_named"] else None

    def _in_claim_currency(self, row):
        amount = row["open"] if row["open"] > 0 else row["total"]
        if row["currency_id"] == self.currency_id.id:
            return amount
        currency = self.env["res.currency"].browse(row["currency_id"])
        return currency._convert(amount, self.currency_id, self.company_id, row["date"])

    def _preference(self, scope, row):
        """What is not applied before what is; the amount before the reference; the customer's before nobody's; the nearest day."""
        return (
            row["rank"],
            row["open"] <= 0,
            not row["is_exact"],
            not row["is_named"],
            row["partner_id"] != scope.own,
            row["kind"] == "credit",
            abs((row["date"] - self.date).days),
            row["key"],
        )

    def _units(self, amount):
        """An amount in whole units of the currency."""
        return round(amount / self.currency_id.rounding)

    def _adding_up(self, rows):
        """Receipts that together are the claimed amount."""
        parts = [row for row in rows if row["currency_id"] == self.currency_id.id][:MAX_AMOUNTS]
        places = Sums(self._units(row["open"]) for row in parts).find(self._units(self.amount_currency), smallest=2)
        if not places:
            return []
        chosen = [parts[place] for place in places]
        return [
            {
                **chosen[0],
                "rank": "5_combination",
                "sources": [row["sources"][0] for row in chosen],
                "document": " + ".join(row["document"] or "?" for row in chosen),
                "open": sum(row["open"] for row in chosen),
                "total": sum(row["total"] for row in chosen),
                "amounts": [row["open"] for row in chosen],
                "is_exact": True,
            }
        ]

    def _covering_more(self, rows):
        """Receipts over the claimed amount and other open items besides."""
        greater = [
            row
            for row in rows
            if row["currency_id"] == self.currency_id.id
            and self.currency_id.compare_amounts(row["open"], self.amount_currency) > 0
        ]
        if not greater:
            return []
        items = self._other_items()
        sums = Sums(self._units(item.amount_residual_currency) for item in items)
        found = []
        for row in greater:
            places = sums.find(self._units(row["open"] - self.amount_currency))
            if places:
                found.append({**row, "rank": "5_combination", "items": [items[place] for place in places]})
        return found

    def _other_items(self):
        """The account's other open items in this currency, the oldest first."""
        Line = self.env["account.move.line"]
        return Line.search(
            Line._collection_open_domain(self.company_id)
            & Domain("partner_id", "child_of", self.partner_id.ids)
            & Domain("partner_id.commercial_partner_id", "=", self.partner_id.id)
            & Domain("currency_id", "=", self.currency_id.id)
            & Domain("amount_residual", ">", 0)
            & Domain("id", "not in", self.line_ids.move_line_id.ids),
            order="date_maturity, id",
            limit=MAX_AMOUNTS,
        )

    # ------------------------------------------------------------------
    # Candidates
    # ------------------------------------------------------------------

    def _read_applied_to(self, rows):
        """Names of the documents to which receipts are applied: dict of line id to a list."""
        ids = [each for row in rows if row["open"] <= 0 for source, each in row["sources"] if source == "line"]
        # The group's documents are named, whoever's portfolio they are in.
        lines = self.env["account.move.line"].sudo().browse(ids)
        return {
            line.id: lines.browse(line.matched_debit_ids.debit_move_id.ids).move_id.mapped("name") for line in lines
        }

    def _prepare_candidate(self, place, row, applied, is_found):
        ids = {source: [each for kind, each in row["sources"] if kind == source] for source, _each in row["sources"]}
        return {
            "claim_id": self.id,
            "sequence": place,
            "key": row["key"],
            "rank": row["rank"],
            "document": row["document"] or self.env._("Not numbered yet"),
            "explanation": self._explain(row, applied),
            "partner_id": row["partner_id"],
            "company_id": row["company_id"],
            "date": row["date"],
            "currency_id": row["currency_id"],
            "amount_currency": row["total"],
            "amount_open_currency": max(0.0, row["open"]),
            "is_found": is_found,
            "line_ids": ids.get("line", []),
            "payment_ids": ids.get("payment", []),
            "statement_line_ids": ids.get("statement", []),
            "item_ids": [item.id for item in row["items"]],
        }

    def _explain(self, row, applied):
        """What it is, in words."""
        kinds = {
            "receipt": self.env._("Receipt, not applied"),
            "credit": self.env._("Credit note, not applied"),
            "draft": self.env._("Payment in draft"),
            "unbooked": self.env._("Payment without an entry yet"),
            "bank": self.env._("Bank line, not reconciled"),
        }
        parts = [kinds[row["kind"]]]
        if row["open"] <= 0:
            names = applied.get(row["id"]) or [self.env._("other items")]
            parts = [self.env._("Applied to %(documents)s", documents=", ".join(names[:3]))]
        elif row["kind"] == "receipt" and self.currency_id.compare_amounts(row["open"], row["total"]) < 0:
            parts = [self.env._("Receipt, partly applied")]
        if row.get("amounts"):
            parts = [" + ".join(self.currency_id.format(amount) for amount in row["amounts"])]
        if row["items"]:
            names = ", ".join(item.move_id.name for item in row["items"])
            parts.append(self.env._("with %(documents)s", documents=names))
        if row["is_named"]:
            parts.append(self.env._("has the reference"))
        if not row["partner_id"]:
            parts.append(self.env._("payer not known"))
        if row["currency_id"] != self.currency_id.id:
            parts.append(self.env._("in another currency"))
        return ", ".join(parts)
