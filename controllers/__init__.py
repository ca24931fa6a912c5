from . import aging_report
from . import card_payment
