import logging

from psycopg2 import errors as pgerrors

from odoo import api, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

BATCH = 500


class CollectionBatches(models.AbstractModel):
    _name = "collection.batches"
    _description = "Unattended work in batches"

    @api.model
    def _work(self, works):
        """Do the work of a scheduled action in batches, each locked and committed.

        A worker that is killed loses one batch at most and the next one goes on from there; a second worker passes over what
        the first has taken. A record with a fault is left for the next time and stops no other.

        :param works: (records, domain, method) in this order: the model, what is due of it, and what is done with a batch;
            done a second time to the same record, the method must change nothing
        :return: whether there was time for all of it
        """
        return all(self._work_off(*work) for work in works)

    @api.model
    def _work_off(self, records, domain, method):
        Cron, last = self.env["ir.cron"], 0
        left = Cron._commit_progress(0, remaining=records.search_count(domain))
        while left:
            batch = records.search(domain & Domain("id", ">", last), limit=BATCH, order="id")
            if not batch:
                return True
            last = batch[-1].id
            # What is committed is sent once, by the mail queue.
            self._work_safely(batch.try_lock_for_update().with_context(mail_notify_force_send=False), method)
            left = Cron._commit_progress(len(batch))
        Cron._commit_progress(0, remaining=1)  # what follows has not begun: the action is called again soon
        return False

    @api.model
    def _work_safely(self, records, method):
        """Together; where that fails one by one."""
        if not records:
            return
        try:
            with self.env.cr.savepoint():
                method(records)
                self.env.flush_all()
        except pgerrors.OperationalError:
            raise  # another worker was quicker: the whole job is tried again
        except Exception as error:
            self.env.invalidate_all(flush=False)
            if len(records) > 1:
                for record in records:
                    self._work_safely(record, method)
            elif isinstance(error, pgerrors.UniqueViolation):
                _logger.info("%s was done by another worker", records)
            else:
                _logger.exception("%s is left for the next time", records)
