from . import collection_letter_write
from . import collection_letter_write_plan
from . import collection_letter_start
