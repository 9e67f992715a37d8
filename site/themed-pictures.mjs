const picture = /<picture>[^]*?<\/picture>/g;
const dark = '(prefers-color-scheme: dark)';

/**
 * In a repository's view of a document, a `<picture>` follows the system's theme. On the site the reader chooses the theme,
 * by a class of the page. So there it becomes two pictures, and style.css shows the one of the theme.
 */
export function pictureOfEachTheme(text) {
  return text.replace(picture, (whole) => {
    if (!whole.includes(dark)) return whole;
    return `${inTheme(whole, 'light')}\n${inTheme(whole, 'dark')}`;
  });
}

/** The picture with the files of this theme alone. */
function inTheme(whole, theme) {
  const [, source, words] = /<img src="([^"]*)" alt="([^"]*)">/.exec(whole);
  const sources = [...whole.matchAll(/<source media="([^"]*)" srcset="([^"]*)">/g)]
    .filter(([, media]) => media.includes(dark) === (theme === 'dark'))
    .map(([, media, file]) => ({ media: media.replace(` and ${dark}`, '').replace(dark, ''), file }));
  const always = sources.find(({ media }) => media === '')?.file ?? source;
  const others = sources
    .filter(({ media }) => media !== '')
    .map(({ media, file }) => `<source media="${media}" srcset="./${file}" />`);
  return `<picture class="in-${theme}">${others.join('')}<img src="./${always}" alt="${words}" /></picture>`;
}
