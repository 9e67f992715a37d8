/** What kind of work a circuit protects: the first of the parts that `circuitName` joined, unescaped. */
export function kindOf(name: string): string {
  const slash = name.indexOf('/');
  const first = slash === -1 ? name : name.slice(0, slash);
  return first === '%00' ? '' : first.replace(/%2F/g, '/').replace(/%25/g, '%');
}
