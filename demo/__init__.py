from . import collection_demo
from . import collection_demo_cases
from . import collection_demo_contact
from . import collection_demo_day
from . import collection_demo_dunning
from . import collection_demo_golive
from . import collection_demo_work
