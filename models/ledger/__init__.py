from . import collection_guard
from . import res_company
from . import res_currency
from . import account_account
from . import account_move_line
from . import account_partial_reconcile
from . import account_payment
