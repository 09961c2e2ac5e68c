"""ETags are tied to the block: the same answer is not sent twice, and a new block makes another."""

from pathlib import Path

from qaif.workspace.folder import Workspace
from support.economy import Economy
from support.indexing import put
from support.served import served
from support.workspaces import address_of


def test_an_answer_is_sent_again_only_once_it_differs(tmp_path: Path) -> None:
    economy = Economy.of(11, 50)
    workspace = tmp_path / "w"
    chain = Workspace.open_or_create(workspace).chain_dir
    put(chain, economy.blocks[:40])
    body = {"addresses": [address_of(1)]}
    with served(workspace) as it:
        first = it.ask("review", body)
        place, tag = first.headers["content-location"], first.headers["etag"]
        assert first.json()["as_of"]["hash"][-16:] in tag
        assert it.ask("review", body).headers["etag"] == tag
        same = it.http.get(place, headers={"If-None-Match": tag})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
        assert it.http.get(place, headers={"If-None-Match": f'W/{tag}, "x"'}).status_code == 304
        assert it.http.get(place).content == first.content
        put(chain, economy.blocks)
        other = it.http.get(place, headers={"If-None-Match": tag})
        assert other.status_code == 200
        assert other.headers["etag"] != tag
        assert other.json() == it.answer("review", body)
        pinned = it.ask("review", {**body, "as_of": first.json()["as_of"]["hash"]})
        assert pinned.headers["etag"] == tag


def test_addresses_of_answers_cannot_be_made_up(tmp_path: Path) -> None:
    workspace = tmp_path / "w"
    Workspace.create(workspace)
    with served(workspace) as it:
        place = it.ask("status").headers["content-location"]
        last = "A" if place[-1] != "A" else "B"
        for wrong in (place[:-1] + last, "/v1/answers/x", "/v1/answers/" + "A" * 40, place[:-4]):
            got = it.http.get(wrong)
            assert (got.status_code, got.json()["code"]) == (404, "not-found")
