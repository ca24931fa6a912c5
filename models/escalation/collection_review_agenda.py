from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date


class CollectionReview(models.Model):
    """What stands on the agenda. Rooms add theirs to `_agenda_items`; whatever they ask an approval for is there by itself."""

    _inherit = "collection.review"

    def _agenda_items(self):
        """All that waits for a decision in the meeting's company.

        Rooms extend the list with dicts of values of `collection.review.item`: `kind` (see `_selection_kind`), `res_model`, `res_id`,
        `name`, `currency_id`, `amount`, `account_id`, `partner_id`, `requester_id`, `date_since`, `effect`, `details` (rows of
        label and text); and `collection.review.item._apply_decision`, which does what was decided.
        """
        self.ensure_one()
        return [
            *self._agenda_approvals(),
            *self._agenda_holds(),
            *self._agenda_credit_holds(),
            *self._agenda_placement_reviews(),
        ]

    def _agenda_approvals(self):
        approvals = self.env["collection.approval"].search(
            [("company_id", "=", self.company_id.id), ("state", "=", "waiting")], order="kind, amount desc, id"
        )
        return [
            {
                "kind": approval.kind,
                "approval_id": approval.id,
                "res_model": approval.res_model,
                "res_id": approval.res_id,
                "name": approval.title,
                "account_id": approval.account_id.id,
                "partner_id": approval.partner_id.id,
                "requester_id": approval.requester_id.id,
                "currency_id": approval.currency_id.id,
                "amount": approval.amount,
                "date_since": approval.date_since,
                "effect": approval.effect,
                "details": approval.details or [],
            }
            for approval in approvals
        ]

    def _agenda_holds(self):
        """What people pause for longer than the company's limit, an account in one item."""
        today = self.company_id._collection_today()
        live = self.env["collection.hold"]._live_domain(today)
        holds = self.env["collection.hold"].search(
            live & Domain("company_id", "=", self.company_id.id) & Domain("kind", "=", "manual"), order="date_from, id"
        )
        pauses = holds.filtered(lambda hold: hold._is_long())
        return [self._prepare_hold_item(account, group) for account, group in pauses.grouped("account_id").items()]

    def _prepare_hold_item(self, account, holds):
        _, first = self.env._, holds[0]
        rows = [
            (
                hold.move_id.name or "",
                _(
                    "%(amount)s until %(date)s, by %(user)s: %(reason)s",
                    amount=hold.currency_id.format(hold.amount_currency),
                    date=format_date(self.env, hold.date_until),
                    user=hold.user_id.name,
                    reason=hold.reason,
                ),
            )
            for hold in holds
        ]
        return {
            "kind": "hold",
            "res_model": account._name,
            "res_id": account.id,
            "name": _("Paused for long: %(account)s", account=account.display_name),
            "account_id": account.id,
            "partner_id": account.partner_id.id,
            "requester_id": first.user_id.id,
            "currency_id": self.currency_id.id,
            "amount": sum(holds.mapped("amount")),
            "date_since": first.date_from,
            "effect": _("The items stay paused. If refused, they are chased again from today."),
            "details": [list(row) for row in rows],
        }

    def _agenda_credit_holds(self):
        """Credit holds that were proposed and nobody has set or refused."""
        holds = self.env["collection.credit.hold"].search(
            [("company_id", "=", self.company_id.id), ("state", "=", "proposed")], order="proposed_date, id"
        )
        return [
            {
                "kind": "credit_hold",
                "res_model": hold._name,
                "res_id": hold.id,
                "name": self.env._("Credit hold: %(account)s", account=hold.account_id.display_name),
                "account_id": hold.account_id.id,
                "partner_id": hold.partner_id.id,
                "requester_id": hold.create_uid.id,
                "currency_id": hold.currency_id.id,
                "amount": hold.amount_overdue,
                "date_since": hold.proposed_date,
                "effect": self.env._("New orders of the customer are held. The account is chased as before."),
                "details": [[self.env._("Why"), hold.reason]],
            }
            for hold in holds
        ]

    def _agenda_placement_reviews(self):
        """Steps of the dunning policy that ask whether the account goes to an agency."""
        notices = self.env["collection.notice"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "due"),
                ("ready", "=", True),
                ("channel", "=", "placement_review"),
                ("account_id", "!=", False),
            ]
        )
        return [
            {
                "kind": "placement_review",
                "res_model": notice._name,
                "res_id": notice.id,
                "name": self.env._("Placement review: %(account)s", account=notice.account_id.display_name),
                "account_id": notice.account_id.id,
                "partner_id": notice.account_id.partner_id.id,
                "requester_id": False,
                "currency_id": notice.currency_id.id,
                "amount": notice.amount,
                "date_since": min(notice.line_ids.mapped("due_date"), default=notice.date),
                "effect": self.env._(
                    "The step is done: the account is prepared for placement. If refused, it is taken back."
                ),
                "details": [],
            }
            for notice in notices
        ]

    # ------------------------------------------------------------------
    # Gathering
    # ------------------------------------------------------------------

    def _gather(self, records=None):
        """Put what waits on the agenda, and take from it what is not asked any more and nobody has said anything about.

        :param records: set of (model, id); only what is about these is looked at
        """
        for review in self:
            wanted = {review._agenda_key(vals): vals for vals in review._agenda_items()}
            if records is not None:
                wanted = {key: vals for key, vals in wanted.items() if (vals["res_model"], vals["res_id"]) in records}
            standing = {item._agenda_key() for item in review.item_ids}
            # The agenda's rows are the system's.
            Item = self.env["collection.review.item"].sudo()._unguarded()
            if records is None:
                gone = review.item_ids.filtered(
                    lambda item, wanted=wanted: (
                        not item.opinion_ids and not item.decision and item._agenda_key() not in wanted
                    )
                )
                gone.sudo()._unguarded().unlink()
            new = [vals for key, vals in wanted.items() if key not in standing]
            review._add_account_facts(new)
            Item.create([{**vals, "review_id": review.id, "sequence": 10} for vals in new])
            review.invalidate_recordset(["item_ids"])

    def _agenda_key(self, vals):
        approval = vals.get("approval_id")
        return (approval,) if approval else (vals["kind"], vals["res_model"], vals["res_id"])

    def _add_account_facts(self, vals_list):
        """The account's figures of the day beside what each item says of itself, and amounts in company currency."""
        accounts = self.env["collection.account"].browse({vals["account_id"] for vals in vals_list} - {False})
        today = self.company_id._collection_today()
        labels = {
            name: dict(accounts._fields[name]._description_selection(self.env)) for name in ("status", "risk_class")
        }
        for vals in vals_list:
            currency = self.env["res.currency"].browse(vals["currency_id"])
            vals["amount_company"] = currency._convert(vals["amount"], self.currency_id, self.company_id, today)
            if account := accounts.browse(vals["account_id"] or ()):
                figures = self.env._(
                    "%(overdue)s overdue of %(total)s, oldest item %(days)s days; %(status)s, risk: %(risk)s",
                    overdue=account.currency_id.format(account.amount_overdue),
                    total=account.currency_id.format(account.amount_total),
                    days=account.oldest_days,
                    status=labels["status"].get(account.status, account.status),
                    risk=labels["risk_class"].get(account.risk_class, account.risk_class),
                )
                vals["details"] = [*vals["details"], [self.env._("Account today"), figures]]


class CollectionReviewItem(models.Model):
    _inherit = "collection.review.item"

    def _agenda_key(self):
        return (self.approval_id.id,) if self.approval_id else (self.kind, self.res_model, self.res_id)
