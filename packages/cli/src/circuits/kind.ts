/** What kind of work a circuit protects: the first of the parts that `circuitName` joined, as it was before it was escaped. */
export function kindOf(name: string): string {
  const first = name.split('/', 1)[0] ?? name;
  return first === '%00' ? '' : first.replace(/%2F/g, '/').replace(/%25/g, '%');
}
