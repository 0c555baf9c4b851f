"""A name that was given is hidden in whole and in parts, wherever it stands; so are dates with the name of a month."""

import pytest

from bot.core.review import redaction

GIVEN = "my name's Tom Berger and I'm done. Tom is tired"


def test_the_parts_of_a_name_are_hidden_in_the_same_message_and_in_all_others() -> None:
    names = redaction.names_said([GIVEN])
    assert redaction.redact(GIVEN) == "my name's [name] and I'm done. [name] is tired"
    assert redaction.redact("Berger here, TOM BERGER, tom's bag", names) == "[name] here, [name], [name]'s bag"
    assert redaction.redact("tomorrow the hamberger", names) == "tomorrow the hamberger"


@pytest.mark.parametrize(
    "given, later, shown",
    [
        ("my name is tom berger.", "berger again", "[name] again"),
        ("my name is tom i am tired", "i am tired, tom", "i am tired, [name]"),
        ("My name is Tom I'm tired", "I'm Tom", "I'm [name]"),
        ("I'm called Anne-Marie Smith-Jones", "Marie and Jones", "[name] and [name]"),
        ("my name is Jan van der Berg", "the Bergs, der Berg", "the Bergs, der [name]"),
        ("my full name is Łukasz Żak", "Żak it is", "[name] it is"),
        ("Dr. Weiss said so", "I told Weiss", "I told [name]"),
        ("my name is Will Young", "I will. Will won't, I'm young", "I will. [name] won't, I'm young"),
        ("call me when you can", "you can call me when", "you can call me when"),
        ("Hi, I'm Katarina Olsson and I'm tired", "Olsson, tired katarina", "[name], tired [name]"),
        ("I am Jan van der Berg", "the Berg family", "the [name] family"),
        ("Hello, this is Katarina. I'm sad", "katarina again", "[name] again"),
        ("I'm Katarina's sister", "for Katarina", "for [name]"),
        ("Frau Schulz said so", "with schulz", "with [name]"),
        ("my teacher Professor Snape", "Snape is strict", "[name] is strict"),
        ("I miss my aunt Maria Lopez", "Lopez", "[name]"),
        ("señora García called", "García", "[name]"),
        ("Madame de la Tour", "Tour", "Tour"),
        ("mrs smith again", "smith", "[name]"),
        ("I told my sister. She left", "She left", "She left"),
        ("I'm Exhausted. I am German and I'm So Sad", "so exhausted, german, sad", "so exhausted, german, sad"),
        ("I'm Happy, I'm Christian", "happy, christian", "happy, christian"),
        ("I saw my doctor Monday", "on Monday", "on Monday"),
        ("this is London. This is Bad", "so bad", "so bad"),
    ],
)
def test_what_was_given_once_is_hidden_later_and_plain_words_are_not(given: str, later: str, shown: str) -> None:
    assert redaction.redact(later, redaction.names_said([given])) == shown


@pytest.mark.parametrize(
    "text, shown",
    [
        ("born 3 March 1985", "born [date]"),
        ("born on the 3rd of march, 1985.", "born on the [date]."),
        ("on March 3rd we met", "on [date] we met"),
        ("since May 2, 2019", "since [date]"),
        ("on 24 dec", "on [date]"),
        ("the twenty-first of June", "the [date]"),
        ("in december 2019 it began", "in [date] it began"),
        ("it was march 3", "it was [date]"),
        ("3 may come, the second may not", "3 may come, the second may not"),
        ("I march 10 miles and may 3 of us stop", "I march 10 miles and may 3 of us stop"),
        ("in June I rest", "in June I rest"),
    ],
)
def test_dates_with_a_month_are_hidden_and_verbs_are_not(text: str, shown: str) -> None:
    assert redaction.redact(text) == shown


@pytest.mark.parametrize(
    "text, shown",
    [
        ("find me, @katmiller or @kat_m.99", "find me, [handle] or [handle]"),
        ("so tired @work and @home", "so tired @work and @home"),
        ("I live at SW1A 1AA now", "I live at [address] now"),
        ("m1 1ae is the code", "[address] is the code"),
        ("b12 5pm, the b12 3rd time", "b12 5pm, the b12 3rd time"),
        ("write to name at gmail dot com please", "write to [e-mail] please"),
        ("kat dot miller (at) company (dot) co (dot) uk", "[e-mail]"),
        ("it's kat at gmail.com", "it's [e-mail]"),
        ("look at polka dot dresses", "look at polka dot dresses"),
        ("I was at home. At noon I left", "I was at home. At noon I left"),
    ],
)
def test_handles_postcodes_and_spelled_out_addresses_are_hidden(text: str, shown: str) -> None:
    assert redaction.redact(text) == shown
