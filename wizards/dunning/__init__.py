from . import collection_sending_compose
