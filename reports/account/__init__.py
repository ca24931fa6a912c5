from . import collection_aging_report
from . import collection_aging_query
from . import collection_aging_columns
from . import collection_aging_read
from . import collection_aging_xlsx
from . import collection_coverage
