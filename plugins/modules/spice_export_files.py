#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_export_files
short_description: Write Spice.ai Cloud apps as the files of an inventory
version_added: 0.2.0
description:
  - Writes an inventory with one host for each app. The role P(spiceai.cloud.environment#role) finds what the variables
    of the hosts describe unchanged.
  - It is the last part of the role P(spiceai.cloud.export#role), which reads what this module writes.
  - What the server generates, the tags of this collection and what is not set are left out.
  - What a server says never becomes a template. In files of variables every string of the server is marked with
    C(!unsafe). The spicepod of an app is a plain YAML file in a directory from which Ansible loads no variables.
  - A file is written as a whole or not at all. One that has the content already is not touched, and neither is a
    C(secrets.yml) that is there, because somebody may have put values in.
  - New files have the permissions 0640, new C(secrets.yml) 0600 and new directories 0750. What is there keeps its own.
  - Runs on the controller only and sends no request.
author:
  - Spice.ai Cloud collection contributors (@spiceai)
options:
  dest:
    description: Directory to write to; created if it is not there. A relative path starts at the current directory.
    type: path
    required: true
  apps:
    description:
      - All apps with their config, as M(spiceai.cloud.spice_app_info) returns them with
        O(spiceai.cloud.spice_app_info#module:with_config=true).
      - An entry that cannot be a host of an inventory is skipped with a warning. The filter
        P(spiceai.cloud.exportable_apps#filter) tells which entries can be one.
    type: list
    elements: raw
    required: true
  secrets:
    description: The results of M(spiceai.cloud.spice_secret_info) in a loop over the apps, with the app as C(item).
    type: list
    elements: raw
    required: true
  linked_secrets:
    description:
      - The results of M(spiceai.cloud.spice_secret_link_info) in a loop over the apps, with the app as C(item).
      - An app whose links are not known, because the credential may not list them, is written without any.
    type: list
    elements: raw
    required: true
  deployments:
    description:
      - The results of M(spiceai.cloud.spice_deployment_info) in a loop over the apps, with the app as C(item).
      - An app without any deployment gets C(environment_deploy=false).
    type: list
    elements: raw
    required: true
  monitors:
    description:
      - The results of M(spiceai.cloud.spice_monitor_info) in a loop over the apps, with the app as C(item).
      - The token of an http target cannot be read. The role keeps the one that exists, and a comment in the file says
        so.
    type: list
    elements: raw
    required: true
  members:
    description:
      - The members of the organization, as M(spiceai.cloud.spice_member_info) returns them.
      - Owners are not written, because only the portal changes them.
    type: list
    elements: raw
    required: true
  filter:
    description: Which apps are written; all without it.
    type: dict
    suboptions:
      names:
        description: Apps of these names. One that is not there, or cannot be exported, is an error.
        type: list
        elements: str
      tags:
        description: Apps that have all of these tags with these values.
        type: dict
  prefix:
    description: What the names of options have in front of them in messages, for a role whose variables have other
      names.
    type: str
    default: ""
seealso:
  - module: spiceai.cloud.spice_environment
  - module: spiceai.cloud.spice_app_info
  - plugin: spiceai.cloud.exportable_apps
    plugin_type: filter
attributes:
  action:
    description: Runs on the controller, without a module on the host.
    support: full
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  check_mode:
    description: Writes nothing in C(check_mode).
    support: full
  diff_mode:
    description:
      - Shows the files that differ.
      - It shows C(secrets.yml) only when it is new, with placeholders.
    support: full
"""

EXAMPLES = r"""
- name: Read the apps
  spiceai.cloud.spice_app_info:
    with_config: true
  register: found

- name: Read the secrets of those that can be exported
  spiceai.cloud.spice_secret_info:
    app_id: "{{ item.id }}"
  loop: "{{ found.apps | spiceai.cloud.exportable_apps(tags={'env': 'prod'}) }}"
  register: secrets

- name: Read their links to secrets of the organization
  spiceai.cloud.spice_secret_link_info:
    app_id: "{{ item.id }}"
    with_organization_secrets: false
  loop: "{{ found.apps | spiceai.cloud.exportable_apps(tags={'env': 'prod'}) }}"
  register: linked_secrets

- name: Read their deployments
  spiceai.cloud.spice_deployment_info:
    app_id: "{{ item.id }}"
  loop: "{{ found.apps | spiceai.cloud.exportable_apps(tags={'env': 'prod'}) }}"
  register: deployments

- name: Read their monitors
  spiceai.cloud.spice_monitor_info:
    app_id: "{{ item.id }}"
  loop: "{{ found.apps | spiceai.cloud.exportable_apps(tags={'env': 'prod'}) }}"
  register: monitors

- name: Write an inventory that describes them
  spiceai.cloud.spice_export_files:
    dest: "{{ playbook_dir }}/environments"
    apps: "{{ found.apps }}"
    secrets: "{{ secrets.results }}"
    linked_secrets: "{{ linked_secrets.results }}"
    deployments: "{{ deployments.results }}"
    monitors: "{{ monitors.results }}"
    members: []
    filter:
      tags:
        env: prod
"""

RETURN = r"""
apps:
  description: Names of the apps that are written.
  returned: success
  type: list
  elements: str
  sample: [sales-analytics]
dest:
  description: Absolute path of the directory.
  returned: success
  type: str
  sample: /srv/environments
files:
  description: What happened to each file, or would happen in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: Path of the file, from the directory on.
      type: str
      sample: host_vars/sales-analytics/environment.yml
    outcome:
      description: One of V(created), V(updated) and V(unchanged).
      type: str
      sample: created
    app:
      description: Name of the app whose file it is; null for a file of all apps.
      type: str
      sample: sales-analytics
    holds:
      description: What is in it, in a few words.
      type: str
      sample: app, options of the deployment
report:
  description: The same in a few lines for people, with the command that brings the apps to the state that is written.
  returned: success
  type: list
  elements: str
  sample: ["apps   1: sales-analytics"]
"""
