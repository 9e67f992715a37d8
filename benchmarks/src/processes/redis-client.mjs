import { Redis } from 'ioredis';

/** A connected client of the benchmark's server. */
export async function connect(url, options = {}) {
  const client = new Redis(url, { ...options, lazyConnect: true });
  await client.connect();
  return client;
}

/**
 * Counts what this process sends to Redis from now on, round trip by round trip: a script is one command, whatever it
 * does inside. All clients, since a backend may use a connection of its own.
 */
export function countCommands() {
  const send = Redis.prototype.sendCommand;
  const counted = { commands: 0 };
  Redis.prototype.sendCommand = function sendCounted(...command) {
    counted.commands += 1;
    return send.apply(this, command);
  };
  return counted;
}

/** Numbers out of the server's INFO. */
export async function serverFigures(client) {
  const info = await client.info();
  const figure = (name) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1] ?? Number.NaN);
  return {
    /** Processor time that the server has used, s. */
    cpu: figure('used_cpu_user') + figure('used_cpu_sys'),
    /** bytes */
    memory: figure('used_memory'),
    /** How often it read from a socket. */
    reads: figure('total_reads_processed'),
    version: /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown',
  };
}
