// What a `.vue` file is to TypeScript: VitePress compiles it.
declare module '*.vue' {
  import type { Component } from 'vue';
  const component: Component;
  // eslint-disable-next-line no-restricted-exports -- a single-file component is a module's default export
  export default component;
}
declare module '*.css' {}
