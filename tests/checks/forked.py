# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Has a process fork a program instead of starting it, and ends as that does: see ``forking.py``.

Its arguments are the address of that process, the program, and the program's own arguments. It is started for each
program, so it uses nothing that takes long to import.
"""

from __future__ import annotations

import _socket
import marshal
import os
import sys

address, *arguments = sys.argv[1:]
program = os.path.basename(arguments[0]) if arguments else ""
# Whatever is no command of Ansible, and no module in a file of its own, is for a fresh Python.
if not (program == "ansible" or program.startswith(("ansible-", "AnsiballZ_"))):
    os.execv(sys.executable, [sys.executable, *arguments])
mask = os.umask(0)
os.umask(mask)
request = marshal.dumps((arguments, os.getcwd(), mask, dict(os.environ)))
channel = _socket.socket(_socket.AF_UNIX)
channel.connect(address)
descriptors = b"".join(number.to_bytes(4, sys.byteorder) for number in range(3))
data = len(request).to_bytes(8, "big") + request
sent = channel.sendmsg([data], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, descriptors)])
while sent < len(data):
    sent += channel.send(data[sent:])
answer = channel.recv(8, _socket.MSG_WAITALL)
if len(answer) < 8:
    sys.exit(f"The process that forks {program} has ended")
code = int.from_bytes(answer[4:], "big", signed=True)
if code < 0:
    os.kill(os.getpid(), -code)
os._exit(code)
