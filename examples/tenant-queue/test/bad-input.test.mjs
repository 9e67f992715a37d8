import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeFolder, runDemo } from './run-demo.mjs';
import { smallJobs, smallScenario } from './small-story.mjs';

describe('bad input is refused with one clear message and exit code 2', () => {
  /** @type {Awaited<ReturnType<typeof makeFolder>>} */
  let folder;
  beforeAll(async () => {
    folder = await makeFolder();
  });
  afterAll(() => folder.remove());

  /** @param {readonly string[]} words */
  const refusalOf = async (words) => {
    const { code, stdout, stderr } = await runDemo(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toContain('    at ');
    return stderr;
  };
  /** @param {object} change */
  const refusalOfScenario = async (change) =>
    refusalOf(['--scenario', await folder.write('scenario.json', { ...smallScenario, ...change })]);

  it('an unknown option', async () => {
    expect(await refusalOf(['--speed', '3'])).toMatch(/unknown option '--speed'/);
  });

  it('an unknown backend, with those that there are', async () => {
    expect(await refusalOf(['--backend', 'etcd'])).toMatch(/'etcd' is invalid.*memory, redis, dynamodb/);
  });

  it('a file that is not there', async () => {
    expect(await refusalOf(['--scenario', folder.path('none.json')])).toMatch(/none\.json: there is no such file/);
  });

  describe.each(['--page', '--results'])('%s, before anything is run:', (option) => {
    /** @param {string} path */
    const refusalOfPath = async (path) => {
      // Were it told at the end, there would be an output.
      const scenario = await folder.write('scenario.json', smallScenario);
      const jobs = await folder.write('jobs.jsonl', smallJobs);
      const page = ['--page', folder.path('page.html')];
      return refusalOf(['--scenario', scenario, '--jobs', jobs, ...page, option, path]);
    };

    it.each(['file/page.html', 'file/deeper/page.html'])('a path below a file: %s', async (name) => {
      await folder.write('file', '');
      const message = await refusalOfPath(folder.path(name));
      expect(message).toContain(`Can't write ${folder.path(name)}: a part of its path is a file, not a folder.`);
      expect(message).toContain(`give ${option} a file in a folder that you may write to`);
    });

    it('a folder', async () => {
      expect(await refusalOfPath(folder.path(''))).toMatch(/it is a folder\. Nothing was run/);
    });
  });

  it('a scenario that is no JSON', async () => {
    expect(await refusalOf(['--scenario', await folder.write('broken.json', '{ "title": ')])).toMatch(/is no JSON/);
  });

  it('every fault of a scenario at once, each with its place', async () => {
    const message = await refusalOfScenario({
      workTimeout: 'soon',
      colour: 'red',
      tenants: {
        acme: {
          faults: [
            { kind: 'hang', from: '9s', until: '3s' },
            { kind: 'burn', from: 0, until: 1 },
          ],
        },
      },
    });
    expect(message).toMatch(/workTimeout: must be a duration like "1\.5s"/);
    expect(message).toMatch(/tenants\.acme\.faults\[0\]\.until: must be later than "from"/);
    expect(message).toMatch(/tenants\.acme\.faults\[1\]\.kind/);
    expect(message).toMatch(/colour/);
  });

  it('jobs at fault, each with its line', async () => {
    const scenario = await folder.write('scenario.json', smallScenario);
    const jobs = await folder.write(
      'jobs.jsonl',
      [
        smallJobs.split('\n')[0],
        '{ "id": ',
        '{ "id": "a", "tenant": "nobody", "at": 0, "takes": 1, "bytes": 1 }',
        '{ "id": "b", "tenant": "acme", "at": -5, "takes": 1, "bytes": 1.5 }',
        smallJobs.split('\n')[0],
      ].join('\n'),
    );
    const message = await refusalOf(['--scenario', scenario, '--jobs', jobs]);
    expect(message).toMatch(/line 2: no JSON/);
    expect(message).toMatch(/line 3: tenant: "nobody" is not in the scenario/);
    expect(message).toMatch(/line 4: at: .*; bytes: /);
    expect(message).toMatch(/line 5: id: "job-0" was there before/);
    expect(message).not.toMatch(/line 1:/);
  });

  it('no fault: the mark that some editors put before UTF-8', async () => {
    const scenario = await folder.write('scenario.json', `\uFEFF${JSON.stringify(smallScenario)}`);
    const jobs = await folder.write('jobs.jsonl', `\uFEFF${smallJobs.split('\n')[0]}\r\n{ "id": `);
    const message = await refusalOf(['--scenario', scenario, '--jobs', jobs]);
    expect(message).toMatch(/line 2: no JSON/);
    expect(message).not.toMatch(/line 1:/);
  });
});
