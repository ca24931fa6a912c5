from . import test_account_collectible
from . import test_account_page
from . import test_ledger_business_date
from . import test_ledger_open_items
from . import test_tour_account
from . import test_tour_dunning
from . import test_dunning_faults
from . import test_dunning_smtp
