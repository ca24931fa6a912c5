import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .collection_card_payment import HOLDING

_logger = logging.getLogger(__name__)

BATCH = 50
# How long a charge may stay without an answer before somebody is told.
PATIENCE = timedelta(minutes=10)


class CollectionCardPayment(models.Model):
    """What goes on unattended: lost answers, links that end, receipts. Each payment is committed by itself; twice changes nothing."""

    _inherit = "collection.card.payment"

    # ------------------------------------------------------------------
    # Lost answers and links
    # ------------------------------------------------------------------

    @api.model
    def _cron_check(self):
        """Find what got stuck, by its reference, and end links whose time is over or whose items are settled."""
        now = fields.Datetime.now()
        self._each(
            Domain("state", "in", HOLDING) | (Domain("state", "=", "done") & Domain("receipt_number", "=", False)),
            lambda payment: payment._check_stuck(now),
        )
        self._each(Domain("state", "=", "link_sent"), lambda payment: payment._check_link(now))
        self.env["collection.card.return"]._check_all_stuck(now)

    @api.model
    def _each(self, domain, work):
        """Do something with each payment that others do not work on, and commit after each."""
        Cron = self.env["ir.cron"]
        todo = self.search(domain, order="id").ids
        left = Cron._commit_progress(0, remaining=len(todo))
        for payment_id in todo:
            if not left:
                break
            payment = self.browse(payment_id).try_lock_for_update()
            try:
                with self.env.cr.savepoint():
                    work(payment)
            except Exception:
                _logger.warning("Card payment %s could not be looked into", payment_id, exc_info=True)
                self.env.invalidate_all(flush=False)
            left = Cron._commit_progress(1)

    def _check_stuck(self, now):
        """One payment whose answer may have been lost. A charge is never handed over a second time."""
        for payment in self:
            transaction = payment.transaction_id
            if payment.state == "charging" and transaction.state == "draft":
                payment._look_up(transaction, now)
            payment._sync_with_transactions()
            for each in (payment._charges() | payment._captures()).filtered(
                lambda tx: not tx.is_post_processed and tx.state != "draft"
            ):
                each._post_process()
            payment._issue_receipt()
            payment._sync_holds()

    def _look_up(self, transaction, now):
        if not transaction.collection_sent_on:
            # The server stopped before the provider was asked: nothing was charged, and nobody is charged hours later.
            if transaction.create_date < now - PATIENCE:
                transaction._set_canceled(state_message=self.env._("The server stopped before the card was charged"))
            return
        if data := transaction._collection_look_up():
            transaction._process(transaction.provider_code, data)
        elif transaction.collection_sent_on < now - PATIENCE:
            self._note_unclear()

    def _check_link(self, now):
        for payment in self:
            payment._sync_with_transactions()
            if payment.state != "link_sent":
                continue
            if payment.link_expires_on <= now:
                payment._set_expired()
            elif not payment.line_ids.filtered(lambda line: line.move_line_id.amount_residual_currency > 0):
                payment._set_cancelled(self.env._("Its items were settled otherwise"))

    # ------------------------------------------------------------------
    # Receipts
    # ------------------------------------------------------------------

    @api.model
    def _cron_receipts(self):
        """Mail the receipts that are due."""
        self._each(Domain("receipt_mail_due", "=", True), lambda payment: payment._mail_receipt() if payment else None)
