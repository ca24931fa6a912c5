from . import collection_card_payment_take
from . import collection_card_return_open
