import logging
import time

import requests
from psycopg2 import errors as pgerrors

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

_KEY = "account_collections.card_requests"
_ATTEMPTS = 3


class PaymentTransaction(models.Model):
    """Charges and refunds are handed to the provider after the commit of the transaction that wrote their reference.

    Three steps, each committed before the next: mark as handed over, ask the provider, book the answer. Whatever dies in between, a
    marked transaction is never handed over again; its answer is awaited, or looked up by its reference.
    """

    _inherit = "payment.transaction"

    def _collection_send_after_commit(self):
        """Hand these over as soon as the current transaction is committed."""
        postcommit = self.env.cr.postcommit
        if _KEY not in postcommit.data:
            ids = postcommit.data[_KEY] = set()
            registry = self.env.registry
            postcommit.add(lambda: _send(registry, ids))
        postcommit.data[_KEY].update(self.ids)

    @api.model
    def _collection_send_now(self):
        """Hand over in the current transaction what waits for its commit. For tests and shells."""
        ids = self.env.cr.postcommit.data.get(_KEY)
        for transaction in self.sudo().browse(sorted(ids or ())):
            ids.discard(transaction.id)
            if transaction._collection_claim():
                transaction._collection_ask()
                transaction._post_process()

    def _collection_claim(self):
        """Mark a transaction as handed over; False where it is already, or where the provider has answered."""
        self.env.flush_all()
        claimed = self.env.execute_query(
            SQL(
                "UPDATE payment_transaction SET collection_sent_on = %s"
                " WHERE id = %s AND state = 'draft' AND collection_sent_on IS NULL RETURNING id",
                fields.Datetime.now(),
                self.id,
            )
        )
        self.invalidate_recordset(["collection_sent_on"])
        return bool(claimed)

    def _collection_ask(self):
        """Charge or refund at the provider. A refusal is an answer; silence is none, and leaves open what happened."""
        try:
            with self.env.cr.savepoint():
                self._ensure_provider_is_not_disabled()
                self._log_sent_message()
                if self.operation == "refund":
                    self._send_refund_request()
                else:
                    self._send_payment_request()
        except UserError as error:
            self.invalidate_recordset()
            if _is_silence(error):
                self._collection_note_unclear()
            else:
                self._set_error(str(error))
        except Exception as error:  # noqa: BLE001 - whatever it was, the charge may have happened
            # Texts of errors may hold what was sent: only the kind is logged.
            _logger.warning(
                "Transaction %s: the provider's answer was not understood (%s)", self.reference, type(error).__name__
            )
            self.invalidate_recordset()
            self._collection_note_unclear()

    def _collection_note_unclear(self):
        """Whether the card was charged is not known."""
        if self.state == "draft":
            (self.collection_return_id or self._collection_payment())._note_unclear()


def _is_silence(error):
    """Whether the provider could not be reached or did not answer: the charge may have happened."""
    cause = error.__cause__ or error.__context__
    if isinstance(cause, requests.exceptions.HTTPError):
        return cause.response is None or cause.response.status_code >= 500
    return isinstance(cause, (requests.exceptions.RequestException, TimeoutError, ConnectionError))


def _send(registry, ids):
    """After the commit: each step on a cursor of its own, so that it is kept whatever happens to the next."""
    for transaction_id in sorted(ids):
        try:
            with registry.cursor() as cr:
                claimed = _transaction(cr, transaction_id)._collection_claim()
            if not claimed:
                continue
            with registry.cursor() as cr:
                _transaction(cr, transaction_id)._collection_ask()
        except pgerrors.OperationalError:
            _note_unclear(registry, transaction_id)
        except Exception:  # noqa: BLE001 - the user's transaction is committed; texts of errors may hold what was sent
            _logger.warning("Transaction %s was not handed over; the scheduled action looks into it", transaction_id)
            continue
        _post_process(registry, transaction_id)


def _note_unclear(registry, transaction_id):
    """Somebody else wrote the answer first (the provider's message overtook it), or the database was busy."""
    try:
        with registry.cursor() as cr:
            _transaction(cr, transaction_id)._collection_note_unclear()
    except Exception:  # noqa: BLE001 - as above
        _logger.warning("Transaction %s is looked into by the scheduled action", transaction_id)


def _post_process(registry, transaction_id):
    """Book the answer; tried again where somebody else wrote to the payment meanwhile, then left to the scheduled action."""
    for attempt in range(_ATTEMPTS):
        try:
            with registry.cursor() as cr:
                transaction = _transaction(cr, transaction_id)
                if not transaction.is_post_processed and transaction.state != "draft":
                    transaction._post_process()
            return
        except pgerrors.OperationalError:
            time.sleep(0.1 * (attempt + 1))
        except Exception:
            _logger.warning("Transaction %s is booked by the scheduled action", transaction_id, exc_info=True)
            return
    _logger.warning("Transaction %s is booked by the scheduled action: others write to it", transaction_id)


def _transaction(cr, transaction_id):
    return api.Environment(cr, SUPERUSER_ID, {})["payment.transaction"].browse(transaction_id)
