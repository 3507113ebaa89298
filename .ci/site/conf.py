# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx's configuration of the documentation site: `make docs` builds the pages that antsibull-docs wrote."""

from __future__ import annotations

import re
from pathlib import Path

import ansible
import yaml
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[2]
GALAXY = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
REPOSITORY = GALAXY["repository"]
ANSIBLE = "https://docs.ansible.com/projects/ansible/latest"
# Pages of Ansible that ours refer to by a label. An inventory of all its labels would be a download at each build.
LABELS = {
    "action_plugins": "plugins/action.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}
BUILTIN = re.compile(r"ansible_collections\.ansible\.builtin\.(?P<name>\w+)_(?P<kind>module|[a-z]+)$")

project = title = "spiceai.cloud"
copyright = "2026, Spice.ai Cloud collection contributors"
version = release = GALAXY["version"]

extensions = ["sphinx_antsibull_ext"]
nitpicky = True
default_role = "any"
highlight_language = "text"
pygments_style = "ansible"
pygments_dark_style = "monokai"
antsibull_ext_color_scheme = "none"  # style.css takes the colours of the theme instead

html_theme = "furo"
html_title = f"{project} {release}"
html_baseurl = GALAXY["documentation"]
html_static_path = ["static"]
html_css_files = ["style.css"]
html_copy_source = False
html_show_sphinx = False
html_use_index = False
html_theme_options = {
    "footer_icons": [],
    "top_of_page_buttons": ["edit"],
}
linkcheck_anchors = False  # GitHub makes the anchors of a file with a script


def address(kind: str, label: str) -> str | None:
    """Where Ansible's documentation has this label, if it is one of Ansible's."""
    if label in LABELS:
        return f"{ANSIBLE}/{LABELS[label]}"
    if kind == "envvar" and label.startswith("ANSIBLE_"):
        return f"{ANSIBLE}/reference_appendices/config.html#envvar-{label}"
    if found := BUILTIN.match(label):
        name, plugins = found["name"], Path(ansible.__file__).parent
        where = "modules" if found["kind"] == "module" else f"plugins/{found['kind']}"
        # A filter or a test has no file of this name but one with its documentation.
        if any((plugins / where / f"{name}.{suffix}").exists() for suffix in ("py", "yml")):
            return f"{ANSIBLE}/collections/ansible/builtin/{name}_{found['kind']}.html"
    return None


def link_to_ansible(app: Sphinx, env: object, node: addnodes.pending_xref, content: nodes.Element) -> object:
    found = address(node["reftype"], node["reftarget"])
    return found and nodes.reference("", "", content, internal=False, refuri=found)


def arrange(app: Sphinx, doctree: nodes.document) -> None:
    """Makes pages that were written for a narrower theme fit this one.

    It has the contents of a page at its side, and the pages of the site, under the headings of the index.
    """
    for contents in list(doctree.findall(nodes.topic)):
        if "contents" in contents["classes"]:
            contents.parent.remove(contents)
    for heading in doctree.findall(nodes.title):
        heading.attributes.pop("refid", None)  # it led back to these contents
    if app.env.docname != "index":
        return
    page = next(doctree.findall(nodes.section))
    page.next_node(nodes.title)[:] = [nodes.Text(f"Ansible collection {project}")]
    # What a reader begins with comes first, and roles come before modules.
    sections = {
        section.next_node(nodes.title).astext(): section for section in page.children if section.tagname == "section"
    }
    for name in ("Plugin Index", "Changelog", "Description", "Communication"):
        page.remove(sections[name])
        page.append(sections[name])
    for former, name in (("Description", "About"), ("Role Index", "Roles"), ("Plugin Index", "Modules and plugins")):
        sections[former].next_node(nodes.title)[:] = [nodes.Text(name)]
    described = sections["Description"].next_node(nodes.paragraph)
    described.parent.remove(described)
    page.insert(1, described)
    for toctree in doctree.findall(addnodes.toctree):
        heading = next(toctree.parent.parent.findall(nodes.title))
        toctree["caption"] = toctree["rawcaption"] = heading.astext()
        # The name is what a reader looks for; the page says the rest.
        toctree["entries"] = [
            (name or (None if "/" in page else re.sub("_[a-z]+$", "", page)), page) for name, page in toctree["entries"]
        ]


def edit_link(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Leads the button "edit this page" to the source, which for a plugin is not this page."""
    meta = context.get("meta") or {}
    if page.startswith("docsite/"):
        source = page.removeprefix("docsite/")
        context["theme_source_edit_link"] = f"{REPOSITORY}/edit/main/docs/docsite/rst/{source}.rst"
    elif "github_url" in meta:
        context["theme_source_edit_link"] = meta["github_url"].split("?", maxsplit=1)[0]


def setup(app: Sphinx) -> None:
    app.connect("missing-reference", link_to_ansible)
    app.connect("doctree-read", arrange, priority=1)  # before the contents are collected
    app.connect("html-page-context", edit_link)
