"""Published indicators that an address's dealings meet, as a policy's rules see them."""

import numpy as np

from qaif.analysis.flows.indicators import Thresholds
from qaif.analysis.flows.parties import Parties
from qaif.chain.addresses import parse_address
from qaif.chain.open import Chain
from qaif.questions.clustering import Opened
from qaif.questions.indicators import IndicatorShown, indicators_of
from qaif.records.engine import Records
from qaif.screening.facts import Indicator
from qaif.units import UNKNOWN

_MET = "met"
_WITNESSES = 3


def indicators_met(chain: Chain, records: Records, address: str, clusters: Opened) -> tuple[Indicator, ...]:
    """The indicators that the cluster of an address meets by our numbers.

    A threshold under which payments stay is nobody's but the user's, so that structuring is not asked for.

    Args:
        chain: the chain.
        records: of the workspace, which say where services are.
        address: of the chain's network.
        clusters: that the chain was grouped into.

    Raises:
        AddressError: it is misprinted, or of another network.
    """
    script = chain.script_num(parse_address(address, chain.network).script_raw)
    if script == UNKNOWN:
        return ()
    parties = Parties(chain, clusters.forest)
    members = parties.members(int(parties.of(np.array([script], dtype=np.int64))[0]))
    rows, _ = indicators_of(parties, records, members, Thresholds())
    return tuple(_as_fact(each) for each in rows if each.met == _MET)


def _as_fact(row: IndicatorShown) -> Indicator:
    shown = ", ".join(each.txid for each in row.witness[:_WITNESSES])
    said = f"{row.rule} Counted: {row.counted:,}; such as in {shown}. {row.limits} Its error: {row.measured}."
    return Indicator(id=row.method.partition("/")[0], source=row.source, said=said)
