"""What would a chain look like whose owners are known? An invented one, with its truth beside it."""

from dataclasses import dataclass
from pathlib import Path

from qaif.errors import UsageError
from qaif.feeds.shape import Progress, silent
from qaif.feeds.simulation.world.scenarios import SCENARIOS
from qaif.questions.answer import Answer

BLOCKS_NAME, TRUTH_NAME = "blocks", "truth"


@dataclass(frozen=True)
class ScenarioTold:
    """A scenario that can be asked for."""

    name: str
    text: str
    era: str
    transactions: int


@dataclass(frozen=True, kw_only=True)
class ScenarioList(Answer):
    """All scenarios."""

    scenarios: tuple[ScenarioTold, ...]


@dataclass(frozen=True, kw_only=True)
class SimulateAnswer(Answer):
    """What was written.

    Attributes:
        simulated: always true.
        scenario: its name.
        seed: of chance.
        blocks: how many, the genesis block included.
        transactions: how many, coinbases included.
        signed: whether signatures are valid.
        scripts: how many the truth tells the owner of.
        outputs: how many the truth tells the purpose of.
        actors: how many there are.
        blocks_folder: for `qaif index`.
        truth_folder: the truth as Parquet, and `economy.json`.
    """

    simulated: bool = True
    scenario: str
    seed: int
    blocks: int
    transactions: int
    signed: bool
    scripts: int
    outputs: int
    actors: int
    blocks_folder: Path
    truth_folder: Path


def scenarios() -> ScenarioList:
    """What can be simulated."""
    told = (ScenarioTold(one.name, one.text, one.era, one.transactions) for one in SCENARIOS.values())
    return ScenarioList(scenarios=tuple(told))


def simulate(  # noqa: PLR0913  each is one thing that a person chooses
    name: str,
    folder: Path,
    seed: int,
    transactions: int | None = None,
    progress: Progress = silent,
    *,
    signed: bool = False,
) -> SimulateAnswer:
    """Write a scenario's chain and truth.

    Args:
        name: of the scenario.
        folder: new or empty.
        seed: another one makes another chain.
        transactions: how many, coinbases apart; None the scenario's own number.
        progress: told of transactions.
        signed: with valid signatures, so that a node accepts the chain; slower, and memory grows with it.

    Raises:
        UsageError: there is no such scenario, or the folder holds something.
    """
    from qaif.feeds.simulation.world.run import run

    if name not in SCENARIOS:
        raise UsageError(
            f"There is no scenario {name!r}.", way_out=f"One of: {', '.join(SCENARIOS)}.", scenario=name
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            f"{folder} is not empty; nothing was written to it.",
            way_out="Name another folder with --out.",
            path=str(folder),
        )
    made = run(SCENARIOS[name], folder, seed, transactions, progress, signed=signed)
    return SimulateAnswer(
        basis={"network": "regtest", "simulated": True},
        scenario=made.scenario,
        seed=made.seed,
        blocks=made.blocks,
        transactions=made.transactions,
        signed=signed,
        scripts=made.scripts,
        outputs=made.outputs,
        actors=made.actors,
        blocks_folder=folder / BLOCKS_NAME,
        truth_folder=folder / TRUTH_NAME,
    )
