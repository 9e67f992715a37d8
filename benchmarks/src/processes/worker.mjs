// The process that runFleet() forks: imports the job that it is told, runs it, answers.

const going = new Map();

const context = {
  index: 0,
  count: 1,
  /** Resolves once every process of the fleet is here. */
  barrier: (name) =>
    new Promise((resolve) => {
      going.set(name, resolve);
      process.send({ barrier: name });
    }),
};

process.on('message', async (message) => {
  if (message.go !== undefined) {
    going.get(message.go)?.();
    return;
  }
  try {
    const job = await import(message.job);
    const answer = await job.run(message.input, { ...context, index: message.index, count: message.count });
    process.send({ answer: answer ?? null });
  } catch (error) {
    process.send({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
process.once('disconnect', () => process.exit());
