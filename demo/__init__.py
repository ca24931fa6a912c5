from . import collection_demo
from . import collection_demo_cases
from . import collection_demo_dunning
from . import collection_demo_work
from . import collection_demo_disputes
