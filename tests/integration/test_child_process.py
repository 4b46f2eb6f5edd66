"""A child ends with whoever started it, and starts beside gRPC, whose fork handlers would crash it."""

from __future__ import annotations

import asyncio
import os
import pwd
import signal
import subprocess
import sys
from pathlib import Path

import grpc
import grpc.aio
import psutil
import pytest

from sandbox.child_process import dying_with_parent

ROOT = Path(__file__).parents[2]
CHILDREN = 60
PARENT = """
import subprocess, sys
from sandbox.child_process import dying_with_parent
child = subprocess.Popen(dying_with_parent([sys.executable, "-c", "print(flush=True); input()"]),
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
input()
"""


def test_a_child_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    psutil.wait_procs([child], timeout=120)
    assert not child.is_running()


async def test_a_child_has_the_signals_and_the_user_that_it_was_given() -> None:
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    status = await output(dying_with_parent(["cat", "/proc/self/status"], signal.SIGINT, user))
    fields = dict(line.split(":\t") for line in status.splitlines() if ":\t" in line)
    assert int(fields["SigIgn"], 16) & 1 << signal.SIGPIPE - 1 == 0
    assert fields["Uid"].split() == [str(user.pw_uid if user else os.geteuid())] * 4


async def test_a_program_that_does_not_exist_is_told() -> None:
    process = await asyncio.create_subprocess_exec(
        *dying_with_parent(["/no/such/program"]), stderr=subprocess.PIPE
    )
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert "/no/such/program cannot be started: No such file or directory" in errors.decode()


async def output(command: list[str]) -> str:
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    written, _ = await process.communicate()
    assert process.returncode == 0
    return written.decode()


@pytest.mark.skipif(sys.platform != "linux", reason="vfork is used on Linux")
async def test_no_child_of_a_process_that_is_calling_grpc_crashes_before_it_has_begun() -> None:
    server = grpc.aio.server()
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            ask = channel.unary_unary("/nothing/Nothing")

            async def keep_asking() -> None:
                while True:
                    with pytest.raises(grpc.RpcError):
                        await ask(b"")

            asking = [asyncio.create_task(keep_asking()) for _ in range(8)]
            codes = set()
            for _ in range(CHILDREN):
                process = await asyncio.create_subprocess_exec(*dying_with_parent(["true"]))
                codes.add(await process.wait())
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)
    finally:
        await server.stop(None)
    assert codes == {0}
