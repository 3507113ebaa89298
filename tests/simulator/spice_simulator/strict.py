# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base of all models of bodies."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """No unknown keys and no silent conversion of types.

    The default None says that a field may be left out. A null that is sent is refused all the same, unless its type
    is optional: defaults are not checked.
    """

    model_config = ConfigDict(extra="forbid", strict=True)
