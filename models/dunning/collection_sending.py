from datetime import timedelta

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .collection_notice_recipient import WAYS


class CollectionSending(models.Model):
    """A person's e-mail to a customer: copies of invoices, or a message to many. What went to whom and when is kept."""

    _name = "collection.sending"
    _description = "Sent E-mail"
    _inherit = ["collection.guard"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Subject", required=True)
    account_id = fields.Many2one(
        "collection.account", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True, precompute=True)
    kind = fields.Selection([("documents", "Documents"), ("message", "Message")], required=True)
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    business_date = fields.Date(string="As Of", required=True)
    user_id = fields.Many2one("res.users", string="By", ondelete="set null", default=lambda self: self.env.user)
    recipient_id = fields.Many2one("res.partner", ondelete="set null")
    recipient_email = fields.Char(string="Sent To")
    lang = fields.Char()
    note = fields.Text()
    move_ids = fields.Many2many("account.move", "collection_sending_move_rel", string="Documents")
    mail_mail_id = fields.Many2one("mail.mail", string="E-mail", ondelete="set null", index="btree_not_null")
    state = fields.Selection(
        [("queued", "Queued"), ("sent", "Sent"), ("failed", "Failed")], compute="_compute_state", string="Delivery"
    )

    @api.depends("mail_mail_id.state")
    def _compute_state(self):
        for sending in self:
            # The mail is the system's; how it fared is told to whoever may see the row.
            state = sending.sudo().mail_mail_id.state
            sending.state = {"outgoing": "queued", "exception": "failed", "cancel": "failed"}.get(state, "sent")

    def _guarded_fields(self):
        return frozenset(self._fields)

    def _document_names(self):
        return ", ".join(self.move_ids.sorted("name").mapped("name"))

    # ------------------------------------------------------------------
    # To whom
    # ------------------------------------------------------------------

    @api.model
    def _recipients(self, accounts, moves=None):
        """Whom to write to by e-mail, by the rule of notices.

        :param moves: the documents that are sent, whose own exceptions count too
        :return: dict of account to {recipient_id, email, lang}, or to a text that says why nobody can be written to
        """
        self.env.flush_all()
        Notice = self.env["collection.notice"]
        found = {}
        for account_id, recipient_id, channel, email, lang in self.env.execute_query(
            SQL(
                "SELECT account_id, recipient_id, channel, email, lang FROM (%s) q",
                Notice._recipient_query(
                    SQL("SELECT unnest(%s::int[])", list(accounts.ids)),
                    SQL(
                        "SELECT a.id AS account_id, m.id AS move_id FROM account_move m JOIN collection_account a"
                        " ON a.partner_id = m.commercial_partner_id AND a.company_id = m.company_id WHERE m.id = ANY(%s::int[])",
                        list(moves.ids),
                    )
                    if moves
                    else None,
                ),
            )
        ):
            if channel == "email":
                found[account_id] = {"recipient_id": recipient_id, "email": email, "lang": lang}
        blocked = self._with_blocked_address(accounts)
        excepted = self._excepted(accounts, moves) if len(found) < len(accounts) else {}
        return {
            account: found.get(account.id) or excepted.get(account) or self._why_not(account, account.id in blocked)
            for account in accounts
        }

    @api.model
    def _excepted(self, accounts, moves=None):
        """By which exception an account, or one of the documents, gets no e-mail: dict of account to words."""
        Exceptions = self.env["collection.exception"]
        found = dict(Exceptions._effects_of_accounts(accounts))
        for effects in Exceptions._effects_of_moves(moves or self.env["account.move"]).values():
            for account in accounts:  # documents are sent for one account
                found[account] = {**found.get(account, {}), **effects}
        words = {}
        for account, effects in found.items():
            if standing := [effects[each] for each in (*WAYS, "ap_only") if each in effects and each != "no_letters"]:
                words[account] = standing[0]._label()
        return words

    @api.model
    def _why_not(self, account, is_blocked):
        if not account.partner_id:
            return self.env._("No customer")
        return self.env._("Do not e-mail") if is_blocked else self.env._("No e-mail address")

    @api.model
    def _with_blocked_address(self, accounts):
        """Ids of the accounts whose customer or contacts have an address, though none that may be used."""
        return {
            row[0]
            for row in self.env.execute_query(
                SQL(
                    "SELECT DISTINCT a.id FROM collection_account a JOIN res_partner p ON p.commercial_partner_id = a.partner_id"
                    " WHERE a.id = ANY(%s::int[]) AND p.email_normalized IS NOT NULL AND p.active",
                    list(accounts.ids),
                )
            )
        }

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    @api.model
    def _send(self, messages, kind):
        """Queue one e-mail for each account and keep a row of it.

        :param messages: list of dicts: account, recipient_id, email, lang, subject, body (`Markup`), and if there are any moves,
            attachments, note
        :return: the rows
        """
        rows = self.sudo()._unguarded()._create_rows(messages, kind)
        # Mails are the system's; the collector's rights end at the account.
        mails = self.env["mail.mail"].sudo().create([self._prepare_mail_vals(message) for message in messages])
        for row, mail in zip(rows, mails):
            row.mail_mail_id = mail
        rows._log_contacts()
        return rows.with_env(self.env)

    def _log_contacts(self):
        """Each e-mail stands in its account's history; the account stays on the worklist, since nobody was spoken to."""
        outcome = self.env.ref("account_collections.activity_outcome_email_sent")
        Activity = self.env["collection.activity"].sudo()._unguarded()  # a logged contact is the system's
        numbers = Activity._next_references(Activity._name, len(self))
        Activity.create(
            [
                {
                    "name": number,
                    "state": "done",
                    "user_id": row.user_id.id,
                    "account_id": row.account_id.id,
                    "channel": "email",
                    "direction": "out",
                    "contact_id": row.recipient_id.id,
                    "outcome_id": outcome.id,
                    "date": row.date,
                    "move_ids": [Command.set(row.move_ids.ids)],
                    "note": "\n".join(filter(None, (row.name, row.note))),
                    "mail_message_id": row.mail_mail_id.mail_message_id.id,
                }
                for number, row in zip(numbers, self)
            ]
        )

    def _create_rows(self, messages, kind):
        return self.create(
            [
                {
                    "name": message["subject"],
                    "account_id": message["account"].id,
                    "kind": kind,
                    "business_date": message["account"].company_id._collection_today(),
                    "user_id": self.env.uid,
                    "recipient_id": message["recipient_id"],
                    "recipient_email": message["email"],
                    "lang": message["lang"],
                    "note": message.get("note"),
                    "move_ids": [Command.set(message["moves"].ids)] if message.get("moves") else False,
                }
                for message in messages
            ]
        )

    def _prepare_mail_vals(self, message):
        account = message["account"]
        return {
            "model": account._name,
            "res_id": account.id,
            "record_name": account.display_name,
            "subject": message["subject"],
            "body_html": message["body"],
            "email_from": self.env.user.email_formatted or account.company_id.email_formatted,
            "author_id": self.env.user.partner_id.id,
            "recipient_ids": [Command.set([message["recipient_id"]])],
            "attachment_ids": [Command.set(message["attachments"].ids)] if message.get("attachments") else False,
            "auto_delete": False,
        }

    @api.model
    def _render(self, template, accounts, lang):
        """Subjects and bodies of a template in a language: two dicts by record id. The template's text is configuration."""
        template = template.sudo().with_context(lang=lang)
        return template._render_field("subject", accounts.ids), template._render_field("body_html", accounts.ids)

    # ------------------------------------------------------------------
    # Copies of documents
    # ------------------------------------------------------------------

    @api.model
    def _send_documents(self, account, moves, note=None):
        """Send the PDFs of invoices of one account in one e-mail to the right person, and log it.

        The same documents asked for twice within a minute (a double click) go out once.

        :raise UserError: nothing to send, or nobody who can be written to
        :return: the row
        """
        account.check_access("write")
        moves.check_access("read")
        moves = moves.filtered(lambda move: move.state == "posted" and move.is_sale_document())
        if not moves:
            raise UserError(self.env._("Only posted invoices and credit notes can be sent."))
        if moves.commercial_partner_id != account.partner_id or moves.company_id != account.company_id:
            raise UserError(self.env._("These documents are not all of %(customer)s.", customer=account.display_name))
        account.sudo()._lock_rows(tuple(account.ids))
        again = self._just_sent(account, moves)
        if again:
            return again
        copies = moves._collection_check_copies()
        recipient = self._recipients(account, moves)[account]
        if isinstance(recipient, str):
            raise UserError(
                self.env._(
                    "%(customer)s cannot be written to by e-mail: %(reason)s.",
                    customer=account.display_name,
                    reason=recipient,
                )
            )
        message = {**recipient, "account": account, "moves": moves, "note": note}
        # The company's own documents, printed where they were not yet.
        message["attachments"] = moves.sudo()._collection_documents() | copies
        row = self._send([{**message, **self._document_text(account, moves, note, recipient["lang"])}], "documents")
        self._log_on_documents(row, moves)
        return row

    @api.model
    def _just_sent(self, account, moves):
        since = fields.Datetime.now() - timedelta(minutes=1)
        rows = self.search([("account_id", "=", account.id), ("kind", "=", "documents"), ("date", ">", since)])
        return rows.filtered(lambda row: row.move_ids == moves)[:1]

    @api.model
    def _document_text(self, account, moves, note, lang):
        moves = moves.with_context(lang=lang).sorted("invoice_date")
        body = self.env["ir.qweb"]._render(
            "account_collections.sending_documents",
            {
                "account": account,
                "company": account.company_id,
                "moves": moves,
                "note": note,
                "user": self.env.user,
                "lang": lang,
            },
            lang=lang,
        )
        names = moves.mapped("name")
        label = ", ".join(names[:3]) + (f" +{len(names) - 3}" if len(names) > 3 else "")
        subject = self.with_context(lang=lang).env._(
            "%(company)s: copy of %(documents)s", company=account.company_id.name, documents=label
        )
        return {"subject": subject, "body": Markup(body)}

    @api.model
    def _log_on_documents(self, row, moves):
        """The invoice's own history and its mark "sent" follow, whoever of the collectors did it."""
        body = self.env._("Sent again to %(recipient)s from Collections.", recipient=row.recipient_email)
        moves.sudo()._message_log_batch(bodies=dict.fromkeys(moves.ids, body), author_id=self.env.user.partner_id.id)
        moves.filtered(lambda move: not move.is_move_sent).sudo().is_move_sent = True
