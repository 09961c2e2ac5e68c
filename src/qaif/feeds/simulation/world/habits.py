"""All habits of a scenario, drawn by their weights."""

from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

from qaif.feeds.simulation.world.everyday import Everyday
from qaif.feeds.simulation.world.joinmarket import JoinMarket
from qaif.feeds.simulation.world.scenarios import Scenario
from qaif.feeds.simulation.world.services import Services
from qaif.feeds.simulation.world.tokens import Tokens
from qaif.feeds.simulation.world.trouble import Trouble
from qaif.feeds.simulation.world.wabisabi import WabiSabi
from qaif.feeds.simulation.world.wasabi1 import Wasabi1
from qaif.feeds.simulation.world.whirlpool import Whirlpool
from qaif.kernels.made_scripts import PKH, SH_WPKH, WPKH

Act = Callable[[], bool]
_FEWEST_MEMBERS, _TXS_A_MEMBER = 150, 150
_JOINMARKET_KINDS = {"2017": PKH, "2019": SH_WPKH}


class Habits:
    """What may be done, and how often each is tried.

    Args:
        everyday: the world.
        scenario: its weights.
        transactions: how many are made: clubs grow with it.
    """

    def __init__(self, everyday: Everyday, scenario: Scenario, transactions: int) -> None:
        self.everyday, self._scenario = everyday, scenario
        self._members = max(_FEWEST_MEMBERS, min(3_000, transactions // _TXS_A_MEMBER))
        self._services = Services(everyday, scenario.era)
        acts = (
            self._everyday() | self._of_services() | self._of_tokens() | self._of_trouble() | self._of_mixes()
        )
        self._acts = [acts[name] for name in scenario.habits]
        self._cumulated = list(accumulate(scenario.habits.values()))

    def one(self) -> bool:
        """Try one habit."""
        drawn = self.everyday.books.below(self._cumulated[-1])
        return self._acts[bisect_right(self._cumulated, drawn)]()

    def third(self, third: int) -> None:
        """How far the campaign is."""
        self._services.third = third

    def _everyday(self) -> dict[str, Act]:
        one = self.everyday
        return {
            "pays-person": one.pays_person,
            "pays-merchant": one.pays_merchant,
            "deposits": one.deposits,
            "withdrawal": one.withdrawal,
            "exchange-sweep": one.exchange_sweep,
            "consolidates": one.consolidates,
            "merchant-spends": one.merchant_spends,
            "pool-pays": one.pool_pays,
        }

    def _of_services(self) -> dict[str, Act]:
        one = self._services
        return {
            "donation": one.donation,
            "campaign-spends": one.campaign_spends,
            "service": one.pays_service,
            "service-pays": one.service_pays,
            "broker": one.broker,
        }

    def _of_tokens(self) -> dict[str, Act]:
        one = Tokens(self.everyday, self._scenario.era)
        return {"anchors": one.anchors, "tokens": one.tokens}

    def _of_trouble(self) -> dict[str, Act]:
        one = Trouble(self.everyday, self._scenario.era)
        return {
            "peel": one.peel,
            "import": one.imports,
            "sale": one.sale,
            "dust": one.dust,
            "ransom": one.ransom,
            "mixer": one.mixer,
            "payjoin": one.payjoin,
        }

    def _of_mixes(self) -> dict[str, Act]:
        """Only the protocols that the scenario has; and what their members do with their coins."""
        wanted, everyday, members = self._scenario.habits, self.everyday, self._members
        acts: dict[str, Act] = {}
        clubs = []
        if "joinmarket" in wanted:
            joinmarket = JoinMarket(everyday, _JOINMARKET_KINDS.get(self._scenario.era, WPKH), members)
            acts["joinmarket"] = joinmarket.mix
            clubs.append(joinmarket.club)
        for name in ("wasabi-1.0", "wasabi-1.1"):
            if name in wanted:
                wasabi = Wasabi1(everyday, members, levels=name == "wasabi-1.1")
                acts[name] = wasabi.mix
                clubs.append(wasabi.club)
        if "wabisabi" in wanted:
            wabisabi = WabiSabi(everyday, members)
            acts["wabisabi"] = wabisabi.mix
            clubs.append(wabisabi.club)
        if "tx0" in wanted:
            whirlpool = Whirlpool(everyday, members, 80 if self._scenario.era == "2024" else 64)
            acts |= {"tx0": whirlpool.tx0, "whirlpool": whirlpool.mix}
            clubs.append(whirlpool.club)

        def spends_mixed() -> bool:
            return clubs[everyday.books.below(len(clubs))].spend()

        return acts | {"spends-mixed": spends_mixed}
