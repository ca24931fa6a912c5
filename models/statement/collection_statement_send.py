from odoo import Command, api, fields, models
from odoo.tools import SQL

from ...tools.mail_items import put_items

_FIRST_WAIT = 15  # minutes
_LONGEST_WAIT = 24 * 60
TEMPLATE = "account_collections.mail_template_statement"


class CollectionStatement(models.Model):
    """To whom statements go, and their e-mails: rendered and created by sets, tried again when the mail server refuses them."""

    _inherit = "collection.statement"

    # ------------------------------------------------------------------
    # To whom
    # ------------------------------------------------------------------

    @api.model
    def _recipients(self, accounts):
        """Whom to write to, by the rule of notices with their special exceptions: dict of account id to a row of its query."""
        self.env.flush_all()
        query = self.env["collection.notice"]._recipient_query(SQL("SELECT unnest(%s::int[])", list(accounts.ids)))
        return {row["account_id"]: row for row in self.env.execute_query_dict(query)}

    @api.model
    def _ways(self, accounts, delivery):
        """How each account's statement goes out.

        :param delivery: ``send`` (the customer's own way), ``print`` (on paper), ``file`` (made for whoever asked)
        :return: dict of account to dict of `channel`, `recipient_id`, `recipient_email`, `lang`, or to a reason of `_selection_reason`
        """
        found = self._recipients(accounts)
        unreached = accounts.filtered(lambda account: account.id not in found)
        effects = self.env["collection.exception"]._effects_of_accounts(unreached)
        return {
            account: self._way(account, found.get(account.id), delivery, "no_letters" in effects.get(account, {}))
            for account in accounts
        }

    @api.model
    def _way(self, account, row, delivery, no_letters):
        if not account.partner_id:
            return "no_customer"
        lang = (row or {}).get("lang") or account.partner_id.lang or self.env.lang or "en_US"
        if delivery == "file":
            return {"channel": "file", "recipient_id": account.partner_id.id, "recipient_email": False, "lang": lang}
        if not row:
            return "no_letters" if no_letters else "no_recipient"
        if row["channel"] == "portal_upload":
            if delivery == "print":
                return "portal_only"
            return {
                "channel": "portal_upload",
                "recipient_id": row["recipient_id"],
                "recipient_email": False,
                "lang": lang,
            }
        if delivery == "send" and row["channel"] == "email":
            return {
                "channel": "email",
                "recipient_id": row["recipient_id"],
                "recipient_email": row["email"],
                "lang": lang,
            }
        if row["postal_id"]:
            return {
                "channel": "letter",
                "recipient_id": row["postal_id"],
                "recipient_email": False,
                "lang": row["postal_lang"],
            }
        return "no_letters" if row["no_letters"] else "no_recipient"

    # ------------------------------------------------------------------
    # E-mails
    # ------------------------------------------------------------------

    def _queue_mails(self, documents):
        """Hand over one e-mail for each statement to Odoo's mail queue, rendered by language in one go."""
        # Templates are configuration, mails the system's; the collector's rights end at the statement.
        template = self.env.ref(TEMPLATE).sudo()
        for (company, lang), group in self.grouped(lambda each: (each.company_id, each.lang)).items():
            statements = group.with_company(company).with_context(lang=lang)
            own = template.with_company(company).with_context(lang=lang)
            texts = {
                name: own._render_field(name, statements.ids)
                for name in ("subject", "body_html", "email_from", "reply_to")
            }
            files = statements._mail_attachments(documents)
            values = {}
            for statement in statements:
                text = {name: rendered[statement.id] for name, rendered in texts.items()}
                body = statement._mail_body(text["body_html"], documents[statement.id])
                values[statement] = {
                    "subject": text["subject"],
                    "body": body,
                    "body_html": body,
                    "email_from": text["email_from"] or company.email_formatted,
                    "reply_to": company._collection_mail_address() or text["reply_to"] or company.email_formatted,
                    "recipient_ids": [Command.set(statement.recipient_id.ids)],
                    "attachment_ids": [Command.set(files[statement.id])],
                    "failure_reason": False,
                    "failure_type": False,
                }
            mails = statements._hand_over(values)
            today = company._collection_today()
            for statement in group:
                statement._set_queued(mails[statement.id], today)

    def _hand_over(self, values):
        """Put one e-mail for each statement into the queue: that of an earlier attempt once more, else a new one.

        :param values: dict of statement to the values of its `mail.mail`
        :return: dict of statement id to `mail.mail`
        """
        first = [statement for statement in values if not statement.mail_mail_id]
        fixed = {"model": self._name, "auto_delete": False}
        created = (
            self.env["mail.mail"]
            .sudo()
            .create([{**values[each], **fixed, "res_id": each.id, "record_name": each.name} for each in first])
        )
        mails = {statement.id: mail for statement, mail in zip(first, created)}
        for statement in values:
            if statement.id not in mails:
                mails[statement.id] = statement.sudo().mail_mail_id
                mails[statement.id].write(values[statement])
                mails[statement.id].mark_outgoing()
        return mails

    def _mail_body(self, text, document):
        """The whole mail: the company's header, the template's text, the totals by currency, the footer."""
        self.ensure_one()
        render, page = self.env["ir.qweb"]._render, self._page_values(document)
        values = {"statement": self, "notice": self, "company": self.company_id, "lang": self.lang}
        totals = render("account_collections.statement_totals", {"document": document, "page": page}, lang=self.lang)
        return render("account_collections.statement_mail", {**values, "body": put_items(text, totals)}, lang=self.lang)

    def _mail_attachments(self, documents):
        """The statement, and copies of PO and POD of the open documents for which they are mandatory: statement id to attachment ids."""
        moves = {
            statement.id: {row["move_id"] for row in statement._rows(documents[statement.id])} for statement in self
        }
        every = self.env["account.move"].browse({move_id for ids in moves.values() for move_id in ids})
        copies = every._collection_copies()
        return {
            statement.id: [
                *(statement.attachment_id | statement.xlsx_id).ids,
                *(
                    attachment.id
                    for move, (attachments, _missing) in copies.items()
                    if move.id in moves[statement.id]
                    for attachment in attachments
                ),
            ]
            for statement in self
        }

    # ------------------------------------------------------------------
    # What became of them
    # ------------------------------------------------------------------

    def _set_failed(self, error):
        """Could not be made or sent. A refused mail is tried again after 15 minutes, an hour, four hours, up to the company's limit."""
        now = fields.Datetime.now()
        for statement in self:
            wait = min(_FIRST_WAIT * 4 ** max(0, statement.attempts - 1), _LONGEST_WAIT)
            is_last = not statement.attempts or statement.attempts >= statement.company_id.collection_send_attempts
            retry = not is_last and fields.Datetime.add(now, minutes=wait)
            if statement._update_state(("due", "queued"), "failed", error=error, retry_after=retry) and is_last:
                statement.account_id._add_task(
                    self.env._("Statement %(number)s could not be sent", number=statement.name), error
                )

    def _follow_mails(self):
        """Bring statements in line with their mails."""
        for statement in self:
            mail = statement.sudo().mail_mail_id  # the queue is the system's
            if mail.state == "sent":
                statement._set_sent()
            elif mail.state == "exception":
                kinds = dict(mail._fields["failure_type"]._description_selection(self.env))
                said = mail.failure_reason or kinds.get(mail.failure_type)
                statement._set_failed(
                    said or self.env._("The connection to the mail server broke off before it answered.")
                )
            elif mail.state == "cancel" or not mail:
                statement._set_cancelled(
                    self.env._("The e-mail was cancelled in the mail queue."), ("queued", "failed")
                )

    def _retry_mails(self):
        """Send refused mails once more, as they are: the statement is that of its date."""
        today = {company: company._collection_today() for company in self.company_id}
        for statement in self._update_state(("failed",), "due", retry_after=False):
            mail = statement.sudo().mail_mail_id
            mail.mark_outgoing()
            statement._set_queued(mail, today[statement.company_id])

    def action_retry(self):
        """Try failed statements once more: refused mails are sent again, what could not be made is made again."""
        self._check_collector()
        failed = self.filtered(lambda statement: statement.state == "failed").sudo()  # the rows are the system's
        mailed = failed.filtered("mail_mail_id")
        mailed._retry_mails()
        (failed - mailed)._update_state(("failed",), "due", retry_after=False)
        (failed - mailed).batch_id._go_on()
        self.env["collection.notice"]._trigger_mail_queue()

    def _message_receive_bounce(self, email, partner):
        result = super()._message_receive_bounce(email, partner)
        out = self.filtered(lambda statement: statement.state in ("queued", "sent", "failed"))
        for statement in out._update_state(
            ("queued", "sent", "failed"),
            "bounced",
            error=self.env._("Delivery to %(address)s failed", address=email),
            retry_after=False,
        ):
            statement.recipient_id.sudo()._mark_bounced(statement.company_id)  # a fact of the mail gateway
            statement.account_id._add_task(
                self.env._("Statement %(number)s came back", number=statement.name),
                self.env._("%(address)s does not take e-mails. Find another address.", address=email),
            )
        return result
