/** The page's looks, in light and in dark. No character here may need escaping in XML. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf8; --card: #ffffff; --edge: #e6e3dd; --ink: #1d1c1a; --soft: #6a665f; --faint: #e9e6e0;
  --with: #1769c4; --without: #a39d93; --without-fill: rgba(163, 157, 147, .22);
  --healthy: #8fbce8; --broken: #d9694a; --band: rgba(217, 105, 74, .07); --hatch: rgba(217, 105, 74, .38);
  --closed: #cfe3d4; --open: #c8372d; --half: #eda71f; --killed: #1d1c1a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #141416; --card: #1c1c1f; --edge: #303035; --ink: #ecebe8; --soft: #a09d98; --faint: #2a2a2e;
    --with: #69aef5; --without: #7d7a75; --without-fill: rgba(125, 122, 117, .25);
    --healthy: #3d6f9f; --broken: #e07a5b; --band: rgba(224, 122, 91, .08); --hatch: rgba(224, 122, 91, .34);
    --closed: #2b4634; --open: #ec5a4e; --half: #f2b740; --killed: #ecebe8;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.55 ui-sans-serif, system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', sans-serif;
  font-variant-numeric: tabular-nums;
}
main { max-width: 1120px; margin: 0 auto; padding: 56px 28px 40px; }
.eyebrow { margin: 0 0 12px; color: var(--soft); font-size: 14px; }
h1 { margin: 0; max-width: 24em; font-size: 32px; line-height: 1.2; font-weight: 650; letter-spacing: -.015em; text-wrap: balance; }
h2 { margin: 0 0 4px; font-size: 20px; font-weight: 650; letter-spacing: -.01em; }
.lead { max-width: 56em; margin: 14px 0 0; color: var(--soft); font-size: 16px; }
.figures { display: grid; grid-template-columns: repeat(4, 1fr); gap: 0; margin: 32px 0 0; border-top: 1px solid var(--edge); border-bottom: 1px solid var(--edge); }
.figures div { padding: 16px 20px; border-left: 1px solid var(--edge); }
.figures div:first-child { padding-left: 0; border-left: 0; }
.figures dt { color: var(--soft); font-size: 13px; }
.figures dd { margin: 4px 0 0; }
.figures b { display: block; font-size: 26px; line-height: 1.2; font-weight: 650; letter-spacing: -.02em; }
.figures span { color: var(--soft); font-size: 13px; }
section { margin-top: 52px; }
section > p { max-width: 56em; margin: 0 0 14px; color: var(--soft); }
.note { margin-top: 18px; padding-left: 14px; border-left: 3px solid var(--killed); color: var(--ink); }
.pair, .tenants { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; }
figure { margin: 0; padding: 14px 14px 8px; background: var(--card); border: 1px solid var(--edge); border-radius: 8px; }
figcaption { display: flex; justify-content: space-between; align-items: baseline; gap: 12px; margin: 0 0 6px; font-size: 14px; }
figcaption b { font-weight: 650; }
figcaption span { color: var(--soft); font-size: 13px; text-align: right; }
svg { display: block; width: 100%; height: auto; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0 0 14px; padding: 0; list-style: none; color: var(--soft); font-size: 13px; }
.legend li { display: flex; align-items: center; gap: 7px; }
.swatch { display: inline-block; width: 16px; height: 10px; border-radius: 2px; }
.swatch.line-with { height: 0; border-top: 2.5px solid var(--with); border-radius: 0; }
.swatch.line-without { height: 10px; background: var(--without-fill); border-top: 2px solid var(--without); border-radius: 0; }
.swatch.area-healthy { background: var(--healthy); } .swatch.area-broken { background: var(--broken); }
.swatch.state-closed { background: var(--closed); } .swatch.state-open { background: var(--open); } .swatch.state-half-open { background: var(--half); }
.swatch.hatch { background: repeating-linear-gradient(135deg, var(--hatch) 0 1.5px, var(--band) 1.5px 5px); }
.swatch.mark-killed { width: 0; height: 14px; border-left: 2px dashed var(--killed); border-radius: 0; }
.grid { stroke: var(--faint); stroke-width: 1; }
.axis { stroke: var(--soft); stroke-width: 1; }
.tick { fill: var(--soft); font-size: 10.5px; }
.area-healthy { fill: var(--healthy); } .area-broken { fill: var(--broken); }
.area-without { fill: var(--without-fill); }
path.line-without { fill: none; stroke: var(--without); stroke-width: 1.4; stroke-linejoin: round; }
path.line-with { fill: none; stroke: var(--with); stroke-width: 1.9; stroke-linejoin: round; }
.band { fill: var(--band); } .hatch-line { stroke: var(--hatch); stroke-width: 1.6; }
.state-closed { fill: var(--closed); } .state-open { fill: var(--open); } .state-half-open { fill: var(--half); }
line.mark-killed { stroke: var(--killed); stroke-width: 1.3; stroke-dasharray: 3 3; }
.tables { display: grid; gap: 28px; margin-top: 12px; }
.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 3px solid var(--with); outline-offset: 2px; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
caption { padding: 0 0 6px; text-align: left; font-weight: 650; }
th { padding: 6px 10px; border-bottom: 1px solid var(--soft); color: var(--soft); font-size: 13px; font-weight: 500; text-align: right; white-space: nowrap; }
td { padding: 5px 10px; border-bottom: 1px solid var(--faint); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { padding-left: 0; text-align: left; }
tbody tr:last-child td { border-top: 1px solid var(--soft); border-bottom: 0; font-weight: 600; }
footer { margin-top: 44px; padding-top: 16px; border-top: 1px solid var(--edge); color: var(--soft); font-size: 13px; }
footer p { max-width: 64em; margin: 0; }
@media (max-width: 760px) {
  main { padding: 32px 16px; }
  h1 { font-size: 25px; }
  .pair, .tenants { grid-template-columns: 1fr; }
  .figures { grid-template-columns: 1fr 1fr; }
  .figures div { padding-left: 0; border-left: 0; }
  .pair > *, .tenants > * { min-width: 0; }
  figcaption { flex-wrap: wrap; }
  .tick { font-size: 13px; }
}
`;
