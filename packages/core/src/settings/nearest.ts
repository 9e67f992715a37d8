/** The known name that a misspelt one most likely means; null: none is near. */
export function nearestName(misspelt: string, known: readonly string[]): string | null {
  const given = misspelt.toLowerCase();
  let nearest: string | null = null;
  // A third of the letters may be wrong, or one name may hold the other.
  let least = Math.max(1, Math.floor(misspelt.length / 3)) + 1;
  for (const name of known) {
    const wanted = name.toLowerCase();
    const holds = given.length > 3 && (wanted.includes(given) || given.includes(wanted));
    const distance = holds ? Math.min(1, distanceOf(given, wanted)) : distanceOf(given, wanted);
    if (distance >= least) continue;
    nearest = name;
    least = distance;
  }
  return nearest;
}

/** How many letters have to be added, taken away or changed (Levenshtein). */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const change = (row[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
}
