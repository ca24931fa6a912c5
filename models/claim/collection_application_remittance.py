from collections import defaultdict
from typing import NamedTuple

from odoo import Command, api, models
from odoo.tools import SQL

# Documents that are looked at for one advice, however many its references name.
_MAX_ITEMS = 20_000
_MAX_TEXT = 200
_NORMAL = "UPPER(REGEXP_REPLACE(%s, '[^[:alnum:]]', '', 'g'))"


class Index(NamedTuple):
    """Receivable items by what an advice may call them: each a dict of key to item rows."""

    by_reference: dict
    by_number: dict
    by_amount: dict


class CollectionApplicationRequest(models.Model):
    """A remittance advice as a request: its lines matched with items by number, reference and amount, the others named."""

    _inherit = "collection.application.request"

    @api.model
    def _create_from_remittance(self, account, remittance, currency, **vals):
        """Make a request of what an advice says.

        :param remittance: `tools.remittance.Remittance`
        :param vals: more values, such as `claim_id`, `note`, `credit_line_ids`
        """
        lines = self._match_remittance(account, remittance, currency)
        vals.setdefault("credit_line_ids", [Command.set(self._money_of(account, remittance, currency).ids)])
        request = self._unguarded().create(
            {
                "account_id": account.id,
                "currency_id": currency.id,
                "source": "remittance",
                "stated_total": remittance.total or 0.0,
                **vals,
            }
        )
        Line = self.env["collection.application.line"]._unguarded()
        Line.create([{**line, "request_id": request.id} for line in lines])
        return request.with_env(self.env)

    @api.model
    def _money_of(self, account, remittance, currency):
        """The customer's unapplied receipt over just the total of the advice, if there is one."""
        total = remittance.total or sum(row.amount or 0.0 for row in remittance.rows)
        receipts = account.open_item_ids.filtered(
            lambda line: (
                line.currency_id == currency
                and line.amount_residual < 0
                and not line.collection_reserved
                and currency.compare_amounts(-line.amount_residual_currency, total) == 0
            )
        )
        return receipts if len(receipts) == 1 else receipts.browse()

    # ------------------------------------------------------------------
    # Matching
    # ------------------------------------------------------------------

    @api.model
    def _match_remittance(self, account, remittance, currency):
        """The lines of an advice as values of request lines: one query, however many lines.

        A line that pays several instalments becomes several.
        """
        items = self._read_remittance_items(account, remittance)
        left = {item["id"]: item["open"] for item in items}
        index = _index(items, account.partner_id.id, currency)
        result = []
        for row in remittance.rows:
            result += self._match_row(row, index, left, account, currency)
        return result

    @api.model
    def _read_remittance_items(self, account, remittance):
        """Receivable items, open or not, that the references or amounts of an advice may mean; of the customer and its group."""
        self.env.flush_all()
        references = {each for row in remittance.rows for each in row.references}
        numbers = {int(each) for each in references if each.isdecimal() and len(each) < 10}
        customer = account.partner_id
        name, ref, payment_reference = (
            SQL(_NORMAL, SQL.identifier("m", column))  # pylint: disable=sql-injection
            for column in ("name", "ref", "payment_reference")
        )
        return self.env.execute_query_dict(
            SQL(
                """SELECT l.id, l.move_id, m.name, l.currency_id, p.commercial_partner_id AS partner_id,
                          GREATEST(l.amount_residual_currency, 0)::float AS open,
                          ARRAY[%(name)s, %(payment)s, %(ref)s] AS references, m.sequence_number AS number
                     FROM account_move_line l
                     JOIN account_move m ON m.id = l.move_id
                     JOIN res_partner p ON p.id = l.partner_id
                    WHERE l.company_id = %(company)s AND l.parent_state = 'posted' AND l.account_id IN %(accounts)s
                      AND l.balance > 0 AND p.commercial_partner_id = ANY(%(customers)s)
                      AND l.partner_id IN (SELECT id FROM res_partner WHERE commercial_partner_id = ANY(%(customers)s))
                      AND (%(name)s = ANY(%(references)s) OR %(payment)s = ANY(%(references)s) OR %(ref)s = ANY(%(references)s)
                           OR l.amount_residual > 0 AND (m.sequence_number = ANY(%(numbers)s)
                                OR ROUND(l.amount_residual_currency, 2) = ANY(%(amounts)s::numeric[])))
                    ORDER BY (p.commercial_partner_id = %(own)s) DESC, COALESCE(l.date_maturity, l.date), l.id
                    LIMIT %(limit)s""",
                name=name,
                payment=payment_reference,
                ref=ref,
                company=account.company_id.id,
                accounts=self.env["account.move.line"]._collection_receivable_account_ids(),
                # Which customers are of the group is no secret among those who may see the account.
                customers=[customer.id, *customer.sudo()._collection_sibling_ids()],
                own=customer.id,
                references=list(references),
                numbers=list(numbers),
                amounts=[round(row.amount, 2) for row in remittance.rows if row.amount],
                limit=_MAX_ITEMS,
            )
        )

    @api.model
    def _match_row(self, row, index, left, account, currency):
        """The request lines of one line of an advice; `left` is used up."""
        own = {"sequence": row.number, "text": row.text[:_MAX_TEXT], "amount_stated": row.amount or 0.0}
        if row.amount is None:
            return [{**own, "problem": "no_amount"}]
        if row.amount <= 0:
            return [{**own, "problem": "credit"}]
        items, problem = _find_items(row, index, left, currency)
        if not items:
            return [{**own, "problem": problem}]
        if all(item["currency_id"] != currency.id for item in items):
            return [{**own, "problem": "currency", "remark": items[0]["name"]}]
        items = [item for item in items if item["currency_id"] == currency.id]
        open_items = [item for item in items if left[item["id"]] >= currency.rounding / 2]
        if not open_items:
            problem = "repeated" if any(item["open"] for item in items) else "paid"
            return [{**own, "problem": problem, "remark": items[0]["name"]}]
        return self._allocate(row, own, open_items, left, account, currency)

    @api.model
    def _allocate(self, row, own, items, left, account, currency):
        """Spread the amount of a line over the instalments of its document, the oldest first."""
        lines, rest = [], row.amount
        for item in items:
            amount = currency.round(min(rest, left[item["id"]]))
            if currency.compare_amounts(amount, 0) <= 0:
                break
            left[item["id"]] -= amount
            rest = currency.round(rest - amount)
            lines.append({**own, "move_line_id": item["id"], "amount_currency": amount, "amount_stated": amount})
        lines[-1]["amount_stated"] = currency.round(lines[-1]["amount_stated"] + rest)
        remarks = []
        if currency.compare_amounts(rest, 0) > 0:
            remarks.append(self.env._("%(amount)s more than is open", amount=currency.format(rest)))
        short = sum(max(0.0, left[item["id"]]) for item in items)
        if currency.compare_amounts(short, 0) > 0:
            remarks.append(self.env._("%(amount)s stays open", amount=currency.format(short)))
        if items[0]["partner_id"] != account.partner_id.id:
            other = self.env["res.partner"].browse(items[0]["partner_id"])
            remarks.append(self.env._("of %(customer)s", customer=other.display_name))
        lines[-1]["remark"] = ", ".join(remarks) or False
        return lines


def _index(items, customer_id, currency):
    by_reference, by_number, by_amount = defaultdict(list), defaultdict(list), defaultdict(list)
    for item in items:
        for reference in set(item["references"]):
            if reference:
                by_reference[reference].append(item)
        if item["partner_id"] == customer_id and item["open"]:
            by_number[str(item["number"])].append(item)
            if item["currency_id"] == currency.id:
                by_amount[round(item["open"], 2)].append(item)
    return Index(by_reference, by_number, by_amount)


def _find_items(row, index, left, currency):
    """(items of the document that a line means, why none was found).

    The whole reference first, then the running number, then the amount alone where it is one item's and nobody else's.
    """
    named = [index.by_reference[each] for each in row.references if each in index.by_reference]
    named = named or [
        index.by_number[each.lstrip("0")]
        for each in row.references
        if each.isdecimal() and each.lstrip("0") in index.by_number
    ]
    for items in named:
        moves = {item["move_id"] for item in items}
        if len(moves) == 1:
            return items, None
        same = [item for item in items if abs(left[item["id"]] - row.amount) < currency.rounding / 2]
        if len(same) == 1:
            return same, None
    if named:
        return [], "ambiguous"
    same = [item for item in index.by_amount.get(round(row.amount, 2), ()) if left[item["id"]] == item["open"]]
    return (same, None) if len(same) == 1 else ([], "ambiguous" if same else "not_found")
