"""A workspace for tests of the service: a made chain, a list that names somebody of it, and a document."""

from datetime import UTC, datetime
from pathlib import Path

from qaif.questions.add import AddRequest, add
from qaif.workspace.folder import Workspace
from support import list_files as files
from support.indexing import put
from support.listed_people import listed
from support.stories import Story, called
from support.workspaces import answer

BTC = 10**8


def made(folder: Path) -> Path:
    """`bad`, who is listed, pays `paid`; `payer` pays `bad`; a document names two of them."""
    story = Story()
    coin, other, third = story.fund("bad"), story.fund("payer"), story.fund("friend")
    story.pay([coin], [(10 * BTC, "paid"), (39 * BTC, "bad")])
    story.pay([other], [(5 * BTC, "bad"), (44 * BTC, "payer")])
    story.pay([third], [(50 * BTC, "nobody")])
    folder.mkdir(exist_ok=True)
    workspace = folder / "w"
    put(Workspace.open_or_create(workspace).chain_dir, story.branch.blocks)
    path = files.put(folder, "us_ofac_sdn.ftm.json", listed("bad"))
    answer(workspace, "lists", "import", str(path))
    text = folder / "appeal.txt"
    text.write_text(f"Send to {called('bad')}, not to {called('friend')}. Donate 3 BTC by 1 May 2021.\n")
    add(workspace, AddRequest(path=text), datetime(2024, 5, 2, tzinfo=UTC))
    return workspace
