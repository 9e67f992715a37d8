import { runFleet } from '../../processes/fleet.mjs';
import { number, table } from '../../report/format.mjs';

const scales = {
  full: { sizes: [10_000, 100_000, 1_000_000], open: 100, listings: 50, transitions: 20_000 },
  quick: { sizes: [10_000, 100_000], open: 100, listings: 20, transitions: 5_000 },
  tiny: { sizes: [100, 1_000], open: 10, listings: 2, transitions: 50 },
};

/** 14. Finding the few that are open among many. */
export const troubled = {
  number: 14,
  key: 'troubled',
  title: 'Finding the open circuits on Redis',
  needs: ['redis'],

  async measure({ scale, redis, log }) {
    const { open, ...input } = scales[scale];
    const job = new URL('job.mjs', import.meta.url);
    const [answer] = await runFleet({ job, input: { ...input, open, url: redis.url } });
    log(`${number(input.sizes.at(-1))} circuits`);
    return { open, ...answer };
  },

  ratios: (data) => ({ 'listing the open ones: most circuits / fewest, commands': growth(data, 'commands') }),

  goals({ open, runs }) {
    const most = runs.at(-1);
    const met = most.troubled.commands <= 5 * open;
    return [
      {
        goal: `Listing ${number(open)} open circuits among ${number(most.circuits)} takes hundreds of commands, not one for each circuit`,
        measured: `${number(most.troubled.commands)} commands`,
        met,
        missedBy: met ? null : `${number((most.troubled.commands / (5 * open) - 1) * 100)} %`,
        why: 'see the table',
      },
    ];
  },

  report: ({ open, runs, costs }) => ({
    text: [
      `${number(open)} circuits are open, all others are closed. \`list({ only: 'troubled' })\` reads the index; \`list()\` walks through everything, with`,
      'pages of 100 (SCAN, and a read of each record that it finds).',
      '',
      table(
        [
          'circuits',
          'open ones: commands',
          'their server time, ms',
          'wall, ms',
          'all of them: commands',
          'their server time, ms',
          'wall, ms',
        ],
        runs.map(({ circuits, troubled: few, all }) => [
          number(circuits),
          number(few.commands),
          number(few.server / 1_000),
          number(few.wall / 1_000),
          number(all.commands),
          number(all.server / 1_000),
          number(all.wall / 1_000),
        ]),
      ),
      '',
      `What the index costs who writes it: a write that opens a circuit takes ${number(costs.opens.server)} µs of the server's time and`,
      `${number(costs.opens.commands)} command, one that leaves it closed ${number(costs.stays.server)} µs and ${number(costs.stays.commands)}.`,
    ].join('\n'),
    charts: {},
  }),
};

function growth({ runs }, field) {
  return runs.at(-1).troubled[field] / runs[0].troubled[field];
}
