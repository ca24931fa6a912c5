from . import account
from . import card_payment
