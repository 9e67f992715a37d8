import { onBeforeUnmount, onMounted, ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import type { Happening, Scenario } from '../scenario/scenario.js';
import { World } from '../simulation/world.js';
import { installQuickTurns } from './quick-turns.js';

/** A world that runs while the page is seen. */
export interface RunningWorld {
  readonly world: ShallowRef<World>;
  /** Grows some ten times a second while time passes: the world changes within. */
  readonly beat: Ref<number>;
  readonly isPlaying: Ref<boolean>;
  /** Simulated seconds a second. */
  readonly speed: Ref<number>;
  /** Called with each frame, for what is drawn by hand. */
  onFrame(draw: () => void): void;
  /** Another scenario, brought to the same moment, or to `at` ms. */
  load(scenario: Scenario, at?: number): Promise<void>;
  step(ms: number): Promise<void>;
  do(happening: Happening): void;
}

/** The longest piece of simulated time that one frame computes, ms. */
const piece = 500;

/** @param pauseAt ms: time stops there once, so that the picture stays to be looked at. */
export function runWorld(scenario: Scenario, pauseAt: Ref<number | null>): RunningWorld {
  installQuickTurns();
  const world = shallowRef(new World(scenario));
  const beat = ref(0);
  const isPlaying = ref(false);
  const speed = ref(4);
  const drawers: (() => void)[] = [];
  let frame = 0;
  let last: number | null = null;
  let shownAt = 0;
  let isBusy = false;

  const show = (time: number): void => {
    for (const draw of drawers) draw();
    if (time - shownAt < 90) return;
    shownAt = time;
    beat.value += 1;
  };

  const tick = (time: number): void => {
    frame = requestAnimationFrame(tick);
    const passed = last === null ? 0 : Math.min(time - last, 100);
    last = time;
    if (!isPlaying.value || isBusy) return;
    isBusy = true;
    const current = world.value;
    const left = pauseAt.value === null ? Infinity : pauseAt.value - current.now();
    void current.advance(Math.min(piece, passed * speed.value, Math.max(0, left))).then(() => {
      isBusy = false;
      if (pauseAt.value !== null && current.now() >= pauseAt.value) {
        pauseAt.value = null;
        isPlaying.value = false;
        shownAt = 0;
      }
      show(time);
    });
  };

  onMounted(() => (frame = requestAnimationFrame(tick)));
  onBeforeUnmount(() => cancelAnimationFrame(frame));

  const redraw = (): void => {
    beat.value += 1;
    for (const draw of drawers) draw();
  };

  return {
    world,
    beat,
    isPlaying,
    speed,
    onFrame: (draw) => void drawers.push(draw),
    async load(next, at = world.value.now()) {
      const made = new World(next);
      world.value = made;
      await made.advance(at);
      if (world.value === made) redraw();
    },
    async step(ms) {
      isPlaying.value = false;
      await world.value.advance(ms);
      redraw();
    },
    do(happening) {
      world.value.do(happening);
      redraw();
    },
  };
}
