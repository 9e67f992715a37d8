/**
 * What kind of work a circuit protects, read off its name in the store: the first of the parts that `circuitName` joined, as it
 * was before it was escaped. It never throws, for a name may be anybody's: one that `circuitName` did not make is taken as it
 * stands, up to its first `/`.
 */
export function circuitKind(name: string): string {
  const slash = name.indexOf('/');
  const first = slash === -1 ? name : name.slice(0, slash);
  return first === '%00' ? '' : first.replace(/%2F/g, '/').replace(/%25/g, '%');
}
