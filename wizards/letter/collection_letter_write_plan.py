from odoo import fields, models
from odoo.exceptions import UserError


class CollectionLetterWrite(models.TransientModel):
    """Who gets a letter, and who not and why."""

    _inherit = "collection.letter.write"

    def _plan(self):
        """What would be written: dict of (model, id) to the letter's values, or to words that say why there is none."""
        Letter = self.env["collection.letter"]
        if not self.account_ids:
            company = self.env.company
            found = Letter._partner_recipients(self.partner_ids, company, self.prefer)
            own = {"company_id": company.id, **self._shared_vals()}
            return {
                (partner._name, partner.id): to
                if isinstance(to, str)
                else {**own, **to, "sales_partner_id": partner.id}
                for partner, to in found.items()
            }
        plan = {}
        for company, accounts in self.account_ids.grouped("company_id").items():
            plan.update(self._plan_accounts(company, accounts))
        return {(account._name, account.id): plan[account] for account in self.account_ids}

    def _plan_accounts(self, company, accounts):
        if self.kind == "final_demand":
            return self._plan_final_demands(company, accounts)
        Letter = self.env["collection.letter"].with_company(company)
        subjects = Letter._subjects(self.kind, accounts, promise_id=self.promise_id, dispute_id=self.dispute_id)
        if self.to == "customer":
            recipients = Letter._recipients(accounts, self.prefer)
        else:
            partners = Letter._partner_recipients(accounts.sales_partner_id, company, self.prefer)
            none = self.env._("No sales partner")
            recipients = {account: partners.get(account.sales_partner_id, none) for account in accounts}
        shared = self._shared_vals()
        plan = {}
        for account in accounts:
            subject, to = subjects[account], recipients[account]
            why = subject if isinstance(subject, str) else to if isinstance(to, str) else None
            about = {"account_id": account.id, "company_id": company.id}
            if self.to == "sales_partner":
                about["sales_partner_id"] = account.sales_partner_id.id
            plan[account] = why or {**shared, **subject, **to, **about}
        return plan

    def _plan_final_demands(self, company, accounts):
        """Final demands are notices: the run says of which accounts items have come to that step."""
        reasons = self.env["collection.run"]._final_demand_obstacles(company, accounts)
        return {
            account: reasons.get(account) or {"account_id": account.id, "company_id": company.id}
            for account in accounts
        }

    def _shared_vals(self):
        free = self.kind == "free"
        return {
            "kind": self.kind,
            "template_id": self.template_id.id,
            "prefer": self.prefer,
            "as_of": self.as_of if self.kind == "balance" else False,
            "note": self.note or False,
            "free_subject": self.subject if free else False,
            "free_text": self.text if free else False,
        }

    def _prepare_line_vals(self, key, entry):
        model, record_id = key
        vals = {"account_id" if model == "collection.account" else "partner_id": record_id}
        if isinstance(entry, str):
            return {**vals, "left_out": entry}
        recipient = self.env["res.partner"].browse(entry.get("recipient_id"))
        return {
            **vals,
            "recipient": recipient.display_name,
            "way": entry.get("way"),
            "lang": self.env["res.lang"]._get_data(code=entry.get("lang")).name,
            "detour": bool(entry.get("way") and entry["way"] != self.prefer),
        }

    def _make_sample(self):
        """The first letter, as it would go out now."""
        self.sample = self.sample_name = False
        if self.kind == "final_demand":
            return
        plan = {key: entry for key, entry in self._plan().items() if not isinstance(entry, str)}
        if not plan:
            return
        key, vals = next(iter(plan.items()))
        letter = self.env["collection.letter"].sudo().new({**vals, "user_id": self.env.uid})  # only looked at
        self.sample = letter.preview
        self.sample_name = self.env[key[0]].browse(key[1]).display_name


class CollectionLetterWriteLine(models.TransientModel):
    _name = "collection.letter.write.line"
    _description = "Write a Letter: Recipient"
    _order = "left_out desc, id"

    wizard_id = fields.Many2one("collection.letter.write", required=True, ondelete="cascade", index=True)
    account_id = fields.Many2one("collection.account", string="Customer", readonly=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", string="Sales Partner", readonly=True, ondelete="cascade")
    included = fields.Boolean(default=True, help="Untick whoever is to get no letter.")
    recipient = fields.Char(string="To", readonly=True)
    way = fields.Selection([("email", "E-mail"), ("post", "Post")], string="By", readonly=True)
    lang = fields.Char(string="Language", readonly=True)
    detour = fields.Boolean(readonly=True, help="The wish is not possible: the other way is taken.")
    left_out = fields.Char(string="No Letter, Since", readonly=True)

    def _key(self):
        self.ensure_one()
        record = self.account_id or self.partner_id
        return record._name, record.id

    def action_show(self):
        """Show the letter of this line."""
        self.ensure_one()
        wizard = self.wizard_id
        vals = wizard._plan().get(self._key())
        if isinstance(vals, str) or not vals or wizard.kind == "final_demand":
            raise UserError(vals if isinstance(vals, str) else self.env._("There is nothing to show."))
        letter = self.env["collection.letter"].sudo().new({**vals, "user_id": self.env.uid})  # only looked at
        wizard.write({"sample": letter.preview, "sample_name": (self.account_id or self.partner_id).display_name})
        return wizard._action_reopen()
