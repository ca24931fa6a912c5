from odoo import models


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    # For the one search box: a receipt by the bank's text (which holds the cheque's number) and by its amount.
    _collection_find_text_idx = models.Index("(lower(payment_ref) text_pattern_ops) WHERE amount > 0")
    _collection_find_amount_idx = models.Index("(amount) WHERE amount > 0")
