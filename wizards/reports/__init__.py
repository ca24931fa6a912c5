from . import collection_aging_report_open
from . import collection_action_history_print
from . import collection_reconciliation
from . import collection_reconciliation_line
from . import collection_reconciliation_xlsx
