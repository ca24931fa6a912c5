from . import collection_dispute_open
from . import collection_dispute_decide
from . import collection_dispute_step
