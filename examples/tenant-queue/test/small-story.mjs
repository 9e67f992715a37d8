/**
 * Two hundred jobs in forty seconds of the story, played slowly enough for a machine that has much else to do. One of
 * four tenants has a provider that hangs for half of that time.
 */
export const smallScenario = {
  title: 'A small story',
  timeScale: 8,
  workers: { processes: 2, jobsEach: 4 },
  workTimeout: '8s',
  retry: { firstDelay: '1s', longestDelay: '4s', attempts: 50 },
  circuit: { failureCountThreshold: 3, closeThreshold: 1, allowAfter: '4s', trialLease: '4s' },
  tenants: {
    acme: {},
    broken: { faults: [{ kind: 'hang', from: '4s', until: '28s' }] },
    'quotes & <tags> "everywhere"': {},
    hooli: {},
  },
};

export const smallJobs = Array.from({ length: 200 }, (_, index) => {
  const tenant = Object.keys(smallScenario.tenants)[index % 4];
  return JSON.stringify({ id: `job-${index}`, tenant, at: index * 200, takes: 150, bytes: 2_000 });
}).join('\n');
