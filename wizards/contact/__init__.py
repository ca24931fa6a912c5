from . import collection_call_start
from . import collection_activity_correct
from . import collection_contact_write
from . import collection_help_ask
