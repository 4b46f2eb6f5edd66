from sandbox.people import Attachment, Event, Json, PeopleApi, Person, RefusedError

__all__ = ["Attachment", "Event", "Json", "PeopleApi", "Person", "RefusedError"]
