from . import report_card_receipt
