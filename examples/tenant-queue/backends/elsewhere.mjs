/**
 * What a store says that other processes reach for themselves: nobody may ask it for a worker in this one.
 *
 * @returns {never}
 */
export function notHere() {
  throw new Error('Workers of this backend are processes of their own.');
}
