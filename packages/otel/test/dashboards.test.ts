import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { exportEverything } from './support/everything.js';
import { readExpression } from './support/promql.js';

const pathOf = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url));
const rulesFile = pathOf('prometheus/circuitry.rules.yml');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly runbook: string };
}
const rules = (parse(readFileSync(rulesFile, 'utf8')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
interface Panel {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: { readonly expr: string; readonly legendFormat: string }[];
}
const board = JSON.parse(readFileSync(pathOf('grafana/circuitry.json'), 'utf8')) as {
  readonly panels: Panel[];
  readonly templating: { readonly list: { readonly query: string | { readonly query: string } }[] };
};
const runbook = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');

/** As Grafana would fill them in. */
const filledIn = (expression: string): string =>
  expression.replaceAll('$__rate_interval', '5m').replaceAll('$circuit', '.*');

let text: string;
/** Labels of each exported metric. */
const exported = new Map<string, Set<string>>();

beforeAll(async () => {
  text = await exportEverything();
  for (const line of text.split('\n')) {
    const [, metric, labels = ''] = /^([a-z_]+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (metric === undefined) continue;
    const known = exported.get(metric) ?? new Set();
    for (const [, label] of labels.matchAll(/(\w+)="/g)) known.add(label as string);
    exported.set(metric, known);
  }
});

function expectExported(expression: string): void {
  const { metrics, labels } = readExpression(filledIn(expression));
  const found = metrics.flatMap((pattern) => [...exported.keys()].filter((metric) => pattern.test(metric)));
  for (const pattern of metrics) expect([...exported.keys()].filter((metric) => pattern.test(metric))).not.toEqual([]);
  const known = new Set(found.flatMap((metric) => [...(exported.get(metric) ?? [])]));
  for (const label of labels) expect([...known]).toContain(label);
}

/** What this package exports under that name, or without the unit in it. */
function expectKnown(name: string): void {
  const bare = name.replace(/_seconds$/, '');
  expect([...exported.keys()]).toEqual(
    expect.arrayContaining([expect.stringMatching(new RegExp(`^${bare}(_seconds)?(_count)?$`))]),
  );
}

describe('the dashboard for Grafana', () => {
  const targets = board.panels.flatMap(({ title, targets }) => targets.map((target) => ({ title, ...target })));

  test.each(targets)('$title: $expr asks for what is exported', ({ expr, legendFormat }) => {
    expectExported(expr);
    const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label as string);
    for (const label of shown) expect(readExpression(filledIn(expr)).labels).toContain(label);
  });

  test('its variables ask for what is exported', () => {
    const queries = board.templating.list.flatMap(({ query }) => (typeof query === 'object' ? [query.query] : []));
    expect(queries).toHaveLength(1);
    for (const query of queries) {
      const [, selector = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(query) ?? [];
      expectExported(`sum by (${label}) (${selector})`);
    }
  });

  test('shows every metric that is exported', () => {
    const asked = targets.flatMap(({ expr }) => [...readExpression(filledIn(expr)).metrics]);
    const own = [...exported.keys()].filter((metric) => metric.startsWith('circuitry_') && !metric.endsWith('_sum'));
    expect(own.filter((metric) => !asked.some((pattern) => pattern.test(metric)))).toEqual([]);
  });

  test('has panels that don’t overlap, each with a title of its own and a description', () => {
    expect(new Set(board.panels.map(({ title }) => title)).size).toBe(board.panels.length);
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length);
    const taken = new Set<string>();
    for (const { gridPos, description } of board.panels) {
      expect(description).not.toBe('');
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.has(`${x},${y}`)).toBe(false);
          taken.add(`${x},${y}`);
        }
    }
  });
});

describe('the alerts for Prometheus', () => {
  test.each(rules)('$alert asks for what is exported', ({ expr }) => expectExported(expr));

  test.each(rules)('$alert has a section in the runbook', ({ alert, annotations }) => {
    expect(annotations.runbook).toBe(`docs/operations.md#${alert.toLowerCase()}`);
    expect(runbook).toContain(`\n### ${alert}\n`);
  });

  test('each metric that they ask for is made by the recipe for prom-client alone too', () => {
    const recipe = runbook.split('\n## ').find((part) => part.startsWith('Metrics without OpenTelemetry')) ?? '';
    const made = new Set<string>();
    for (const [, name] of recipe.matchAll(/name: '(circuitry_\w+)'/g))
      for (const each of [name, `${name}_count`]) made.add(String(each));
    const asked = rules.flatMap(({ expr }) => [...readExpression(expr).metrics]);
    const missing = asked.filter((pattern) => ![...made].some((name) => pattern.test(name)));
    expect(missing.map(String)).toEqual([]);
    for (const name of made) if (!name.endsWith('_count')) expectKnown(name);
  });

  test('the runbook has no section of an alert that there is not, and names panels that there are', () => {
    const section = runbook.split('\n## ').find((part) => part.startsWith('Runbook')) ?? '';
    const alerts = [...section.matchAll(/^### (\w+)$/gm)].map(([, alert]) => alert);
    expect(alerts.sort()).toEqual(rules.map(({ alert }) => alert).sort());
    const panels = [...section.matchAll(/panel \*([^*]+)\*/g)].map(([, title]) => title as string);
    expect(panels.length).toBeGreaterThan(5);
    for (const title of panels) expect(board.panels.map((panel) => panel.title)).toContain(title);
  });
});

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
const describeWithPromtool = hasPromtool ? describe : describe.skip;

describeWithPromtool(
  `by promtool${hasPromtool ? '' : ' (skipped: there is no promtool of Prometheus in PATH)'}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'circuitry-promtool-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    const promtool = (args: string[], input?: string) => {
      const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8', ...(input && { input }) });
      return { status, told: `${stdout}${stderr}` };
    };

    test('the rules are rules', () => {
      expect(promtool(['check', 'rules', rulesFile])).toMatchObject({ status: 0 });
    });

    test('what is exported can be read', () => {
      const { status, told } = promtool(['check', 'metrics'], text);
      // 3 is for what its linter would have named otherwise.
      expect([0, 3]).toContain(status);
      expect(told).not.toMatch(/error while/i);
    });

    test('the dashboard’s sums leave out what nobody knows any more', () => {
      const sums = board.panels.flatMap(({ targets }) => targets.map(({ expr }) => filledIn(expr)));
      const asked = sums.filter((expr) => /^sum\(.*(circuit_open|store_available)/.test(expr));
      expect(asked).toHaveLength(4);
      const states = ['open', 'half-open', 'forced-open'];
      const series = [
        ...states.map((state) => ({
          series: `circuitry_circuit_open{circuit="mail",state="${state}"}`,
          values: '2x5',
        })),
        ...states.map((state) => ({
          series: `circuitry_circuit_open{circuit="pay",state="${state}"}`,
          values: 'NaN NaN NaN NaN',
        })),
        { series: 'circuitry_store_available{instance="a"}', values: '0x5' },
        { series: 'circuitry_store_available{instance="b"}', values: '0x5' },
        { series: 'circuitry_store_available{instance="c"}', values: '1x5' },
        { series: 'circuitry_store_available{instance="d"}', values: 'NaN NaN NaN NaN' },
      ];
      const expected = asked.map((expr) => ({ expr, eval_time: '3m', exp_samples: [{ labels: '{}', value: 2 }] }));
      const file = join(folder, 'dashboard.test.yml');
      // JSON is YAML.
      writeFileSync(
        file,
        JSON.stringify({ tests: [{ interval: '1m', input_series: series, promql_expr_test: expected }] }),
      );
      expect(promtool(['test', 'rules', file])).toEqual({ status: 0, told: expect.stringContaining('SUCCESS') });
    });

    test('each alert fires on what it is for, and on nothing else', () => {
      const file = join(folder, 'alerts.test.yml');
      writeFileSync(file, readFileSync(pathOf('test/support/alerts.test.yml'), 'utf8').replaceAll('RULES', rulesFile));
      expect(promtool(['test', 'rules', file])).toEqual({ status: 0, told: expect.stringContaining('SUCCESS') });
      const tested = readFileSync(file, 'utf8');
      for (const { alert } of rules) expect(tested).toContain(`alertname: ${alert}\n`);
    });
  },
);
