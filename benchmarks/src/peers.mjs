// The other libraries, each in the newest release that runs on this Node. Imported when they are needed: most processes
// need one of them, and none is to pay for the others.

/** opossum 10 and cockatiel 4 begin at Node 22. */
const isNew = Number(process.versions.node.split('.')[0]) >= 22;

/** The names under which they are installed here. */
export const peerNames = { cockatiel: isNew ? 'cockatiel-4' : 'cockatiel', opossum: isNew ? 'opossum-10' : 'opossum' };

export const cockatiel = () => (isNew ? import('cockatiel-4') : import('cockatiel'));
export const mollitia = () => import('mollitia');
export const opossum = async () => (await (isNew ? import('opossum-10') : import('opossum'))).default;
