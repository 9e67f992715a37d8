import { assets } from './asset-files.js';

/** The one page: it holds no data, so nothing in it needs escaping but what the host set. */
export function shellOf(basePath: string): string {
  return page(
    basePath,
    `<script src="${basePath}/assets/${assets.theme.file}"></script>
<script type="module" src="${basePath}/assets/${assets.app.file}"></script>`,
    `<div id="app"><div class="boot" aria-hidden="true"></div></div>
<noscript><main class="alone"><h1>Circuits</h1><p>This page needs JavaScript. Without it, use the command line: npx @circuitry/cli list</p></main></noscript>`,
  );
}

/** A page that only says something; no script. */
export function messagePage(basePath: string, title: string, message: string): string {
  return alone(basePath, escapeHtml(title), escapeHtml(message));
}

/** For an address under which there is nothing. */
export function noSuchPage(basePath: string): string {
  return alone(basePath, 'There is no such page', `The panel begins at <a href="${basePath}/">its own address</a>.`);
}

/** @param title and `message`: HTML */
function alone(basePath: string, title: string, message: string): string {
  return page(basePath, '', `<main class="alone"><h1>${title}</h1><p>${message}</p></main>`);
}

function page(basePath: string, scripts: string, body: string): string {
  return `<!doctype html>
<html lang="en" data-base="${basePath}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Circuits</title>
<link rel="icon" type="image/svg+xml" href="${basePath}/assets/${assets.icon.file}">
<link rel="stylesheet" href="${basePath}/assets/${assets.style.file}">
${scripts}
</head>
<body>
${body}
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
