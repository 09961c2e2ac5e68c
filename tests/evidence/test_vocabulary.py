import pytest

from qaif.errors import PrivateKeyError
from qaif.evidence.vocabulary import vocabulary


def test_every_extended_and_pointed_to_schema_is_there() -> None:
    words = vocabulary()
    assert len(words.schemata) >= 73
    for schema in words.schemata.values():
        assert set(schema.extends) <= set(words.schemata)
        for prop in schema.properties:
            target = words.points_to(schema.name, prop)
            assert target is None or target in words.schemata
        if schema.edge:
            assert set(schema.edge) <= set(schema.properties)


def test_properties_are_inherited_and_ours_are_added() -> None:
    words = vocabulary()
    assert words.type_of("CryptoWallet", "name") == "name"
    assert words.points_to("CryptoWallet", "holder") == "LegalEntity"
    assert words.is_a("Company", "LegalEntity")
    assert not words.is_a("LegalEntity", "Company")
    assert words.schemata["UnknownLink"].edge == ("subject", "object")
    assert {"authority", "legalAct", "startDate"} <= set(words.schemata["Sanction"].properties)
    assert words.points_to("Appeal", "wallet") == "CryptoWallet"
    assert "operated by" in words.roles


def test_no_property_holds_a_private_key() -> None:
    assert not any("privateKey" in schema.properties for schema in vocabulary().schemata.values())


def test_an_unknown_word_is_kept_as_a_string() -> None:
    words = vocabulary()
    assert words.type_of("Spaceship", "engine") == "string"
    assert words.points_to("Person", "engine") is None
    assert not words.is_a("Spaceship", "Thing")


@pytest.mark.parametrize(
    ("schema", "prop", "value", "key"),
    [
        ("CryptoWallet", "holder", "ent-1", "ent-1"),
        (
            "CryptoWallet",
            "publicKey",
            " BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4 ",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        ),
        ("CryptoWallet", "publicKey", "0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B", "same"),
        ("BankAccount", "iban", "gb33 bukb 2020 1555 5555 55", "GB33BUKB20201555555555"),
        ("Person", "email", "A@Example.org", "a@example.org"),
        ("Person", "name", "Somebody", None),
        ("Person", "notes", "x" * 500, None),
    ],
)
def test_what_values_are_found_under(schema: str, prop: str, value: str, key: str | None) -> None:
    found = vocabulary().key_of(schema, prop, value)
    assert found == (value if key == "same" else key)


def test_a_private_key_is_found_under_nothing() -> None:
    with pytest.raises(PrivateKeyError):
        vocabulary().key_of(
            "CryptoWallet", "publicKey", "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
        )
