"""The tree of errors.

InterludeError
├── SettingError              a setting has a value that cannot be used
├── SetupError                something that must be built or installed first is missing
│   ├── EncoderError          the encoder's package, weights or built file are missing or wrong
│   └── ModelError            the trained model is missing, stale or broken
├── ContentError              a file of `data/` breaks its schema or its rules
├── InputError                a file or argument given by a person cannot be used
├── StorageError              the database could not take or give something
│   ├── BusyError             somebody else is writing to it for too long
│   └── ConflictError         somebody else stored something of the same conversation meanwhile
└── UnknownPersonError        no such person

Each message says what failed, what was found, what is allowed and what to do next. No message ever holds words that a
person wrote in a conversation.
"""


class InterludeError(Exception):
    """Base of all errors that are raised on purpose."""


class SettingError(InterludeError):
    """A setting has a value that cannot be used."""


class SetupError(InterludeError):
    """Something that must be built or installed first is missing."""


class EncoderError(SetupError):
    """The encoder's package, weights or built file are missing or wrong."""


class ModelError(SetupError):
    """The trained model is missing, stale or broken."""


class ContentError(InterludeError):
    """A file of `data/` breaks its schema or its rules."""


class InputError(InterludeError):
    """A file or argument given by a person cannot be used."""


class StorageError(InterludeError):
    """The database could not take or give something."""


class BusyError(StorageError):
    """Somebody else is writing to the database for too long."""


class ConflictError(StorageError):
    """Somebody else stored something of the same conversation meanwhile; the same can be tried again."""


class UnknownPersonError(InterludeError):
    """No such person."""
