import { InvalidSettingsError, type SettingsProblem } from '../errors/settings-errors.js';
import { isObject, readEach, type ReadBy, type Readers } from '../settings/readers.js';

/**
 * Checks a backend's options, each by its reader, and gives the defaults: the way in which core checks its own.
 *
 * @param check tells what is right by itself and wrong together; what it pushes is told with the rest
 * @throws InvalidSettingsError with every fault at once, also for a name that is no option
 */
export function readOptions<Each extends Readers>(
  readers: Each,
  options: unknown,
  check: (read: ReadBy<Each>, problems: SettingsProblem[]) => void = () => {},
): ReadBy<Each> {
  if (!isObject(options)) throw new InvalidSettingsError([{ name: 'options', value: options, expected: 'an object' }]);
  const problems: SettingsProblem[] = [];
  const read = readEach(readers, options, '', problems);
  check(read, problems);
  if (problems.length > 0) throw new InvalidSettingsError(problems);
  return Object.freeze(read);
}
