# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python that the checks name as the interpreter of modules: it has ``warm_modules.py`` run them.

Its arguments are the address of that process, and then those of Python. It is started for each module, so it uses
nothing that takes long to import.
"""

from __future__ import annotations

import _socket
import marshal
import os
import sys

address, *arguments = sys.argv[1:]
# Whatever is no module in a file of its own is for a fresh Python.
if not (arguments and os.path.basename(arguments[0]).startswith("AnsiballZ_")):
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
code = int.from_bytes(channel.recv(4), "big", signed=True)
if code < 0:
    os.kill(os.getpid(), -code)
os._exit(code)
