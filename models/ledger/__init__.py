from . import collection_guard
from . import collection_batches
from . import res_company
from . import account_account
from . import account_move_line
from . import account_partial_reconcile
from . import account_payment
