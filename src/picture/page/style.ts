import { pageClasses, paletteVariables } from '../svg.ts'

/** The page's style: one column, light or dark by the system or by its switch. */
export const PAGE_STYLE = `
:root{color-scheme:light;${paletteVariables('light')}}
@media (prefers-color-scheme:dark){:root{color-scheme:dark;${paletteVariables('dark')}}}
:root[data-theme=light]{color-scheme:light;${paletteVariables('light')}}
:root[data-theme=dark]{color-scheme:dark;${paletteVariables('dark')}}
${pageClasses()}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:15px/1.5 system-ui,sans-serif}
main,header,footer{max-width:768px;margin:0 auto;padding:0 16px}
h1{font-size:26px;margin:20px 0 4px;overflow-wrap:anywhere}
h2{font-size:18px;margin:28px 0 6px}
p{margin:4px 0}
.facts{overflow-wrap:anywhere}.facts,.note,caption,footer{color:var(--dim);font-size:13px}
.summary{font-size:14px}
.answers{display:grid;gap:4px 24px;grid-template-columns:1fr 1fr;margin:8px 0}
.answers h2{font-size:15px;margin:12px 0 2px}
.answers ul{margin:0;padding-left:18px;font-size:14px;overflow-wrap:anywhere}
.plot{position:relative;overflow-x:auto}
.plot svg{display:block;max-width:100%;height:auto}
.plot[tabindex] svg{max-width:none}
@media screen and (scripting:none){.plot svg{min-width:600px}}
.scroll{overflow-x:auto}
@media screen and (scripting:enabled){:root:not([data-painted]) :is(section.figure,.trials){content-visibility:auto;contain-intrinsic-size:auto 420px}}
table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums}
caption{text-align:left;padding:4px 0}
caption span{position:sticky;left:0;display:inline-block;max-width:min(calc(100vw - 24px),100%)}
th,td{text-align:right;padding:3px 10px 3px 0;white-space:nowrap;max-width:220px;overflow:hidden;text-overflow:ellipsis}
td.long{white-space:normal;overflow-wrap:anywhere;min-width:130px}
th{white-space:normal;vertical-align:bottom;color:var(--dim);font-weight:600;border-bottom:1px solid var(--axis)}
tbody th{border-bottom:0}
th button{all:unset;cursor:pointer}
th button:focus-visible,a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--s1);outline-offset:2px}
tr.chosen td{background:var(--grid);font-weight:600}
a{color:var(--s1)}
.state{color:var(--bad);font-weight:400}
summary{cursor:pointer}
summary h2{display:inline-block;margin:14px 0}
details.study>summary h2{font-size:22px}
button,input,select{font:inherit;font-size:13px;color:inherit;background:var(--ground);border:1px solid var(--axis);border-radius:4px;padding:3px 8px}
.tools{display:flex;flex-wrap:wrap;gap:8px;align-items:center;margin:6px 0;font-size:13px}
.tools label{color:var(--dim)}
#chosen{position:sticky;bottom:0;background:var(--ground);border-top:1px solid var(--axis);max-width:768px;margin:0 auto;padding:6px 16px;font-size:13px;max-height:40vh;overflow:auto;overflow-wrap:anywhere}
#chosen:empty{display:none}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:12.5px;line-height:1.45}
.top{float:right;margin-top:24px}
.mark{fill:none;stroke:var(--text);stroke-width:2}
.banner{border-left:4px solid var(--winner);padding:2px 10px;margin:8px 0}
[hidden]{display:none!important}
@media (min-width:1100px){main,header,footer,#chosen{max-width:1080px}.answers{grid-template-columns:1fr 1fr}}
@media (max-width:560px){.answers{grid-template-columns:1fr}main,header,footer{padding:0 12px}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media print{:root{color-scheme:light;${paletteVariables('light')}}.tools,.top,#chosen,.scripted{display:none}body{font-size:11px}section.figure,tr{break-inside:avoid}.scroll,.plot{overflow:visible}.plot[tabindex] svg{max-width:100%}table{font-size:9px}th,td{padding:2px 6px 2px 0}}
`
