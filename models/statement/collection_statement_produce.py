from odoo import api, fields, models
from odoo.fields import Domain

_BATCH = 200


class CollectionStatement(models.Model):
    """From a row that is due to a statement that went out, a hundred of them at a time."""

    _inherit = "collection.statement"

    def _produce(self):
        """Make due statements of one batch: contents, recipients, files, totals, e-mails. Never commits.

        :return: dict of the statements that could not be made to the reason
        """
        batch, errors = self.batch_id, {}
        documents = self._documents()
        for statement in self:
            if error := documents[statement.id].get("error"):
                errors[statement] = error
        todo = (self - self.browse().union(*errors))._leave_out(documents, batch)
        todo = todo._address(batch)
        if batch.delivery == "xlsx":
            pdfs = {}
        else:
            pdfs = todo._try_to_render(documents, errors)
            todo = todo.filtered(lambda statement: statement.id in pdfs)
        todo._keep(documents, pdfs, batch)
        todo._go_out(documents)
        return errors

    def _leave_out(self, documents, batch):
        """Give statements that are not to be made their reason.

        :return: the others
        """
        todo = self.browse()
        barred = set() if batch.with_excluded else self._barred_accounts()
        for statement in self:
            sections = documents[statement.id]["sections"]
            if statement.account_id.id in barred:
                statement._set_left_out("excluded")
            elif not sections:
                statement._set_left_out("nothing")
            elif not batch.with_credit and self._is_in_credit(sections):
                statement._set_left_out("credit_balance")
            else:
                todo |= statement
        return todo

    def _barred_accounts(self):
        """Ids of the accounts that get statements only when asked for."""
        accounts = self._covered_accounts()
        allowed = accounts.search(Domain("id", "in", accounts.ids) & accounts._statement_schedulable_domain())
        return set((accounts - allowed).ids)

    @api.model
    def _is_in_credit(self, sections):
        """Whether the customer owes nothing in any currency, and has something to get in one."""
        signs = [section["currency"].compare_amounts(section["balance"], 0.0) for section in sections]
        return max(signs) <= 0 and min(signs) < 0

    def _address(self, batch):
        """Decide how and to whom each statement goes, as things stand now.

        :return: the statements that go out
        """
        delivery = "file" if batch.delivery == "xlsx" else batch.delivery
        ways, todo, unreached = self._ways(self.account_id, delivery), self.browse(), self.browse()
        for statement in self:
            way = ways[statement.account_id]
            if isinstance(way, str):
                statement._set_left_out(way)
                unreached |= statement if way == "no_recipient" else statement.browse()
                continue
            contact = statement.payer_group_id.contact_id
            if contact.email_normalized and way["channel"] == "email" and not contact.collection_do_not_email:
                way = {**way, "recipient_id": contact.id, "recipient_email": contact.email_normalized}
            statement._unguarded().write(way)
            todo |= statement
        unreached.account_id._ask_for_statement_address()
        return todo

    def _keep(self, documents, pdfs, batch):
        """Keep the files and the totals."""
        made = self.env["ir.attachment"].create(
            [self._file_vals(statement, "pdf", pdfs[statement.id]) for statement in self if statement.id in pdfs]
        )
        attached = {attachment.res_id: attachment for attachment in made}
        books = {}
        if batch.with_xlsx and batch.delivery == "send":
            mailed = self.filtered(lambda statement: statement.channel == "email")
            books = {
                book.res_id: book
                for book in made.create(
                    [self._file_vals(each, "xlsx", each._workbook(batch, documents)) for each in mailed]
                )
            }
        for statement in self:
            statement._unguarded().write(
                {
                    "amount_total": documents[statement.id]["amount_company"],
                    "attachment_id": attached[statement.id].id if statement.id in attached else False,
                    "xlsx_id": books[statement.id].id if statement.id in books else False,
                }
            )
        self.env["collection.statement.total"]._unguarded().create(
            [
                {
                    **section["totals"],
                    "statement_id": statement.id,
                    "currency_id": section["currency"].id,
                    "amount_opening": section["opening"],
                }
                for statement in self
                for section in documents[statement.id]["sections"]
            ]
        )

    @api.model
    def _file_vals(self, statement, extension, content):
        return {
            "name": f"{statement.name.replace('/', '-')}.{extension}",
            "raw": content,
            "res_model": self._name,
            "res_id": statement.id,
        }

    def _go_out(self, documents):
        """Send, print, or have uploaded."""
        self.filtered(lambda statement: statement.channel == "email")._queue_mails(documents)
        for company, paper in self.filtered(lambda each: each.channel != "email").grouped("company_id").items():
            today = company._collection_today()
            for statement in paper:
                statement._set_printed(today)
            for statement in paper.filtered(lambda each: each.channel == "portal_upload"):
                statement._ask_for_upload()

    def _ask_for_upload(self):
        self.ensure_one()
        account = self.account_id
        account.activity_schedule(
            "account_collections.mail_activity_type_upload",
            self.company_id._collection_today(),
            summary=self.env._("Upload statement %(number)s to the customer's portal", number=self.name),
            user_id=account._task_user().id,
        )

    # ------------------------------------------------------------------
    # Unattended
    # ------------------------------------------------------------------

    @api.model
    def _look_after_mails(self):
        """Follow mails whose answer was lost, and try refused ones again when their time has come."""
        lost = Domain("state", "=", "queued") & (
            Domain("mail_mail_id", "=", False) | Domain("mail_mail_id.state", "in", ("sent", "exception", "cancel"))
        )
        due = Domain("state", "=", "failed") & Domain("retry_after", "<=", fields.Datetime.now())
        for domain, work in ((lost, "_follow_mails"), (due, "_retry_mails")):
            while (found := self.search(domain, limit=_BATCH)) and (own := found.try_lock_for_update()):
                getattr(own, work)()
                self.env["ir.cron"]._commit_progress(0)
                if len(own) < len(found):
                    break  # another worker is at it
