from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import split_every

BATCH = 5_000


class _How(NamedTuple):
    """How a collector changes. An object of this class cannot be sent over RPC: from outside every change is one by hand."""

    kind: str = "manual"
    reason: str | None = None
    rule_id: int | bool = False
    transfer_id: int | bool = False
    locked: bool = True


class CollectionAccount(models.Model):
    """Who works an account: by rule, by hand, for the time of an absence; with its history."""

    _inherit = "collection.account"

    collector_locked = fields.Boolean(
        string="Assigned by Hand",
        readonly=True,
        help="Rules leave this account to whom a manager gave it, until it is handed back to the rules.",
    )
    assignment_ids = fields.One2many("collection.assignment", "account_id", string="Assignments")

    def _guarded_fields(self):
        return super()._guarded_fields() | {"collector_locked"}

    def write(self, vals):
        if "collector_id" not in vals:
            return super().write(vals)
        before = {account: account.collector_id for account in self}
        result = super().write(vals)
        how = self.env.context.get("collection_how")
        self._log_assignments(before, how if isinstance(how, _How) else _How())
        return result

    def _log_assignments(self, before, how):
        """Keep who had these accounts before and who has them now."""
        moved = self.filtered(lambda account: account.collector_id != before[account])
        moved._unguarded().filtered(lambda account: account.collector_locked != how.locked).write(
            {"collector_locked": how.locked}
        )
        today = {company: company._collection_today() for company in moved.company_id}
        # Whoever may change the collector writes the history with it.
        self.env["collection.assignment"].sudo()._unguarded().create(
            [
                {
                    "account_id": account.id,
                    "business_date": today[account.company_id],
                    "from_user_id": before[account].id,
                    "from_name": before[account].sudo().name,
                    "to_user_id": account.collector_id.id,
                    "to_name": account.collector_id.sudo().name,
                    "user_id": self.env.uid,
                    "kind": how.kind,
                    "reason": how.reason,
                    "rule_id": how.rule_id,
                    "transfer_id": how.transfer_id,
                }
                for account in moved
            ]
        )

    def _assign(self, collector, **how):
        """Give these accounts to a collector (or nobody), with one line of history each.

        :param how: of `_How`: kind, reason, rule_id, transfer_id, locked
        :return: the accounts that changed hands
        """
        moved = self.filtered(lambda account: account.collector_id != collector)
        if moved:
            # The history says more than the chatter could.
            context = {"collection_how": _How(**how), "tracking_disable": True}
            moved.with_context(**context).write({"collector_id": collector.id})
        return moved

    # ------------------------------------------------------------------
    # By rule
    # ------------------------------------------------------------------

    @api.model
    def _rule_moves(self, domain):
        """What the rules would change among the accounts of a domain.

        :return: dict of (rule, former collector's id or False) to a list of account ids; only accounts that would change hands
        """
        moves = {}
        rules = self.env["collection.assignment.rule"]
        for company in self.env["res.company"].search([("id", "in", self.env.companies.ids)]):
            own = rules.search([("company_id", "=", company.id)]).filtered("collector_id.active")
            if not own:
                continue
            query = self._search(domain & Domain("company_id", "=", company.id) & Domain("partner_id", "!=", False))
            self.env.flush_all()
            for rule_id, former, ids in self.env.execute_query(own._match_query(query.subselect())):
                moves[rules.browse(rule_id), former or False] = ids
        return moves

    @api.model
    def _move_in_batches(self, moves):
        """Do what `_rule_moves` found, and hand out what changed hands, batch by batch."""
        for (rule, _former), ids in moves.items():
            for part in split_every(BATCH, ids, self.browse):
                yield part._assign(
                    rule.collector_id, kind="rule", rule_id=rule.id, locked=False, reason=rule.display_name
                )

    @api.model
    def _assign_by_rules(self, domain):
        """Give the accounts of a domain to the collectors that the rules name; those that no rule matches stay as they are.

        :return: the accounts that changed hands
        """
        return self.browse().union(*self._move_in_batches(self._rule_moves(domain)))

    def action_assign_by_rules(self):
        """Hand these accounts back to the rules."""
        self.check_access("write")
        self.env["collection.transfer"]._check_may_assign()
        self._unguarded().write({"collector_locked": False})
        self._assign_by_rules(Domain("id", "in", self.ids))

    @api.model
    def _unassigned_domain(self):
        """Accounts with open items that nobody has, and about which nobody decided."""
        return (
            Domain("collector_id", "=", False) & Domain("collector_locked", "=", False) & Domain("open_count", ">", 0)
        )

    @api.model
    def _cron_assign(self):
        """New accounts and those of collectors who left go to whom the rules name; transfers begin and end on their days."""
        Cron = self.env["ir.cron"]
        Account = self.with_context(allowed_company_ids=self.env["res.company"].search([]).ids)
        due = Account.env["collection.transfer"]._due()
        moves = Account._rule_moves(Account._unassigned_domain())
        Cron._commit_progress(0, remaining=sum(map(len, moves.values())) + len(due))
        for moved in Account._move_in_batches(moves):
            if not Cron._commit_progress(len(moved)):
                return
        for transfer in due:
            transfer._proceed()
            if not Cron._commit_progress(1):
                return
