from . import collection_account_work
from . import collection_golive_import
from . import collection_hold_place
from . import collection_day_close
from . import collection_account_bulk
from . import collection_assignment_apply
