"""Write files and folders so that whoever reads, or is killed, finds the old or the new, never a half.

What is written aside has one name for each target and is held (flock) by its writer: the system lets go of it when a
process ends, however it ends, so the next writer can tell what a killed one left from what another is writing.
Renames are the moments at which something becomes true. Each step is an audit event of Python's (`os.rename`, `open`;
`compendium.exchange` for the one that Python does not tell): tests kill a process before every one of them.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

PUBLIC, PRIVATE = 0o644, 0o600  # permissions: anybody may read; nobody but the owner
TEMPORARY = ".compendium-at-work-"  # folders of ours that nothing is to be left of
_ASIDE, _OLD = "aside", "old"
_AT_FOLDER, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux
_UNLOCKABLE = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)  # as network drives answer
without_locks: set[Path] = set()  # folders where nothing could be held: whoever gave the command is told


def write_whole(path: Path, content: str | bytes, mode: int = PUBLIC) -> None:
    """Write a file aside and rename it, so that nobody ever reads half of it."""
    with written_aside(path, content, mode) as aside:
        aside.replace(path)


def write_new(path: Path, content: str | bytes) -> None:
    """Write a file that only its owner may read, whole or not at all. Raises `FileExistsError`: never over another."""
    with written_aside(path, content, PRIVATE) as aside:
        try:
            os.link(aside, path)  # unlike a rename, this fails when the name has been taken meanwhile
        except FileExistsError:
            raise
        except OSError:  # no links there, as on many a memory stick: while `aside` is held, no writer of ours comes
            if os.path.lexists(path):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
            aside.rename(path)


@contextmanager
def written_aside(path: Path, content: str | bytes, mode: int = PUBLIC) -> Iterator[Path]:
    """The content in a file beside `path`, which the block renames to it; taken away when the block doesn't.

    Its folder is made when it isn't there. Two who write the same file write one after the other.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if mode == PRIVATE else 0o777)
    data = content.encode("utf-8") if isinstance(content, str) else content
    aside = aside_of(path)
    with os.fdopen(_held_file(aside), "wb") as stream:
        try:
            os.fchmod(stream.fileno(), PRIVATE)
            stream.truncate()
            stream.write(data)
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            yield aside
        finally:
            if _is_same(stream.fileno(), aside):
                aside.unlink(missing_ok=True)


def aside_of(path: Path) -> Path:
    """Where a file is written before it takes its place."""
    return path.with_name(f".{path.name}.{_ASIDE}")


def _held_file(aside: Path) -> int:
    """A handle of the file, empty or what a killed writer left in it, that nobody else writes."""
    while True:
        handle = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, PRIVATE)
        try:
            lock(handle, aside.parent)
            if _is_same(handle, aside):
                if os.fstat(handle).st_nlink == 1:
                    return handle
                aside.unlink()  # a file in its place goes by this name too: that one is not to be touched
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)  # while we waited, it took its place


def lock(handle: int, where: Path, how: int = fcntl.LOCK_EX) -> bool:
    """Hold what is open until its handle is closed or this process ends, however it ends.

    False on a file system that knows no locks, where two commands at once aren't told apart; `without_locks` has it
    then. Raises `BlockingIOError` when another holds it and `how` says not to wait.
    """
    known = _locked(handle, how)
    if not known:
        without_locks.add(where)
    return known


def is_lockable(handle: int) -> bool:
    """Whether the file system of an open file knows locks."""
    try:
        return _locked(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True


def _locked(handle: int, how: int) -> bool:
    try:
        fcntl.flock(handle, how)
    except OSError as refused:
        if refused.errno not in _UNLOCKABLE:
            raise
        return False
    return True


def _is_same(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.lstat())
    except FileNotFoundError:
        return False


@contextmanager
def folder_aside(target: Path) -> Iterator[Path]:
    """An empty folder beside `target` that takes its place when the block ends without an error.

    One writer at a time of a target: a second one waits; writers of other folders beside it don't. What a killed writer
    left is put back or cleared away. The change of places waits for those who are `reading` the folder around it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    aside, handle = _begun(target)
    try:
        aside.chmod(0o755)
        yield aside
        with held(target.parent):
            replace_folder(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        os.close(handle)


def replace_folder(aside: Path, target: Path) -> None:
    """Let `aside` take the place of `target`, in one step where the system can; what stood there is gone then."""
    if not target.exists():
        aside.rename(target)
    elif _exchanged(aside, target):
        shutil.rmtree(aside, ignore_errors=True)
    else:
        old = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.{_OLD}."))
        target.rename(old / target.name)
        aside.rename(target)
        shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Let two folders change places, so that at no moment one is missing; False where the system can't (Linux can)."""
    import ctypes

    system = ctypes.CDLL(None, use_errno=True)
    if not hasattr(system, "renameat2"):
        return False
    sys.audit("compendium.exchange", str(one), str(other))
    return not system.renameat2(_AT_FOLDER, os.fsencode(one), _AT_FOLDER, os.fsencode(other), _EXCHANGE)


def left_behind(target: Path) -> list[Path]:
    """Folders beside `target` that a writer of it made and has not taken away: killed, or still at work."""
    name = re.compile(rf"\.{re.escape(target.name)}\.({_OLD}\.)?[a-z0-9_]{{8}}")  # as tempfile.mkdtemp names them
    return sorted(path for path in target.parent.iterdir() if name.fullmatch(path.name) and path.is_dir())


def clear_after_a_kill(target: Path) -> Path | None:
    """Put back or take away what killed writers of `target` left; the folder of a writer that is still at work."""
    left = left_behind(target)
    if at_work := next((path for path in left if _is_held(path)), None):
        return at_work
    for path in left:
        moved_away = path / target.name
        if f".{_OLD}." in path.name and moved_away.is_dir() and not target.exists():
            moved_away.rename(target)  # killed between the two renames: what stood there stands again
        shutil.rmtree(path, ignore_errors=True)
    return None


def _begun(target: Path) -> tuple[Path, int]:
    """An empty folder beside `target`, and the handle that holds it."""
    while True:
        with held(target.parent):
            at_work = clear_after_a_kill(target)
            if at_work is None:
                aside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
                handle = os.open(aside, os.O_RDONLY)
                lock(handle, target.parent)
                return aside, handle
        try:
            with held(at_work):
                pass  # its writer has ended
        except FileNotFoundError:
            continue


def _is_held(folder: Path) -> bool:
    try:
        with held(folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
            return False
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True


@contextmanager
def held(folder: Path, how: int = fcntl.LOCK_EX) -> Iterator[bool]:
    """Hold a folder: the system lets go of it when the process ends, however it ends, and no file is left in it.

    Gives whether it is held: False on a file system that knows no locks.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield lock(handle, folder, how)
    finally:
        os.close(handle)


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """While no folder in `folder` changes places: what is read of each is of one making. Others may read as well."""
    with held(folder, fcntl.LOCK_SH) if folder.is_dir() else nullcontext():
        yield


@contextmanager
def temporary_folder(within: Path | None = None) -> Iterator[Path]:
    """A folder for its owner alone until the block ends: in `within`, else among the system's temporary ones.

    Those of killed processes of this user are taken away first: one may hold records.
    """
    place = within or Path(tempfile.gettempdir())
    clear_temporary(place)
    while True:
        with tempfile.TemporaryDirectory(dir=place, prefix=TEMPORARY, ignore_cleanup_errors=True) as made:
            handle = os.open(made, os.O_RDONLY)
            try:
                lock(handle, place)
                if Path(made).exists():  # nobody took it for a killed one's before it was held
                    yield Path(made)
                    return
            finally:
                os.close(handle)


def clear_temporary(place: Path) -> None:
    """Take away the temporary folders of this user's processes that are no more."""
    for left in place.glob(f"{TEMPORARY}*"):
        ours = re.fullmatch(r"[a-z0-9_]{8}", left.name.removeprefix(TEMPORARY))  # as tempfile names them
        try:
            if ours and left.lstat().st_uid == os.getuid() and left.is_dir() and not left.is_symlink():
                with held(left, fcntl.LOCK_EX | fcntl.LOCK_NB) as alone:
                    if alone:
                        shutil.rmtree(left, ignore_errors=True)
        except OSError:  # its process is at work, or another one takes it away just now
            continue
