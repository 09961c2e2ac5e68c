"""The lists that are known: whose they are, for which jurisdiction, how complete, where published."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Format = Literal[
    "OFAC advanced XML",
    "OFAC plain XML",
    "UN consolidated XML",
    "EU FSF XML",
    "UK Sanctions List XML",
    "NBCTF spreadsheet",
    "FollowTheMoney lines",
    "OFAC addresses JSON",
    "seed",
]

STALE_AFTER_DAYS = 30
SEED = "designations-seed"


@dataclass(frozen=True)
class KnownList:
    """A list.

    Attributes:
        name: as commands and datasets name it.
        jurisdiction: `US`, `EU`, `UN`, or a country's two letters; several where it is a collection.
        authority: who keeps it.
        asserted_by: who says what the file says, where that is not the authority itself.
        whole: all that the authority lists is in it: only then does absence mean anything.
        url: its official address, empty where it can only be saved by hand.
        reliability: of whoever says it (Admiralty code).
        holds: what it holds, in words.
        covers: the jurisdictions that it covers, where they are several.
        whole_for: for what it is whole, if it is.
    """

    name: str
    jurisdiction: str
    authority: str
    whole: bool
    url: str = ""
    asserted_by: str = ""
    reliability: str = "A"
    holds: str = ""
    covers: tuple[str, ...] = field(default=())
    whole_for: Literal["everything", "wallets", "entities"] = "everything"

    @property
    def says(self) -> str:
        """Who says it."""
        return self.asserted_by or self.authority

    def is_whole_for(self, *, wallet: bool) -> bool:
        """Absence of an address or account, or else of anybody, means something."""
        return self.whole and self.whole_for in ("everything", "wallets" if wallet else "entities")

    @property
    def jurisdictions(self) -> tuple[str, ...]:
        """Every jurisdiction that it covers whole."""
        return self.covers or ((self.jurisdiction,) if self.whole else ())


_OFAC = "OFAC, US Department of the Treasury"
_NBCTF = "National Bureau for Counter Terror Financing, Israel Ministry of Defence"

LISTS: dict[str, KnownList] = {
    each.name: each
    for each in (
        KnownList(
            "us-ofac-sdn",
            "US",
            _OFAC,
            whole=True,
            url="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/SDN_ADVANCED.XML",
            holds="the Specially Designated Nationals list",
        ),
        KnownList(
            "us-ofac-addresses",
            "US",
            _OFAC,
            whole=False,
            asserted_by="compilers of the addresses on OFAC's SDN list",
            reliability="B",
            holds="digital currency addresses of the SDN list, compiled by others",
        ),
        KnownList(
            "un-sc",
            "UN",
            "UN Security Council",
            whole=True,
            url="https://scsanctions.un.org/resources/xml/en/consolidated.xml",
            holds="the consolidated list",
        ),
        KnownList(
            "eu-fsf",
            "EU",
            "Council of the European Union",
            whole=True,
            url="https://webgate.ec.europa.eu/fsd/fsf/public/files/xmlFullSanctionsList_1_1/content?token=dG9rZW4tMjAxNw",
            holds="the consolidated financial sanctions list",
        ),
        KnownList(
            "uk-sanctions",
            "UK",
            "UK Foreign, Commonwealth and Development Office",
            whole=True,
            url="https://www.gov.uk/government/publications/the-uk-sanctions-list",
            holds="the UK Sanctions List; proscription under the Terrorism Act is another list",
        ),
        KnownList(
            "il-nbctf-orders",
            "IL",
            _NBCTF,
            whole=True,
            whole_for="wallets",
            holds="seizure orders with the wallets and accounts named in them",
        ),
        KnownList(
            "il-nbctf-designations",
            "IL",
            _NBCTF,
            whole=True,
            whole_for="entities",
            holds="terrorist designations",
        ),
        KnownList(
            SEED,
            "",
            "designation facts shipped with Qaif",
            whole=False,
            reliability="F",
            holds="who is said to designate the group, its parent and the bank; to be checked against lists",
        ),
    )
}

_OPENSANCTIONS_WHOLE = {
    "us_ofac_sdn": "US",
    "un_sc_sanctions": "UN",
    "eu_fsf": "EU",
    "eu_sanctions_map": "EU",
    "gb_fcdo_sanctions": "UK",
    "gb_hmt_sanctions": "UK",
    "il_mod_terrorists": "IL",
    "ca_dfatd_sema_sanctions": "CA",
    "ca_listed_terrorists": "CA",
    "au_dfat_sanctions": "AU",
    "ch_seco_sanctions": "CH",
    "jp_mof_sanctions": "JP",
    "nz_designated_terrorists": "NZ",
}
_OPENSANCTIONS_OF = {
    "us_ofac_sdn": "us-ofac-sdn",
    "un_sc_sanctions": "un-sc",
    "eu_fsf": "eu-fsf",
    "gb_fcdo_sanctions": "uk-sanctions",
    "il_mod_crypto": "il-nbctf-orders",
    "il_mod_terrorists": "il-nbctf-designations",
}
_BETWEEN = " + "
_ALIASES = {"GB": "UK", "USA": "US", "OFAC": "US", "EUROPEAN UNION": "EU", "ISRAEL": "IL"}


def opensanctions(datasets: frozenset[str], name: str = "") -> KnownList:
    """The list that a FollowTheMoney file of OpenSanctions is, by the datasets that its entities name."""
    named = name or (next(iter(datasets)) if len(datasets) == 1 else "collection")
    covers = tuple(sorted({_OPENSANCTIONS_WHOLE[each] for each in datasets if each in _OPENSANCTIONS_WHOLE}))
    first = named.partition("_")[0].upper() if "_" in named else ""
    return KnownList(
        f"opensanctions-{named}",
        jurisdiction_of(covers[0] if len(covers) == 1 else first),
        f"OpenSanctions, {named}",
        whole=bool(covers),
        asserted_by="OpenSanctions",
        reliability="B",
        holds=f"what OpenSanctions took from {', '.join(sorted(datasets)[:5]) or 'unnamed datasets'}",
        covers=covers,
    )


def rests_on(datasets: Sequence[str]) -> str:
    """What an entity of OpenSanctions rests on: its datasets' authorities, as our own lists name them."""
    ours = (_OPENSANCTIONS_OF.get(dataset) for dataset in datasets)
    return _BETWEEN.join(
        LISTS[own].authority if own else given for own, given in zip(ours, datasets, strict=True)
    )


def jurisdiction_of(named: str) -> str:
    """A jurisdiction's letters as they are compared: capitals; `GB` is `UK`."""
    upper = named.strip().upper()
    return _ALIASES.get(upper, upper)


def of_roots(name: str, roots: Iterable[str]) -> KnownList:
    """A collection of OpenSanctions, which covers what its statements rest on (as the records have it)."""
    authorities = {LISTS[own].authority: dataset for dataset, own in _OPENSANCTIONS_OF.items()}
    rested = {part for each in roots for root in json.loads(each) for part in str(root).split(_BETWEEN)}
    datasets = frozenset(authorities.get(each, each) for each in rested)
    return opensanctions(datasets, name.removeprefix("opensanctions-"))


def of_name(name: str) -> KnownList:
    """A list by its name; one that is not known covers nothing."""
    if name in LISTS:
        return LISTS[name]
    if name.startswith("opensanctions-"):
        dataset = name.removeprefix("opensanctions-")
        return opensanctions(frozenset({dataset}), dataset)
    return KnownList(name, "", name, whole=False, reliability="F")
