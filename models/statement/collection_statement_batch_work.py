from psycopg2 import errors as pgerrors

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.pdf import merge_pdf

_CHUNK = 100
_CONFLICTS = 20


class CollectionStatementBatch(models.Model):
    """The work on a batch: a hundred statements at a time, each with its commit, so that whoever is killed loses no more than these."""

    _inherit = "collection.statement.batch"

    def _waiting(self, limit):
        """Statements of the batch that are still to be made."""
        self.ensure_one()
        return self.statement_ids.search([("batch_id", "=", self.id), ("state", "=", "due")], order="id", limit=limit)

    def _work_chunk(self):
        """Make the next statements of the batch: each gets its file and goes out, or its reason why not. Never commits.

        Where not one can be made, the batch stops and the statements stay due.

        :return: how many were dealt with
        """
        self.ensure_one()
        if self.state != "running":
            return 0
        statements = self._waiting(_CHUNK)
        if not statements:
            return 0
        errors = statements._produce()
        if errors and not statements.filtered(lambda statement: statement.state in ("printed", "queued")):
            self._update_state(("running",), "failed", error=next(iter(errors.values())))
            return 0
        for statement, error in errors.items():
            statement._set_failed(error)
        return len(statements)

    def _finish(self):
        """Put what is to be printed or handed over into one file."""
        self.ensure_one()
        if self.state != "running" or not self.is_complete or self._waiting(1):
            return
        attachment = self.env["ir.attachment"]
        content, extension = self._file()
        if content:
            attachment = attachment.create(
                {
                    "name": f"{self.name.replace('/', '-')}.{extension}",
                    "raw": content,
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        self._update_state(("running",), "done", attachment_id=attachment.id, error=False)

    def _file(self):
        """The batch's file: (bytes or None, extension)."""
        made = self.statement_ids.search(
            [("batch_id", "=", self.id), ("state", "=", "printed"), ("channel", "in", ("letter", "file"))], order="id"
        )
        if not made:
            return None, ""
        if self.delivery == "xlsx":
            return made._workbook(self), "xlsx"
        return self._merge(made.attachment_id), "pdf"

    @api.model
    def _merge(self, attachments):
        """One PDF of many."""
        return merge_pdf([attachment.raw for attachment in attachments])

    # ------------------------------------------------------------------
    # Unattended
    # ------------------------------------------------------------------

    @api.model
    def _cron_work(self):
        """Learn what became of mails, start scheduled batches, and make what is left to be made; a killed job goes on where it stopped."""
        Cron = self.env["ir.cron"]
        self.env["collection.statement"]._look_after_mails()
        self._schedule()
        for batch in self.search([("state", "=", "running")], order="id"):
            Cron._commit_progress(
                0, remaining=batch.statement_ids.search_count([("batch_id", "=", batch.id), ("state", "=", "due")])
            )
            for _conflict in range(_CONFLICTS):
                try:
                    if not batch._work():
                        return
                    break
                except pgerrors.SerializationFailure:  # somebody changed a statement meanwhile: look again
                    self.env.cr.rollback()

    def _work(self):
        """Make what is left of a batch, committing after each hundred.

        :return: whether there is time for another batch
        """
        Cron = self.env["ir.cron"]
        while self._take():
            if self.state != "running":
                break
            if not self.is_complete:
                self._add_missing()
                if not Cron._commit_progress():
                    return False
                continue
            if count := self._work_chunk():
                self._tell_queue()
                time_left = Cron._commit_progress(count)
                self.env.invalidate_all()  # a thousand statements need no more memory than a hundred
                if not time_left:
                    return False
                continue
            self._finish()
            self._tell_user()
            break
        return bool(Cron._commit_progress())

    def _take(self):
        """Whether no other worker makes the batch; it is this one's until the next commit.

        The row gets a new version, so that a worker who looked at the batch before fails here, and looks again.
        """
        query = SQL("SELECT id FROM collection_statement_batch WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED", self.id)
        self.env.cr.execute(query, log_exceptions=False)  # a conflict with another worker is expected here
        if not self.env.cr.fetchall():
            return False
        self.env.cr.execute(SQL("UPDATE collection_statement_batch SET write_date = write_date WHERE id = %s", self.id))
        return True

    def _tell_queue(self):
        if self.delivery == "send":
            self.env["collection.notice"]._trigger_mail_queue()

    def _tell_user(self):
        done = self.state == "done"
        self.create_uid._bus_send(
            "simple_notification",
            {
                "type": "success" if done else "danger",
                "title": self.name,
                "message": self.env._("%(count)s statements are made.", count=self.made_count)
                if done
                else self.error or "",
                "sticky": True,
            },
        )
