import type { Theme } from 'vitepress';
import { h } from 'vue';
import DefaultTheme from 'vitepress/theme';
import '../../playground/view/playground.css';
import MermaidDiagram from './MermaidDiagram.vue';
import ThePlayground from '../../playground/view/ThePlayground.vue';
import TheSameMinute from './TheSameMinute.vue';
import './style.css';

// eslint-disable-next-line no-restricted-exports -- VitePress loads a theme from a module's default export
export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { 'home-hero-after': () => h(TheSameMinute) }),
  enhanceApp({ app }) {
    app.component('MermaidDiagram', MermaidDiagram);
    app.component('ThePlayground', ThePlayground);
  },
} satisfies Theme;
