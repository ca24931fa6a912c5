from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CollectionAccountBulk(models.TransientModel):
    """One act on many accounts: choose it, look at what will happen and what is left out and why, then do it."""

    _name = "collection.account.bulk"
    _description = "Many Accounts at Once"

    action = fields.Selection(selection="_selection_action", required=True, default="log")
    state = fields.Selection([("choose", "Choose"), ("preview", "Preview")], default="choose", required=True)
    account_ids = fields.Many2many("collection.account", string="Accounts", required=True)
    account_count = fields.Integer(compute="_compute_account_count")
    company_id = fields.Many2one("res.company", compute="_compute_account_count")

    collector_id = fields.Many2one(
        "res.users", domain="[('share', '=', False)]", help="Empty: the accounts become nobody's."
    )
    why = fields.Char(string="Reason")
    date_until = fields.Date(string="Until")
    outcome_id = fields.Many2one("collection.work.reason", domain="[('action', '=', 'done')]")
    note = fields.Text()
    next_action = fields.Char()
    next_action_date = fields.Date(string="On")
    template_id = fields.Many2one(
        "mail.template",
        domain="[('model', '=', 'collection.account')]",
        help="Written in each recipient's language. Empty: the text below, as it stands.",
    )
    subject = fields.Char()
    body = fields.Html(string="Text", sanitize=True)

    line_ids = fields.One2many("collection.account.bulk.line", "wizard_id", string="Accounts to Look At")
    included_count = fields.Integer(compute="_compute_counts")
    left_out_count = fields.Integer(compute="_compute_counts")
    left_out_summary = fields.Char(compute="_compute_counts")
    sample_subject = fields.Char(readonly=True)
    sample_body = fields.Html(readonly=True, sanitize=False)

    @api.model
    def _selection_action(self):
        actions = [
            ("log", self.env._("Log an outcome")),
            ("snooze", self.env._("Snooze")),
            ("email", self.env._("Send an e-mail")),
        ]
        if self.env.su or self.env.user.has_group("account_collections.group_assistant_manager"):
            actions += [("assign", self.env._("Give to a collector")), ("rules", self.env._("Assign by the rules"))]
        return actions

    @api.depends("account_ids")
    def _compute_account_count(self):
        for wizard in self:
            wizard.account_count = len(wizard.account_ids)
            wizard.company_id = wizard.account_ids.company_id[:1]

    @api.depends("line_ids.included", "line_ids.left_out")
    def _compute_counts(self):
        for wizard in self:
            left_out = wizard.line_ids.filtered("left_out")
            wizard.included_count = len((wizard.line_ids - left_out).filtered("included"))
            wizard.left_out_count = len(wizard.line_ids) - wizard.included_count
            parts = [f"{reason}: {len(lines)}" for reason, lines in left_out.grouped("left_out").items()]
            unticked = wizard.left_out_count - len(left_out)
            parts += [self.env._("Taken out by you: %(count)s", count=unticked)] if unticked else []
            wizard.left_out_summary = ", ".join(parts)

    # ------------------------------------------------------------------
    # Preview
    # ------------------------------------------------------------------

    def action_preview(self):
        """List what would happen to each account, and what is left out and why."""
        self.ensure_one()
        self._check_input()
        self.line_ids.unlink()
        self.line_ids = [
            Command.create({"account_id": account.id, "detail": detail, "left_out": left_out})
            for account, (detail, left_out) in self._plan(self.account_ids).items()
        ]
        self._make_sample()
        self.state = "preview"
        return self._action_reopen()

    def action_back(self):
        """Change the choice."""
        self.state = "choose"
        return self._action_reopen()

    def _action_reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%(count)s Accounts", count=self.account_count),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _check_input(self):
        missing = {
            "log": (not self.outcome_id, self.env._("Choose an outcome.")),
            "snooze": (not self.date_until, self.env._("Until when?")),
            "assign": (not self.why, self.env._("Why do these accounts change hands?")),
            "email": (
                not self.template_id and not (self.subject and self._has_text()),
                self.env._("Choose a template, or write a subject and a text."),
            ),
        }
        is_missing, message = missing.get(self.action, (False, ""))
        if is_missing:
            raise UserError(message)
        if self.action == "log" and self.outcome_id.note_required and not (self.note or "").strip():
            raise UserError(self.env._("“%(reason)s” needs a note.", reason=self.outcome_id.name))
        if self.action == "snooze":
            for company in self.account_ids.company_id:
                if self.date_until <= company._collection_today():
                    raise UserError(self.env._("Snoozing needs a date after today."))
        if self.action in ("assign", "rules"):
            self.env["collection.transfer"]._check_may_assign()

    def _has_text(self):
        return bool(Markup(self.body or "").striptags().strip())

    def _plan(self, accounts):
        """What the action means for each account: dict of account to (detail, why it is left out or False), in the list's order."""
        return getattr(self, f"_plan_{self.action}")(accounts)

    def _plan_log(self, accounts):
        return dict.fromkeys(accounts, (self.outcome_id.name, False))

    def _plan_snooze(self, accounts):
        longer = self.env._("Snoozed for longer already")
        return {
            account: (
                False,
                longer if account.snoozed_until and account.snoozed_until >= self.date_until else False,
            )
            for account in accounts
        }

    def _plan_assign(self, accounts):
        nobody = self.env._("Nobody")
        new = self.collector_id.name or nobody
        has = self.env._("Has the account already") if self.collector_id else self.env._("Nobody's already")
        foreign = self.env._("The collector does not work in this company")
        plan = {}
        for account in accounts:
            stranger = self.collector_id and account.company_id not in self.collector_id.sudo().company_ids
            same = account.collector_id == self.collector_id
            detail = f"{account.collector_id.name or nobody} → {new}"
            plan[account] = (False if same or stranger else detail, has if same else foreign if stranger else False)
        return plan

    def _plan_rules(self, accounts):
        moves = accounts.with_context(allowed_company_ids=accounts.company_id.ids)._rule_moves(
            Domain("id", "in", accounts.ids)
        )
        target = {account_id: rule for (rule, _former), ids in moves.items() for account_id in ids}
        stays = self.env._("No rule moves it")
        nobody = self.env._("Nobody")
        return {
            account: (f"{account.collector_id.name or nobody} → {target[account.id].collector_id.name}", False)
            if account.id in target
            else (False, stays)
            for account in accounts
        }

    def _plan_email(self, accounts):
        recipients = self.env["collection.sending"]._recipients(accounts)
        return {
            account: (False, who) if isinstance(who, str) else (who["email"], False)
            for account, who in recipients.items()
        }

    def _make_sample(self):
        """The message as the first recipient will read it."""
        self.sample_subject = self.sample_body = False
        account = self.line_ids.filtered(lambda line: not line.left_out)[:1].account_id
        if self.action == "email" and account:
            message = self._prepare_messages(account)[0]
            self.sample_subject, self.sample_body = message["subject"], message["body"]

    def _prepare_messages(self, accounts):
        """The messages for `_send`: the template in each language in one rendering, or the text as it stands."""
        Sending = self.env["collection.sending"]
        recipients = {
            account: who for account, who in Sending._recipients(accounts).items() if not isinstance(who, str)
        }
        texts = {}
        if self.template_id:
            for lang in {who["lang"] for who in recipients.values()}:
                same = accounts.browse().union(*(account for account, who in recipients.items() if who["lang"] == lang))
                subjects, bodies = Sending._render(self.template_id, same, lang)
                texts.update((account, (subjects[account.id], bodies[account.id])) for account in same)
        return [
            {
                **who,
                "account": account,
                "subject": texts[account][0] if self.template_id else self.subject,
                "body": texts[account][1] if self.template_id else self.body,
            }
            for account, who in recipients.items()
        ]

    # ------------------------------------------------------------------
    # Doing it
    # ------------------------------------------------------------------

    def action_apply(self):
        """Do it for the accounts that are ticked; what stands against it is looked at once more."""
        self.ensure_one()
        if self.state != "preview":
            raise UserError(self.env._("Look at the preview first."))
        self._check_input()
        chosen = self.line_ids.filtered(lambda line: line.included and not line.left_out).account_id
        accounts = chosen.browse().union(
            *(account for account, (_detail, left_out) in self._plan(chosen).items() if not left_out)
        )
        if not accounts:
            raise UserError(self.env._("No account is left to do this with."))
        accounts.check_access("write")
        getattr(self, f"_apply_{self.action}")(accounts)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Done for %(count)s accounts.", count=len(accounts)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _apply_log(self, accounts):
        accounts._work("done", self.outcome_id, self.note, self.next_action, self.next_action_date)

    def _apply_snooze(self, accounts):
        accounts._work("snooze", note=self.why, next_action_date=self.date_until)

    def _apply_assign(self, accounts):
        accounts._assign(self.collector_id, kind="manual", reason=self.why)

    def _apply_rules(self, accounts):
        accounts.with_context(allowed_company_ids=accounts.company_id.ids).action_assign_by_rules()

    def _apply_email(self, accounts):
        self.env["collection.sending"]._send(self._prepare_messages(accounts), "message")


class CollectionAccountBulkLine(models.TransientModel):
    _name = "collection.account.bulk.line"
    _description = "Many Accounts at Once: Account"
    _order = "left_out desc, id"

    wizard_id = fields.Many2one("collection.account.bulk", required=True, ondelete="cascade", index=True)
    account_id = fields.Many2one(
        "collection.account", string="Customer", required=True, readonly=True, ondelete="cascade"
    )
    included = fields.Boolean(default=True, help="Untick what you do not want to be touched.")
    detail = fields.Char(string="What Happens", readonly=True)
    left_out = fields.Char(readonly=True)
    currency_id = fields.Many2one(related="account_id.currency_id")
    amount_collectible = fields.Monetary(related="account_id.amount_collectible")


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    def action_bulk(self):
        """Choose one act for all these accounts, with a preview."""
        self.check_access("write")
        wizard = self.env["collection.account.bulk"].create({"account_ids": [Command.set(self.ids)]})
        return wizard._action_reopen()
