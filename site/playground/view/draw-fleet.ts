import type { CircuitState } from '@circuitry/core';
import { span, type Bar } from '../simulation/chronicle.js';
import type { Fleet } from '../simulation/fleet.js';
import { tenantNames, type Happening } from '../scenario/scenario.js';
import type { Palette } from './palette.js';

const top = 22;
const laneHeight = 15;
const lanePitch = 19;
const sectionGap = 32;
const circuitHeight = 22;
const circuitPitch = 31;
const right = 10;

/** How high the picture of a fleet is, px. */
export function heightOf(workers: number, tenants: number): number {
  return top + workers * lanePitch + sectionGap + tenants * circuitPitch + 20;
}

interface Sheet {
  readonly pen: CanvasRenderingContext2D;
  readonly colours: Palette;
  readonly left: number;
  readonly width: number;
  readonly from: number;
  readonly now: number;
  readonly x: (time: number) => number;
}

/** Draws what a fleet did in the last minute: its workers' lanes above, its circuits below, on one axis of time. */
export function drawFleet(
  pen: CanvasRenderingContext2D,
  width: number,
  fleet: Fleet,
  happenings: readonly Happening[],
  colours: Palette,
): void {
  const { workers, chronicle } = fleet;
  const tenants = chronicle.circuits.length;
  const now = fleet.now();
  const from = Math.max(0, now - span);
  const left = width < 480 ? 62 : 76;
  const plot = width - left - right;
  const x = (time: number): number => left + (Math.max(0, time - from) / span) * plot;
  const sheet: Sheet = { pen, colours, left, width, from, now, x };
  const circuitsTop = top + workers.length * lanePitch + sectionGap;
  const bottom = circuitsTop + tenants * circuitPitch - (circuitPitch - circuitHeight);

  pen.clearRect(0, 0, width, heightOf(workers.length, tenants));
  pen.textBaseline = 'middle';
  drawGrid(sheet, bottom);
  workers.forEach((_, id) => drawLane(sheet, top + id * lanePitch, `worker ${id + 1}`));
  for (const bar of chronicle.bars) drawBar(sheet, bar);
  drawRefusals(sheet, fleet);
  heading(sheet, titleOfCircuits(fleet), circuitsTop - 14);
  if (fleet.kind === 'none') drawTroubles(sheet, happenings, circuitsTop, tenants);
  else {
    chronicle.circuits.forEach((holders, tenant) => {
      drawCircuit(sheet, circuitsTop + tenant * circuitPitch, holders, tenant);
    });
    drawTroubles(sheet, happenings, circuitsTop, tenants);
  }
  if (fleet.kind === 'none') {
    pen.fillStyle = colours.faint;
    for (let tenant = 0; tenant < tenants; tenant += 1) {
      label(sheet, tenantNames[tenant] ?? '', circuitsTop + tenant * circuitPitch + circuitHeight / 2);
    }
  }
  if (fleet.kind === 'shared') drawOutages(sheet, happenings, circuitsTop, bottom);
  drawHappenings(sheet, happenings, bottom);
}

/** Over the circuits in the store, for as long as no worker can see them. */
function drawOutages(sheet: Sheet, happenings: readonly Happening[], y: number, bottom: number): void {
  const { pen, colours, now, from, x } = sheet;
  let begun: number | null = null;
  const veil = (end: number): void => {
    if (begun === null || end < from) return;
    pen.globalAlpha = 0.86;
    pen.fillStyle = colours.lane;
    pen.fillRect(x(begun), y - 4, x(end) - x(begun), bottom - y + 8);
    pen.globalAlpha = 1;
    if (x(end) - x(begun) < 120) return;
    pen.font = font(11.5, 600);
    pen.fillStyle = colours.text;
    pen.textAlign = 'center';
    pen.fillText('each worker by itself', (x(begun) + x(end)) / 2, (y + bottom) / 2);
  };
  for (const each of happenings) {
    const time = each.at * 1_000;
    if (time > now) break;
    if (each.what === 'store-down') begun ??= time;
    if (each.what === 'store-up') {
      veil(time);
      begun = null;
    }
  }
  veil(now);
}

function drawGrid({ pen, colours, from, x, left, width }: Sheet, bottom: number): void {
  pen.font = font(10);
  pen.textAlign = 'center';
  for (let second = Math.ceil(from / 10_000) * 10; second * 1_000 <= from + span; second += 10) {
    const at = x(second * 1_000);
    if (at < left || at > width - right + 1) continue;
    pen.strokeStyle = colours.grid;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(Math.round(at) + 0.5, top - 4);
    pen.lineTo(Math.round(at) + 0.5, bottom + 4);
    pen.stroke();
    pen.fillStyle = colours.faint;
    pen.fillText(`${second} s`, Math.min(at, width - 14), bottom + 12);
  }
}

function drawLane(sheet: Sheet, y: number, name: string): void {
  const { pen, colours, left, width } = sheet;
  pen.fillStyle = colours.lane;
  pen.fillRect(left, y, width - right - left, laneHeight);
  label(sheet, name, y + laneHeight / 2);
}

function drawBar({ pen, colours, now, from, x }: Sheet, bar: Bar): void {
  const end = bar.ending === 'running' ? now : bar.to;
  if (end < from) return;
  const y = top + bar.worker * lanePitch;
  const begin = x(bar.from);
  const length = Math.max(2, x(end) - begin - 0.5);
  // A call that has not come back for long looks as what it is about to be.
  const hangs = bar.ending === 'running' && now - bar.from > 900;
  pen.fillStyle = bar.ending === 'failed' || hangs ? colours.failed : bar.ending === 'cut' ? colours.cut : colours.done;
  pen.fillRect(begin, y, length, laneHeight);
  if (bar.isTrial) {
    pen.strokeStyle = colours.trial;
    pen.lineWidth = 2;
    pen.strokeRect(begin, y + 1, length, laneHeight - 2);
  }
}

function drawRefusals({ pen, colours, from, x }: Sheet, fleet: Fleet): void {
  pen.fillStyle = colours.refused;
  for (const { worker, at } of fleet.chronicle.refusals) {
    if (at >= from) pen.fillRect(x(at) - 0.75, top + worker * lanePitch + laneHeight - 5, 1.5, 5);
  }
}

/** A tenant's circuit: one band for the whole fleet, or as many thin ones as there are workers that each have their own. */
function drawCircuit(
  sheet: Sheet,
  y: number,
  holders: readonly (readonly { readonly from: number; readonly state: CircuitState }[])[],
  tenant: number,
): void {
  const { pen, colours, now, x } = sheet;
  const colour = { closed: colours.closed, open: colours.open, 'half-open': colours.halfOpen };
  const pitch = circuitHeight / holders.length;
  holders.forEach((stretches, holder) => {
    stretches.forEach(({ from, state }, index) => {
      const end = stretches[index + 1]?.from ?? now;
      if (end < sheet.from) return;
      pen.fillStyle = colour[state];
      const width = Math.max(state === 'half-open' ? 3 : 1, x(end) - x(from));
      pen.fillRect(x(from), y + holder * pitch, width, pitch - (holders.length > 1 ? 1 : 0));
    });
  });
  label(sheet, tenantNames[tenant] ?? '', y + circuitHeight / 2);
}

/** Above each tenant's band, a line for as long as its dependency is not healthy: the truth that circuits have to find. */
function drawTroubles(sheet: Sheet, happenings: readonly Happening[], y: number, tenants: number): void {
  const { pen, colours, now, from, x } = sheet;
  for (let tenant = 0; tenant < tenants; tenant += 1) {
    let begun: number | null = null;
    const draw = (end: number): void => {
      if (begun === null || end < from) return;
      pen.fillStyle = colours.mark;
      pen.fillRect(x(begun), y + tenant * circuitPitch - 4, x(end) - x(begun), 2.5);
    };
    for (const each of happenings) {
      if (each.what !== 'condition' || each.tenant !== tenant || each.at * 1_000 > now) continue;
      draw(each.at * 1_000);
      begun = each.condition === 'healthy' ? null : each.at * 1_000;
    }
    draw(now);
  }
}

function drawHappenings(sheet: Sheet, happenings: readonly Happening[], bottom: number): void {
  const { pen, colours, from, now, x, left, width } = sheet;
  pen.font = font(10.5, 600);
  let free = left;
  for (const each of happenings) {
    const time = each.at * 1_000;
    if (time < from || time > now) continue;
    const at = Math.round(x(time)) + 0.5;
    pen.strokeStyle = colours.mark;
    pen.lineWidth = 1;
    pen.setLineDash([3, 3]);
    pen.beginPath();
    pen.moveTo(at, top - 6);
    pen.lineTo(at, bottom + 4);
    pen.stroke();
    pen.setLineDash([]);
    const text = titleOf(each);
    const length = pen.measureText(text).width;
    const begin = Math.min(Math.max(at - 4, left), width - length - 2);
    if (begin < free) continue;
    pen.fillStyle = colours.mark;
    pen.textAlign = 'left';
    pen.fillText(text, begin, 8);
    free = begin + length + 8;
  }
}

function titleOf(happening: Happening): string {
  if (happening.what === 'condition') {
    const word = happening.condition === 'healthy' ? 'well again' : happening.condition;
    return `${tenantNames[happening.tenant] ?? ''} ${word}`;
  }
  return { restart: 'restart', 'store-down': 'store down', 'store-up': 'store back' }[happening.what];
}

function titleOfCircuits({ kind, workers }: Fleet): string {
  if (kind === 'shared') return 'One circuit per tenant, for all workers';
  if (kind === 'local') return `${workers.length} circuits per tenant, one in each worker`;
  return 'No circuits';
}

function heading({ pen, colours, left }: Sheet, text: string, y: number): void {
  pen.font = font(11.5, 600);
  pen.fillStyle = colours.text;
  pen.textAlign = 'left';
  pen.fillText(text, left, y);
}

function label({ pen, colours, left }: Sheet, text: string, y: number): void {
  pen.font = font(11.5);
  pen.fillStyle = colours.text;
  pen.textAlign = 'right';
  pen.fillText(text, left - 8, y);
}

function font(size: number, weight = 400): string {
  return `${weight} ${size}px Inter, ui-sans-serif, system-ui, sans-serif`;
}
