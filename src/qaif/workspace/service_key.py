"""The secret of a workspace's service, by which it seals the addresses of its answers: made once.

It signs nothing and opens nothing that is kept. Where the file is taken away, links to answers that were
given before lead nowhere; nothing else is lost.
"""

import os
import secrets
from pathlib import Path

from qaif.errors import WorkspaceError
from qaif.workspace.folder import Workspace

FILE_NAME = "service.key"
_BYTES = 64


def service_key(workspace: Workspace) -> bytes:
    """The key of a workspace's service, made where there is none.

    Raises:
        WorkspaceError: it cannot be written or read, or is not what was written.
    """
    path = workspace.path / FILE_NAME
    try:
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be used: {error.strerror}.") from error
    if len(key) != _BYTES:
        raise WorkspaceError(f"{path} is no key of a service.", way_out="Delete it: another is made.")
    return key


def _make(path: Path) -> None:
    """Write it whole under another name first: a key cut short would seal nothing."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # whoever is first wins; both then read the same key
    except FileExistsError:
        pass
    finally:
        draft.unlink()
