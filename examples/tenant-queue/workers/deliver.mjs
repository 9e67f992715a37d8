/**
 * The work of a job: one HTTP call to its tenant's endpoint.
 *
 * @param {string} provider its address
 * @param {import('../input/jobs.mjs').Job} job
 * @param {number} attempt
 * @param {AbortSignal} signal
 */
export async function deliver(provider, job, attempt, signal) {
  const response = await fetch(`${provider}/tenants/${encodeURIComponent(job.tenant)}/jobs`, {
    method: 'POST',
    headers: { 'x-takes': String(job.takes), 'x-attempt': `${job.id}#${attempt}` },
    body: new Uint8Array(job.bytes),
    signal,
  });
  // Read to its end, or the connection can't be used again.
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${job.tenant} answered ${response.status}`);
}
