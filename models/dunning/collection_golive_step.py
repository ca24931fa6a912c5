from odoo import api, models
from odoo.tools import SQL

from ..account.collection_golive_kind import Column, sound


class CollectionGoliveStep(models.AbstractModel):
    """The last dunning step of each item, as the former system left it: the next run goes on after it (SPEC §1 "Go-live").

    It is kept as notices that were sent before go-live. They are no e-mails of ours: they count neither towards how often a
    customer is written to, nor, before some days have passed since the import, as the notice that a final demand needs.
    """

    _name = "collection.golive.step"
    _description = "Last Dunning Steps"
    _inherit = ["collection.golive.item.kind"]

    @api.model
    def _title(self):
        return self.env._("Last dunning step of invoices")

    @api.model
    def _columns(self):
        _ = self.env._
        return [
            *super()._columns(),
            Column("step", _("Step"), examples=("Past due", "")),
            Column("days", _("Days"), examples=("", "15")),
            Column("date", _("Date"), "date", required=True, examples=("2026-03-02", "2026-02-20")),
        ]

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    @api.model
    def _resolve(self, rows, company):
        """The step is one of the policy that the item is under: by its name or its place, or the last one up to some days."""
        self._find_items(rows, company)
        today = company._collection_today()
        policies = self._policies_of([item for row in sound(rows) for item in row.found["items"]], company)
        for row in sound(rows):
            if row.values["date"] > today:
                row.refuse("date", self.env._("The date is still to come."))
            if not row.found["items"]:
                continue
            policy = policies.get((row.found["items"][0]["account_id"], row.found["items"][0]["move_id"]))
            if not policy:
                row.refuse("step", self.env._("%s is under no dunning policy.", row.values["invoice"]))
            else:
                self._find_step(row, policy)

    @api.model
    def _find_step(self, row, policy):
        steps = policy.step_ids.sorted(lambda step: (step.days, step.sequence, step.id))
        text, days = row.values["step"], row.values["days"]
        if text:
            found = steps.filtered(lambda step: step.name.casefold() == text.casefold())
            if not found and text.isascii() and text.isdigit() and 0 < int(text) <= len(steps):
                found = steps[int(text) - 1]
            if not found:
                message = self.env._(
                    "Policy %(policy)s has no step “%(step)s”. It has: %(steps)s.",
                    policy=policy.name,
                    step=text,
                    steps=", ".join(f"{number} {name}" for number, name in enumerate(steps.mapped("name"), 1)),
                )
                row.refuse("step", message)
        elif days:
            found = self._step_by_days(row, steps, days)
        else:
            found = steps.browse()
            row.refuse("step", self.env._("Give the step, or the days after the due date."))
        row.found["step"] = found[:1]

    @api.model
    def _step_by_days(self, row, steps, days):
        digits = days.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 5):
            row.refuse("days", self.env._("“%s” is no number of days.", days[:40]))
            return steps.browse()
        found = steps.filtered(lambda step: step._track() == "customer" and step.days <= int(days))
        if not found:
            row.refuse("days", self.env._("The policy has no step up to day %s.", days))
        return found[-1:]

    @api.model
    def _policies_of(self, items, company):
        """The policy that each item is under: dict of (account id, move id) to `collection.policy`."""
        Run, Policy = self.env["collection.run"].sudo(), self.env["collection.policy"]
        used = Run._policies_in_use(company)
        if not used or not items:
            return {}
        rows = self.env.execute_query(
            SQL(
                """WITH policy (policy_id) AS (VALUES %(used)s), version (chosen_id, policy_id) AS (VALUES %(versions)s)
                   SELECT i.account_id, i.move_id, v.policy_id
                     FROM (SELECT DISTINCT * FROM unnest(%(accounts)s, %(moves)s)) i (account_id, move_id)
                     JOIN collection_account a ON a.id = i.account_id
                     %(chosen)s
                     JOIN version v ON v.chosen_id = COALESCE(
                          own_move.collection_policy_id, a.policy_id, seller.collection_policy_id, tagged.policy_id, %(default)s)""",
                used=SQL(", ").join(SQL("(%s)", policy.id) for policy in used),
                versions=Run._version_rows(company),
                default=SQL("%s::int4", company.collection_policy_id.id or None),
                accounts=SQL("%s::int[]", [item["account_id"] for item in items]),
                moves=SQL("%s::int[]", [item["move_id"] for item in items]),
                chosen=Run._chosen_joins(),
            )
        )
        return {(account, move): Policy.browse(policy) for account, move, policy in rows if policy}

    # ------------------------------------------------------------------
    # Comparing and writing
    # ------------------------------------------------------------------

    @api.model
    def _item_key(self, item):
        return (item["account_id"], item["move_id"], item["due"], item["currency_id"])

    @api.model
    def _compare(self, rows, company):
        """What an item has reached already stays; what waits to be sent must be dealt with first."""
        NoticeLine = self.env["collection.notice.line"].sudo()
        moves = {item["move_id"] for row in rows for item in row.found["items"]}
        reached, waiting = {}, {}
        for line in NoticeLine.search_fetch(
            [("move_id", "in", list(moves)), ("counted", "=", True)],
            ["account_id", "move_id", "due_date", "currency_id", "step_days", "track", "notice_id"],
        ):
            key = (line.account_id.id, line.move_id.id, line.due_date, line.currency_id.id, line.track)
            if line.notice_id.state in ("due", "failed"):
                waiting[key] = line
            elif key not in reached or line.step_days > reached[key].step_days:
                reached[key] = line
        for row in rows:
            step = row.found.get("step")
            row.found["new_items"] = []
            for item in row.found["items"]:
                key = (*self._item_key(item), step._track())
                if key in waiting:
                    row.refuse(
                        "invoice",
                        self.env._("Notice %s waits to be sent. Cancel it first.", waiting[key].notice_id.name),
                    )
                elif key not in reached or reached[key].step_days < step.days:
                    row.found["new_items"].append(item)
                elif reached[key].step_days > step.days:
                    row.warn("step", self.env._("It has reached a later step already, which stays."))
            row.is_new = row.is_new and bool(row.found["new_items"])

    @api.model
    def _import(self, rows, golive):
        """One notice for each account, step and date, sent before go-live."""
        groups = {}
        for row in rows:
            for item in row.found["new_items"]:
                group = groups.setdefault((item["account_id"], row.found["step"], row.values["date"]), {})
                parts = group.setdefault(self._item_key(item), {})
                parts[item["line_id"]] = item
        moves = self.env["account.move"].browse({key[1] for group in groups.values() for key in group})
        moves.fetch(["name", "ref"])
        vals_list = [
            self._prepare_notice_vals(golive, number, account, step, day, items)
            for number, ((account, step, day), items) in enumerate(groups.items(), 1)
        ]
        quiet = {"mail_create_nolog": True, "mail_create_nosubscribe": True, "tracking_disable": True}
        self.env["collection.notice"]._unguarded().with_context(**quiet).create(vals_list)
        self.env["collection.account"]._touch(accounts={account for account, _step, _day in groups})

    @api.model
    def _prepare_notice_vals(self, golive, number, account, step, day, items):
        company = golive.company_id
        lines = [self._prepare_line_vals(key, step, list(parts.values())) for key, parts in items.items()]
        return {
            "name": f"{golive.name}/{number}",
            "golive_id": golive.id,
            "account_id": account,
            "company_id": company.id,
            "currency_id": company.currency_id.id,
            "step_id": step.id,
            "channel": step.channel,
            "date": company._collection_today(),
            "sent_on": day,
            "state": "sent",
            "ready": True,
            "amount": sum(line["amount"] for line in lines),
            "line_ids": [(0, 0, line) for line in lines],
        }

    @api.model
    def _prepare_line_vals(self, key, step, parts):
        account, move_id, due, currency = key
        move = self.env["account.move"].browse(move_id)
        amount = sum(part["open"] for part in parts)
        return {
            "account_id": account,
            "move_id": move_id,
            "move_line_id": parts[0]["line_id"],
            "move_name": move.name,
            "ref": move.ref,
            "due_date": due,
            "currency_id": currency,
            "amount_open": amount,
            "amount_currency": amount,
            "amount": sum(part["open_company"] for part in parts),
            "step_id": step.id,
            "step_days": step.days,
            "track": step._track(),
        }
