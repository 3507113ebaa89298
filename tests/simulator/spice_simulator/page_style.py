# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The looks of the page: light and dark, wide and narrow, without a script and without a font of its own.

No rule breaks words: where one may break stands in the markup.
"""

_COMMON = """
:root{color-scheme:light dark;--ink:#1b2230;--soft:#566072;--line:#e1e5ec;--back:#f3f5f8;--card:#fff;--link:#9a3412;
--bar:#c2410c;--head:#161c28;--head-soft:#b9c2d2;--good:#d9f5e3;--good-ink:#0b5132;--bad:#fde2e0;--bad-ink:#8c1d18;
--busy:#e0e8ff;--busy-ink:#28348f;--wait:#fdebc8;--wait-ink:#733705;--calm:#e6eaf2;--calm-ink:#3a4356;
--mono:ui-monospace,"SFMono-Regular",Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#a5afbf;--line:#2c3443;--back:#10141b;--card:#191f2a;
--link:#ffb38a;--bar:#f97316;--head:#0b0e14;--good:#123c28;--good-ink:#9be7bd;--bad:#4c1c1a;--bad-ink:#ffb9b3;
--busy:#25316a;--busy-ink:#c8d3ff;--wait:#493009;--wait-ink:#ffd794;--calm:#2a3241;--calm-ink:#cfd7e4}}
*{box-sizing:border-box}
html{scroll-padding-top:88px}
body{margin:0;background:var(--back);color:var(--ink);font:14px/1.5 system-ui,"Segoe UI","DejaVu Sans",sans-serif}
a{color:var(--link);text-underline-offset:2px}
a:focus-visible,summary:focus-visible{outline:2px solid currentColor;outline-offset:2px;border-radius:3px}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-9999px}.skip:focus{left:12px;top:8px;z-index:3;background:var(--card);padding:6px 12px}

header{position:sticky;top:0;z-index:2;background:var(--head);color:#fff;padding:12px 24px;display:flex;
flex-wrap:wrap;align-items:center;gap:6px 24px;border-bottom:3px solid var(--bar)}
header h1{font-size:16px;line-height:1.3;margin:0}
header nav{display:flex;flex-wrap:wrap;gap:2px 4px}
header a,header p{color:var(--head-soft);font-size:13px}
header nav a{padding:3px 9px;border-radius:6px;text-decoration:none}
header nav a:hover{color:#fff;text-decoration:underline}
header nav a[aria-current]{background:#fff;color:#161c28;font-weight:600}
header p{margin:0 0 0 auto}header p b{color:#fff;font-weight:600}

main{padding:20px 24px 40px;display:grid;gap:20px;align-items:start;grid-template-columns:minmax(0,1fr);
max-width:1680px;margin:0 auto}
@media(min-width:1100px){main{grid-template-columns:minmax(0,1.36fr) minmax(0,1fr)}}
@media(max-width:640px){header{position:static;padding:10px 14px}header p{margin:0}main{padding:12px 10px 32px}
html{scroll-padding-top:8px}}
.column{display:grid;gap:16px;grid-template-columns:minmax(0,1fr)}
.card{container-type:inline-size;background:var(--card);border:1px solid var(--line);border-radius:10px;
padding:16px 18px}
@media(max-width:640px){.card{padding:12px 14px}}
h2{font-size:15px;margin:0 0 8px}
h3{font-size:17px;line-height:1.35;margin:0}
.card>h3:not(:first-child){font-size:13px;margin:16px 0 6px}
h3 a{color:inherit;text-decoration:none}h3 a:hover{text-decoration:underline}
h3 .soft{font-weight:400;font-size:13px;white-space:nowrap}
h4{font-size:13px;line-height:1.4;margin:0 0 4px}
article>section{margin-top:16px}
article>section:has(>.soft){display:flex;gap:12px;align-items:baseline;margin-top:10px}
p{margin:6px 0}
.badges{margin:6px 0 2px}
.soft{color:var(--soft)}
code{font:12px/1.5 var(--mono)}
.badge,.chip{display:inline-block;border-radius:5px;padding:0 7px;margin:1px 0;font-size:12px;line-height:1.6}
.badge{font-weight:600;background:var(--calm);color:var(--calm-ink)}
.chip{background:var(--calm);color:var(--calm-ink)}
.short{white-space:nowrap}
.good{background:var(--good);color:var(--good-ink)}.bad{background:var(--bad);color:var(--bad-ink)}
.busy{background:var(--busy);color:var(--busy-ink)}.wait{background:var(--wait);color:var(--wait-ink)}

dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,200px),1fr));gap:8px 20px;margin:10px 0 0}
dl+dl{grid-template-columns:minmax(0,1fr);margin-top:8px}
dt{color:var(--soft);font-size:12px}dd{margin:0}
aside dl{grid-template-columns:repeat(auto-fill,minmax(min(100%,140px),1fr));margin-top:6px}
details{margin-top:4px}summary{cursor:pointer;color:var(--soft);font-size:13px}

table{border-collapse:collapse;width:100%;text-align:left}
th,td{padding:4px 12px 4px 0;vertical-align:top;border-top:1px solid var(--line);font-weight:400}
th:last-child,td:last-child{padding-right:0}
thead th{border-top:0;color:var(--soft);font-size:12px;padding-bottom:2px;white-space:nowrap}
tbody th{font-weight:600}tbody th .soft{font-weight:400}
a[aria-current]{font-weight:600;color:inherit;text-decoration:none}
time{white-space:nowrap;font-variant-numeric:tabular-nums}
.compare tbody th,.overview tbody th{white-space:normal}
.log,.log .badge{font-family:var(--mono);font-size:12px}
.log th,.log td{padding:3px 9px 3px 0}
.log tbody th{font-weight:400;padding-left:9px}
.log thead th:first-child{padding-left:9px}
.log tr>:nth-child(5){text-align:right}
.log tr.write th{box-shadow:inset 3px 0 0 var(--bar)}
.method{display:inline-block;padding:0 5px;border-radius:4px;border:1px solid transparent;white-space:nowrap}
.method.write{background:var(--ink);color:var(--card);font-weight:700}
p .method{font:700 11px/1.5 var(--mono)}

@container(max-width:420px){
.log thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.log,.log tbody{display:block}
.log tr{display:grid;grid-template-columns:auto auto auto auto minmax(0,1fr);gap:0 8px;padding:5px 0;
border-top:1px solid var(--line)}
.log tbody th,.log tbody td{border:0;padding:0}
.log tbody th{padding-left:9px}
.log tr>:nth-child(3){grid-area:2/1/3/6;padding-left:9px}
.log tr>:nth-child(5)>div::after{content:" ms"}
.log tr>:nth-child(6){text-align:right}
.log tr.write{box-shadow:inset 3px 0 0 var(--bar)}.log tr.write th{box-shadow:none}
}
@media print{header{position:static}}
"""

_ROWS_AS_BLOCKS = """
@container(max-width:WIDTH){
.KIND,.KIND tbody,.KIND tr,.KIND th,.KIND td{display:block}
.KIND thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.KIND tr{border-top:1px solid var(--line);padding:6px 0}
.KIND th,.KIND td{border:0;padding:1px 0}
.KIND td{display:grid;grid-template-columns:112px minmax(0,1fr);gap:8px}
.KIND td:has(>div:empty){display:none}
.KIND td::before{content:attr(data-label);color:var(--soft);font-size:12px;line-height:1.75}
}
"""
# (kind of table, the width below which its rows are shown as blocks)
_KINDS = (("wide", "600px"), ("plain-table", "440px"), ("small", "300px"))
STYLE = _COMMON + "".join(_ROWS_AS_BLOCKS.replace("KIND", kind).replace("WIDTH", width) for kind, width in _KINDS)
