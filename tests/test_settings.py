import pytest

from bot.errors import SettingError
from bot.settings import TABLE, Secret, Settings


def test_a_value_from_the_environment_is_cast() -> None:
    assert Settings({"INTERLUDE_PORT": "9000"}).port == 9000


def test_lists_are_split_at_commas() -> None:
    found = Settings({"INTERLUDE_ALLOWED_ORIGINS": "https://a.example, https://b.example"}).allowed_origins
    assert found == ("https://a.example", "https://b.example")


def test_a_bad_value_names_the_setting_and_what_is_allowed() -> None:
    with pytest.raises(SettingError, match=r"INTERLUDE_SESSION_HOURS cannot be '-1'.*above 0"):
        Settings({"INTERLUDE_SESSION_HOURS": "-1"})


def test_a_misspelt_setting_is_not_silently_ignored() -> None:
    with pytest.raises(SettingError, match="INTERLUDE_PROT"):
        Settings({"INTERLUDE_PROT": "1"})


def test_a_secret_never_prints_itself() -> None:
    settings = Settings({"INTERLUDE_SECRET_KEY": "not for the log"})
    assert "not for the log" not in repr(settings.secret_key)
    assert settings.secret_key.reveal() == "not for the log"


def test_settings_cannot_be_changed_after_they_were_read() -> None:
    with pytest.raises(AttributeError):
        Settings({}).port = 1


def test_every_setting_has_help_unit_and_allowed_values() -> None:
    for setting in TABLE:
        assert setting.help.endswith("."), setting.name
        assert setting.unit and setting.allowed
        assert isinstance(setting.default, Secret) == (setting.cast is Secret)


@pytest.mark.parametrize("address", ["not a url", "api.telegram.org", "ftp://a.example", "https://", "https://a b"])
def test_what_is_no_address_of_the_bot_api_is_an_error_at_start(address: str) -> None:
    with pytest.raises(SettingError, match="INTERLUDE_TELEGRAM_API cannot be"):
        Settings({"INTERLUDE_TELEGRAM_API": address})


@pytest.mark.parametrize("address", ["https://api.telegram.org", "http://127.0.0.1:8081"])
def test_the_bot_api_may_be_a_server_of_ones_own(address: str) -> None:
    assert Settings({"INTERLUDE_TELEGRAM_API": address}).telegram_api == address
