import { bundled } from '../assets/bundled.mjs';

/** A file of the page, under a name that changes with its content, so that browsers may keep it for ever. */
export interface Asset {
  readonly file: string;
  readonly type: string;
  readonly content: string;
}

type AssetName = keyof typeof bundled;

const types: Readonly<Record<AssetName, readonly [ending: string, type: string]>> = {
  app: ['js', 'text/javascript; charset=utf-8'],
  theme: ['js', 'text/javascript; charset=utf-8'],
  style: ['css', 'text/css; charset=utf-8'],
  icon: ['svg', 'image/svg+xml'],
};

export const assets: Readonly<Record<AssetName, Asset>> = {
  app: asset('app'),
  theme: asset('theme'),
  style: asset('style'),
  icon: asset('icon'),
};

/** By file name. */
export const assetsByFile: ReadonlyMap<string, Asset> = new Map(Object.values(assets).map((each) => [each.file, each]));

function asset(name: AssetName): Asset {
  const [ending, type] = types[name];
  const content = bundled[name];
  return { file: `${name}-${digest(content)}.${ending}`, type, content };
}

/** FNV-1a, 32 bits twice: a name that differs where contents do, not a secret. */
function digest(text: string): string {
  let one = 0x811c9dc5;
  let other = 0x1000193;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    one = Math.imul(one ^ unit, 0x01000193);
    other = Math.imul(other ^ (unit + index), 0x01000193);
  }
  return (one >>> 0).toString(36) + (other >>> 0).toString(36);
}
