import uuid

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError


class CollectionCardPaymentTake(models.TransientModel):
    """Taking a payment during the call: items and amounts, who pays, and how."""

    _name = "collection.card.payment.take"
    _description = "Take a Card Payment"

    account_id = fields.Many2one("collection.account", required=True, readonly=True)
    partner_id = fields.Many2one(related="account_id.partner_id")
    company_id = fields.Many2one(related="account_id.company_id")
    currency_id = fields.Many2one("res.currency", required=True, domain="[('id', 'in', currency_ids)]")
    currency_ids = fields.Many2many("res.currency", string="Currencies", compute="_compute_choices")
    has_choice = fields.Boolean(string="Several Currencies", compute="_compute_choices")
    spread = fields.Monetary(
        string="Spread an Amount", help="Type what the payer wants to pay: it fills the items, the oldest first."
    )
    fill = fields.Selection(
        [("overdue", "All overdue"), ("all", "All open"), ("none", "None")], string="Choose", default="overdue"
    )
    line_ids = fields.One2many("collection.card.payment.take.line", "wizard_id", string="Items")
    total = fields.Monetary(compute="_compute_total")
    payer_id = fields.Many2one("res.partner", domain="[('commercial_partner_id', '=', partner_id)]")
    method = fields.Selection(
        selection=lambda self: self.env["collection.card.payment"]._fields["method"]._description_selection(self.env),
        string="How",
        required=True,
        default="link",
    )
    token_id = fields.Many2one("payment.token", string="Saved Card", domain="[('id', 'in', token_ids)]")
    token_ids = fields.Many2many("payment.token", string="Saved Cards", compute="_compute_choices")
    may_key = fields.Boolean(compute="_compute_choices")
    mail_to = fields.Char(string="Link To", compute="_compute_mail_to")
    consent_name = fields.Char(string="Agreed By", compute="_compute_consent_name", store=True, readonly=False)
    consent_text = fields.Text(string="Read Aloud", compute="_compute_consent_text")
    is_agreed = fields.Boolean(string="The payer agreed to these words")
    is_paused = fields.Boolean(string="The recording is paused")
    request_key = fields.Char(readonly=True)

    # ------------------------------------------------------------------
    # Defaults and computes
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        account = self.env["collection.account"].browse(values.get("account_id") or ())
        values["request_key"] = uuid.uuid4().hex
        if account:
            items = account._card_payment_items()
            currency = items[0][0].currency_id if items else account.currency_id
            values.setdefault("currency_id", currency.id)
            values.setdefault("payer_id", account.ap_contact_id.id)
            values["line_ids"] = self._fill_commands(account, currency, "overdue")
            if tokens := self._tokens(account):
                values["token_id"] = tokens[0].id
                values["method"] = self.env.context.get("default_method") or "token"
        return values

    @api.model
    def _tokens(self, account):
        """The saved cards of the customer that the company may charge."""
        # Which cards there are is for whoever works the account; of a card only its last digits are kept.
        tokens = (
            self.env["payment.token"]
            .sudo()
            .search(
                [
                    ("partner_id.commercial_partner_id", "=", account.partner_id.id),
                    ("provider_id.state", "in", ("enabled", "test")),
                    ("company_id", "parent_of", account.company_id.id),
                ]
            )
        )
        return tokens.with_env(self.env)

    @api.model
    def _fill_commands(self, account, currency, fill, spread=0.0):
        """The lines of a currency, each with the amount that is proposed."""
        today = account.company_id._collection_today()
        left, commands = spread, [Command.clear()]
        for item, amount in account._card_payment_items(currency):
            overdue = (item.date_maturity or item.date) < today
            if spread:
                part = currency.round(min(left, amount))
                left -= part
            else:
                part = amount if fill == "all" or (fill == "overdue" and overdue) else 0.0
            commands.append(Command.create({"move_line_id": item.id, "amount": part}))
        return commands

    @api.depends("account_id")
    def _compute_choices(self):
        for wizard in self:
            items = wizard.account_id._card_payment_items() if wizard.account_id else []
            wizard.currency_ids = self.env["res.currency"].union(*(item.currency_id for item, _amount in items))
            wizard.has_choice = len(wizard.currency_ids) > 1
            wizard.token_ids = self._tokens(wizard.account_id) if wizard.account_id else False
            wizard.may_key = self.env.user.has_group("account_collections.group_card_keying")

    @api.depends("line_ids.amount")
    def _compute_total(self):
        for wizard in self:
            wizard.total = sum(wizard.line_ids.mapped("amount"))

    @api.depends("payer_id", "account_id")
    def _compute_mail_to(self):
        for wizard in self:
            draft = self.env["collection.card.payment"].new(
                {"account_id": wizard.account_id.id, "payer_id": wizard.payer_id.id}
            )
            recipient = draft._mail_recipient()._origin or draft._mail_recipient()
            wizard.mail_to = (
                f"{recipient.name or recipient.display_name} <{recipient.email_normalized}>"
                if recipient
                else self.env._("Nobody: no address, or nobody may be written to by e-mail. Copy the link instead.")
            )

    @api.depends("payer_id")
    def _compute_consent_name(self):
        for wizard in self:
            wizard.consent_name = wizard.payer_id.name or wizard.consent_name

    @api.depends("payer_id", "total", "token_id", "line_ids.amount", "method")
    def _compute_consent_text(self):
        for wizard in self:
            lang = wizard.payer_id.lang or wizard.partner_id.lang or self.env.lang
            wizard.consent_text = wizard.with_context(lang=lang)._consent_words()

    def _consent_words(self):
        """What is read to the payer, in the payer's language; the company may have its own words."""
        digits = self.token_id.payment_details or ""
        documents = self.line_ids.filtered("amount").move_line_id.move_id.mapped("name")
        lang = self.env["res.lang"]._lang_get(self.env.context.get("lang") or "en_US")
        today = self.company_id._collection_today()
        words = {
            "company": self.company_id.name or "",
            "amount": self.currency_id.format(self.total),
            "card": self.env._("ending in %(digits)s", digits=digits[-4:]) if digits else "",
            "documents": ", ".join(documents),
            "date": today.strftime(lang.date_format) if lang else str(today),
        }
        text = self.company_id.collection_card_consent or self.env._(
            "I authorize {company} to charge {amount} to my card {card} today, {date}, in payment of {documents}. I have been told the"
            " amount and what it is for, and I will get a receipt."
        )
        for name, value in words.items():
            text = text.replace(f"{{{name}}}", value)
        return " ".join(text.split())

    # ------------------------------------------------------------------
    # Filling in
    # ------------------------------------------------------------------

    @api.onchange("fill", "currency_id")
    def _onchange_fill(self):
        self.spread = 0.0
        self.line_ids = self._fill_commands(self.account_id, self.currency_id, self.fill)

    @api.onchange("spread")
    def _onchange_spread(self):
        if self.spread:
            self.line_ids = self._fill_commands(self.account_id, self.currency_id, "none", self.spread)

    # ------------------------------------------------------------------
    # Taking it
    # ------------------------------------------------------------------

    def _take(self, method):
        """The payment of this dialog: a second click finds the one that the first has made.

        :raise UserError: what is needed to begin is missing
        """
        self.ensure_one()
        payments = self.env["collection.card.payment"]
        known = self.request_key and payments.search([("request_key", "=", self.request_key)])
        if known:
            return known
        chosen = self.line_ids.filtered("amount")
        if not chosen:
            raise UserError(self.env._("Choose at least one item with an amount to charge."))
        if method != "link" and not self.is_agreed:
            raise UserError(self.env._("Read the words to the payer, and tick that they were agreed to."))
        if method == "keyed" and not self.is_paused:
            raise UserError(self.env._("Pause the recording of the call first, and tick that it is paused."))
        if self.account_id.partner_id and self.spread and self.currency_id.compare_amounts(self.spread, self.total) > 0:
            raise ValidationError(
                self.env._(
                    "Only %(total)s is open: the rest of %(spread)s would not be applied to anything.",
                    total=self.currency_id.format(self.total),
                    spread=self.currency_id.format(self.spread),
                )
            )
        lines = [
            Command.create({"move_line_id": line.move_line_id.id, "amount_currency": line.amount}) for line in chosen
        ]
        return payments.create(
            [
                {
                    "account_id": self.account_id.id,
                    "line_ids": lines,
                    "method": method,
                    "payer_id": self.payer_id.id,
                    "token_id": self.token_id.id if method == "token" else False,
                    "consent_name": self.consent_name if method != "link" else False,
                    "consent_text": self.consent_text if method != "link" else False,
                    "request_key": self.request_key,
                }
            ]
        )

    def action_send_link(self):
        """Make the link and mail it to the payer."""
        return self._take("link").action_send_link()

    def action_copy_link(self):
        """Make the link, to be read out or pasted."""
        return self._take("link").action_make_link()

    def action_charge(self):
        """Charge the saved card."""
        return self._take("token").action_charge()

    def action_key(self):
        """Prepare the provider's page for keying the card."""
        self.env["collection.card.payment"]._check_may_key()
        return self._take("keyed").action_make_link()


class CollectionCardPaymentTakeLine(models.TransientModel):
    _name = "collection.card.payment.take.line"
    _description = "Take a Card Payment: Item"

    wizard_id = fields.Many2one("collection.card.payment.take", required=True, ondelete="cascade")
    move_line_id = fields.Many2one("account.move.line", string="Item", required=True)
    move_id = fields.Many2one(related="move_line_id.move_id", string="Document")
    date_maturity = fields.Date(related="move_line_id.date_maturity", string="Due")
    currency_id = fields.Many2one(related="move_line_id.currency_id")
    amount_open = fields.Monetary(related="move_line_id.amount_residual_currency", string="Open")
    amount = fields.Monetary(string="To Charge")


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    def action_take_payment(self):
        """Take a payment during the call: choose items and amounts."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payment of %(customer)s", customer=self.display_name),
            "res_model": "collection.card.payment.take",
            "view_mode": "form",
            "target": "new",
            "context": {"default_account_id": self.id},
        }
