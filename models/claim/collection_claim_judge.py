from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..account.collection_account_touch import _read_committed
from ..ledger.account_partial_reconcile import DEAD_PAYMENT

BATCH = 1_000
# For how long after its end a claim is looked at again when something happens to the account.
_REVISIT_DAYS = 180


class CollectionClaim(models.Model):
    """Judging claims by sets: after the commit of whatever touched the account, and every night. "Applied" is what partial
    reconciliations show, and nothing else."""

    _inherit = "collection.claim"

    # ------------------------------------------------------------------
    # Ways in
    # ------------------------------------------------------------------

    def _evaluate(self):
        """Judge these claims, and renew the figures of their accounts."""
        self.sudo()._judge()  # verdicts, holds and figures are the system's
        self.sudo().account_id._refresh()

    @api.model
    def _concerned_by(self, accounts):
        """The claims that something which happened to these accounts may change."""
        if not accounts:
            return self.browse()
        since = min(company._collection_today() for company in accounts.company_id) - timedelta(_REVISIT_DAYS)
        return self.search(
            (Domain("account_id", "in", accounts.ids) | Domain("candidate_ids", "any", self._counting_on(accounts)))
            & (
                Domain("state", "in", ("open", "expired"))
                | (Domain("state", "=", "closed") & Domain("closed_on", ">=", since))
            )
        )

    @api.model
    def _counting_on(self, accounts):
        return Domain("is_found", "=", True) & Domain("partner_id", "in", accounts.partner_id.ids)

    @api.model
    def _to_judge_domain(self):
        """Live claims that have not been judged today, by each company's own date."""
        return Domain("state", "in", ("open", "expired")) & Domain.OR(
            Domain("company_id", "=", company.id)
            & (Domain("judged_on", "=", False) | Domain("judged_on", "<", company._collection_today()))
            for company in self.env["res.company"].search([])
        )

    @api.model
    def _cron_judge(self):
        """Judge every live claim once a business day, in batches: those whose time is up are chased again."""
        Cron = self.env["ir.cron"]
        left = Cron._commit_progress(0, remaining=self.search_count(self._to_judge_domain()))
        while left:
            _read_committed(self.env.cr)
            claims = self.search(self._to_judge_domain(), order="account_id, id", limit=BATCH)
            if not claims:
                break
            claims._evaluate()
            left = Cron._commit_progress(len(claims), remaining=self.search_count(self._to_judge_domain()))

    # ------------------------------------------------------------------
    # The judgement
    # ------------------------------------------------------------------

    def _judge(self):
        """State, outcome, holds and what follows. The same facts give the same verdict: a second call changes nothing."""
        claims = self.exists().filtered(lambda claim: claim.state != "void").sorted("id")
        if not claims:
            return
        self.env.flush_all()
        facts = claims._read_facts()
        changed = claims.browse()
        for claim in claims:
            if claim._reach_verdict(facts):
                changed |= claim
        claims._write_judged()
        claims._sync_holds(claims._wanted_holds(facts))
        changed._after_verdict()

    def _reach_verdict(self, facts):
        """Write what the facts say of one claim.

        :return: whether its state changed
        """
        row, parts, found = facts["rows"][self.id], facts["parts"][self.id], facts["found"][self.id]
        currency = self.currency_id
        applied = currency.round(sum(part["got"] for part in parts))
        settled = all(part["is_settled"] for part in parts)
        state, vals = row["state"], {}
        if settled and state in ("open", "expired"):
            outcome = self._settled_outcome(parts, found)
            vals = {"state": "closed", "outcome": outcome, "closed_on": row["today"]}
            vals["closed_reason"] = self._settled_reason(outcome)
        elif settled and state == "closed" and row["outcome"] in ("unapplied", "applied_elsewhere") and applied > 0:
            vals = {"outcome": "applied_here"}
        elif not settled and state == "closed" and row["outcome"] == "applied_here":
            vals = {"state": "open", "closed_on": False, "closed_reason": False}
        target = vals.get("state", state)
        if target == "open" and self.hold_until < row["today"]:
            vals["state"] = target = "expired"
        if target in ("open", "expired"):
            vals["outcome"] = _finding(found) or ("waiting_for_proof" if self.proof_asked_on else False)
        vals["amount_applied_currency"] = applied
        vals = {name: value for name, value in vals.items() if (self[name] or False) != (value or False)}
        if vals:
            self._unguarded().write(vals)
        for part in parts:
            line = facts["lines"][part["id"]]
            if currency.compare_amounts(line.amount_applied_currency, part["got"]):
                line._unguarded().amount_applied_currency = part["got"]
        row["state"] = target
        return "state" in vals

    def _settled_outcome(self, parts, found):
        """Settled by money, or closed by something else that happened to the items."""
        if any(part["got"] > 0 for part in parts):
            return "applied_here"
        return _finding(found) or "not_received"

    def _settled_reason(self, outcome):
        if outcome == "applied_here":
            return self.env._("The money was applied to the claimed items")
        return self.env._("The items were closed by something else than money, such as a credit note")

    def _write_judged(self):
        for company, claims in self.grouped("company_id").items():
            today = company._collection_today()
            stale = claims.filtered(lambda claim, day=today: claim.judged_on != day and claim.state != "closed")
            stale._unguarded().write({"judged_on": today})

    def _after_verdict(self):
        """Time that is up is a task; so is a match that was undone."""
        for claim in self:
            if claim.state == "expired":
                claim.account_id._add_task(
                    self.env._("Claim %(name)s: decide", name=claim.name),
                    self.env._(
                        "The time to find the payment is over and its items are chased again. Renew the claim once, or close it."
                    ),
                )
            elif claim.state == "closed" and claim.outcome == "applied_here":
                claim._message_log(body=self.env._("Applied: the claimed items are settled."))
            elif claim.state == "open":
                claim._message_log(body=self.env._("A match was undone: the claimed items are open again."))

    # ------------------------------------------------------------------
    # Facts: a fixed number of queries, however many claims
    # ------------------------------------------------------------------

    def _read_facts(self):
        """Everything the verdicts depend on: `rows` (id → row), `parts` (id → items), `found` (id → money), `room` (line → free),
        `lines` (id → claimed item)."""
        today = {company.id: company._collection_today() for company in self.company_id}
        rounding = {currency.id: currency.rounding for currency in self.currency_id}
        rows = {
            row["id"]: {**row, "today": today[row["company_id"]], "rounding": rounding[row["currency_id"]]}
            for row in self.env.execute_query_dict(
                SQL(
                    """SELECT id, account_id, company_id, currency_id, state, outcome
                         FROM collection_claim WHERE id IN %s ORDER BY id FOR NO KEY UPDATE""",
                    tuple(self.ids),
                )
            )
        }
        found = self._read_found()
        parts = self._read_parts(rows)
        ids = {part["item_id"] for each in parts.values() for part in each if part["item_id"]}
        ids |= {credit["line_id"] for each in found.values() for credit in each if credit["line_id"]}
        lines = {line.id: line for line in self.line_ids}
        return {"rows": rows, "parts": parts, "found": found, "room": self._read_room(ids), "lines": lines}

    def _read_parts(self, rows):
        """Claimed items as they are today, with the money that was matched with them since: dict of claim id to a list."""
        Line, Part = self.env["account.move.line"], self.env["account.partial.reconcile"]
        items = self.env.execute_query_dict(
            SQL(
                """SELECT l.id, l.claim_id, l.amount_currency::float AS amount, l.after_partial_id, item.id AS item_id,
                          COALESCE(item.amount_residual_currency, 0)::float AS open
                     FROM collection_claim_line l
                     JOIN collection_claim c ON c.id = l.claim_id
                     JOIN collection_account a ON a.id = c.account_id
                     LEFT JOIN LATERAL (
                           SELECT m.id, m.amount_residual_currency
                             FROM account_move_line m JOIN res_partner p ON p.id = m.partner_id
                            WHERE m.move_id = l.move_id AND m.account_id IN %(accounts)s AND m.parent_state = 'posted'
                              AND m.amount_currency > 0 AND m.currency_id = l.currency_id
                              AND p.commercial_partner_id = a.partner_id
                              AND (m.id = l.move_line_id OR COALESCE(m.date_maturity, m.date) = l.due_date)
                            ORDER BY (m.id = l.move_line_id) DESC NULLS LAST LIMIT 1
                          ) item ON TRUE
                    WHERE l.claim_id IN %(ids)s ORDER BY l.claim_id, l.due_date, l.id""",
                accounts=Line._collection_receivable_account_ids(),
                ids=tuple(rows),
            )
        )
        ids = tuple({item["item_id"] for item in items if item["item_id"]}) or (0,)
        matched = defaultdict(list)
        for line_id, partial_id, amount in self.env.execute_query(
            SQL(
                """SELECT c.debit_line_id, c.partial_id, c.amount_currency::float FROM (%(cash)s) c
                    UNION
                   SELECT part.debit_move_id, part.id, part.debit_amount_currency::float
                     FROM account_partial_reconcile part
                     JOIN account_move_line credit ON credit.id = part.credit_move_id AND credit.parent_state = 'posted'
                     JOIN collection_claim_candidate_line_rel rel ON rel.line_id = credit.id
                     JOIN collection_claim_candidate found ON found.id = rel.candidate_id AND found.is_found
                    WHERE part.debit_move_id IN %(ids)s AND found.claim_id IN %(claims)s AND NOT %(dead)s""",
                cash=Part._collection_cash_query(SQL("debit.id IN %s", ids)),
                ids=ids,
                claims=tuple(rows),
                dead=DEAD_PAYMENT,
            )
        ):
            matched[line_id].append((partial_id, amount))
        result = defaultdict(list)
        for item in items:
            rounding = rows[item["claim_id"]]["rounding"]
            since = {
                each: amount for each, amount in matched[item["item_id"]] if each > (item["after_partial_id"] or 0)
            }
            item["got"] = min(item["amount"], sum(since.values()))
            item["left"] = min(item["amount"] - item["got"], item["open"])
            item["is_settled"] = bool(item["item_id"]) and item["left"] < rounding / 2
            result[item["claim_id"]].append(item)
        return result

    def _read_found(self):
        """The money that was recognized for each claim: dict of claim id to rows with `line_id`, `open`, `is_applied`."""
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT f.claim_id, m.id AS line_id, m.currency_id, a.id AS account_id,
                          CASE WHEN m.parent_state = 'posted' THEN -m.amount_residual_currency::float ELSE 0 END AS open
                     FROM collection_claim_candidate f
                     JOIN collection_claim_candidate_line_rel rel ON rel.candidate_id = f.id
                     JOIN account_move_line m ON m.id = rel.line_id
                     LEFT JOIN res_partner p ON p.id = m.partner_id
                     LEFT JOIN collection_account a ON a.company_id = m.company_id
                                                   AND COALESCE(a.partner_id, 0) = COALESCE(p.commercial_partner_id, 0)
                    WHERE f.is_found AND f.claim_id IN %(ids)s
                    UNION ALL
                   SELECT f.claim_id, NULL, f.currency_id, NULL, f.amount_open_currency::float
                     FROM collection_claim_candidate f
                    WHERE f.is_found AND f.claim_id IN %(ids)s
                      AND NOT EXISTS (SELECT FROM collection_claim_candidate_line_rel rel WHERE rel.candidate_id = f.id)
                    ORDER BY claim_id, line_id""",
                ids=tuple(self.ids),
            )
        )
        result = defaultdict(list)
        for row in rows:
            result[row["claim_id"]].append(row)
        return result

    def _read_room(self, line_ids):
        """What holds of others leave of each line: dict of line id to amount."""
        today = max(company._collection_today() for company in self.company_id)
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT m.id, (ABS(m.amount_residual_currency) - COALESCE(SUM(h.amount_currency), 0))::float
                         FROM account_move_line m
                         LEFT JOIN collection_hold h ON h.move_line_id = m.id AND %(live)s
                                                    AND NOT (h.res_model = %(model)s AND h.res_id IN %(ids)s
                                                             AND h.res_model IS NOT NULL)
                        WHERE m.id IN %(lines)s AND m.parent_state = 'posted' GROUP BY m.id""",
                    live=self.env["collection.hold"]._live_condition(SQL("%s::date", today)),
                    model=self._name,
                    ids=tuple(self.ids),
                    lines=tuple(line_ids) or (0,),
                )
            )
        )


def _finding(found):
    """What is known of recognized money: still to apply, or applied elsewhere; None where there is none."""
    if not found:
        return None
    return "unapplied" if any(row["open"] > 0 for row in found) else "applied_elsewhere"
