import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { availableServers } from '../../../tooling/servers/dynamodb.mjs';
import { redisServer } from '../../../tooling/servers/redis.mjs';
import { makeFolder, runDemo } from './run-demo.mjs';
import { smallJobs, smallScenario } from './small-story.mjs';
import { whyNotWellFormed } from './well-formed.mjs';

const redis = redisServer();
const backends = [
  { name: 'memory', missing: null },
  { name: 'redis', missing: process.env['REDIS_URL'] || !('missing' in redis) ? null : redis.missing },
  { name: 'dynamodb', missing: availableServers().length > 0 ? null : 'there is no DynamoDB-compatible server' },
];

for (const { name, missing } of backends) {
  const describeHere = missing === null ? describe : describe.skip;
  describeHere(`the demo on ${name}${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
    /** @type {Awaited<ReturnType<typeof makeFolder>>} */
    let folder;
    /** @type {Awaited<ReturnType<typeof runDemo>>} */
    let run;
    /** @type {ReturnType<typeof import('../output/results.mjs').resultsOf>} */
    let results;
    let page = '';

    beforeAll(async () => {
      folder = await makeFolder();
      const jobs = await folder.write('jobs.jsonl', smallJobs);
      const scenario = await folder.write('scenario.json', smallScenario);
      const files = ['--page', folder.path('page.html'), '--results', folder.path('results.json')];
      run = await runDemo(['--backend', name, '--jobs', jobs, '--scenario', scenario, ...files]);
      if (run.code !== 0) throw new Error(`The demo ended with ${run.code}:\n${run.stdout}\n${run.stderr}`);
      results = JSON.parse(await folder.read('results.json'));
      page = await folder.read('page.html');
    }, 180_000);
    afterAll(() => folder.remove());

    it('does every job in both passes', () => {
      expect(results.without.all).toMatchObject({ jobs: 200, done: 200, givenUp: 0 });
      expect(results.withCircuits.all).toMatchObject({ jobs: 200, done: 200, givenUp: 0 });
    });

    // That they gain is for gain.test.mjs to say: here a machine that is busy in one pass alone would say something else.
    it('compares the jobs of healthy tenants, each with itself', () => {
      expect(results.gain.tenants).toEqual(['acme', 'quotes & <tags> "everywhere"', 'hooli']);
      expect(results.gain.jobs).toBe(150);
      expect(results.gain.mean).toEqual(expect.any(Number));
    });

    it('runs the broken tenant’s jobs into trouble no oftener than its circuit lets it, and refuses only with circuits', () => {
      // What opens it, with what all workers had begun by then; later one trial for each pause of the 24 s.
      expect(results.withCircuits.tenants['broken']?.failed).toBeLessThanOrEqual(3 + 8 + 24 / 4);
      expect(results.without.all.refused).toBe(0);
      expect(results.withCircuits.tenants['broken']?.refused).toBeGreaterThan(0);
    });

    it("opens the broken tenant's circuit, tries, and closes it again", () => {
      const states = results.withCircuits.circuits['broken']?.map(({ state }) => state) ?? [];
      expect(states[0]).toBe('closed');
      expect(states).toEqual(expect.arrayContaining(['open', 'half-open']));
      expect(states.at(-1)).toBe('closed');
    });

    it("never opens a healthy tenant's circuit", () => {
      for (const tenant of results.gain.tenants) {
        expect(results.withCircuits.circuits[tenant]?.map(({ state }) => state)).not.toContain('open');
      }
    });

    it('writes a page that is well-formed and asks nothing of a network', () => {
      expect(whyNotWellFormed(page)).toBeNull();
      expect(page.match(/<svg /g)).toHaveLength(2 + 4);
      expect(page.replace('http://www.w3.org/1999/xhtml', '')).not.toMatch(/https?:|<script|<link|url\((?!#)/);
    });

    it('prints progress line by line, both tables, the headline and where the page is', () => {
      expect(run.stdout).toMatch(/of 200 done/);
      expect(run.stdout).toMatch(/Without circuits: .* until the last job was done/);
      const how = results.gain.mean < 0 ? 'later' : 'sooner';
      expect(run.stdout).toMatch(
        new RegExp(`The healthy tenants' jobs were finished .* ${how} on average with circuits`),
      );
      expect(run.stdout).toContain(folder.path('page.html'));
      expect(run.stderr).toBe('');
    });

    if (name !== 'memory') {
      it('loses nothing when a worker is killed with SIGKILL while it holds the only trial', () => {
        const { killed } = results.withCircuits;
        expect(killed).toMatchObject({ tenant: 'broken', pid: expect.any(Number) });
        expect(results.withCircuits.all.lost).toBeGreaterThan(0);
        expect(run.stdout).toMatch(/was killed with SIGKILL/);
        expect(run.stdout).toMatch(/broken's circuit was closed again: nothing sticks/);
      });
    }
  });
}
