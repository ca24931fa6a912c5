from . import aging_report
from . import reconciliation
from . import card_payment
