from . import collection_promise_make
from . import collection_promise_withdraw
