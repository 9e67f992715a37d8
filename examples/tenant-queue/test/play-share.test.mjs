import { describe, expect, it } from '@jest/globals';
import { playShare } from '../input/play-share.mjs';
import { scenarioSchema } from '../input/scenario.mjs';

const jobs = Array.from({ length: 400 }, (_, index) => ({
  id: `job-${index}`,
  tenant: index % 4 === 0 ? 'rare' : 'frequent',
  task: 'webhook',
  at: index,
  takes: 1,
  bytes: 1,
}));

describe('a share of the story', () => {
  const scenario = scenarioSchema.parse({
    workers: { jobsEach: 16 },
    shares: { dynamodb: 0.25 },
    tenants: { rare: {}, frequent: {} },
  });

  it('is that share of each tenant’s jobs, over the whole time, and of the places of its workers', () => {
    const played = playShare(scenario, jobs, 'dynamodb');
    expect(played.scenario).toEqual({ ...scenario, workers: { processes: 3, jobsEach: 4 } });
    expect(played.jobs.filter(({ tenant }) => tenant === 'rare')).toHaveLength(25);
    expect(played.jobs.filter(({ tenant }) => tenant === 'frequent')).toHaveLength(75);
    for (const from of [0, 100, 200, 300]) {
      const { length } = played.jobs.filter(({ at }) => from <= at && at < from + 100);
      expect(Math.abs(length - 25)).toBeLessThanOrEqual(1);
    }
  });

  it('is all of it where no share is named', () => {
    expect(playShare(scenario, jobs, 'redis')).toEqual({ scenario, jobs });
  });

  it('has a job of each tenant and a place in each worker, however small', () => {
    const tiny = scenarioSchema.parse({ shares: { redis: 0.001 }, tenants: { rare: {}, frequent: {} } });
    const played = playShare(tiny, jobs, 'redis');
    expect(played.jobs.map(({ tenant }) => tenant)).toEqual(['rare', 'frequent']);
    expect(played.scenario.workers.jobsEach).toBe(1);
  });
});
