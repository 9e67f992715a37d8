import { readOf } from '../errors/show.js';

/** Fields of a log line. */
export type LogFields = Readonly<Record<string, unknown>>;

/** What the library logs to. `console` is one. */
export interface Logger {
  /** What only somebody who looks for a fault reads. */
  debug(message: string, fields: LogFields): unknown;
  /** What is worth knowing. */
  info(message: string, fields: LogFields): unknown;
  /** What somebody should look at. */
  warn(message: string, fields: LogFields): unknown;
  /** What somebody must look at. */
  error(message: string, fields: LogFields): unknown;
}

/** The levels, by the methods' names. */
export type LogLevel = keyof Logger;

/** Loggers that take their fields first: pino's shape, by structure. */
export interface FieldsFirstLogger {
  /** What only somebody who looks for a fault reads. */
  debug(fields: LogFields, message: string): unknown;
  /** What is worth knowing. */
  info(fields: LogFields, message: string): unknown;
  /** What somebody should look at. */
  warn(fields: LogFields, message: string): unknown;
  /** What somebody must look at. */
  error(fields: LogFields, message: string): unknown;
}

/** Loggers with one method that takes the level: winston's shape, by structure. */
export interface LevelFirstLogger {
  /** One line, of any level. */
  log(level: string, message: string, fields: LogFields): unknown;
}

/** A pino logger as a {@link Logger}. An error goes under `err`, where pino writes out its name, message and stack. */
export function pinoLogger(pino: FieldsFirstLogger): Logger {
  return fromEachLevel((level) => (message, fields) => {
    const { error, ...others } = fields;
    return pino[level](error === undefined ? fields : { ...others, err: error }, message);
  });
}

/** A winston logger as a {@link Logger}. An error goes in as plain fields: winston would write out an Error as `{}`. */
export function winstonLogger(winston: LevelFirstLogger): Logger {
  return fromEachLevel((level) => (message, fields) => {
    const { error } = fields;
    return winston.log(level, message, error === undefined ? fields : { ...fields, error: plainError(error, 0) });
  });
}

/** How deep a chain of causes is written out. */
const deepestCause = 4;

/**
 * Name, code, message, stack and causes of an error, as an object that every log format writes out. One that throws when it
 * is looked at must not take its line with it.
 */
function plainError(error: unknown, depth: number): unknown {
  if (typeof error !== 'object' || error === null || depth > deepestCause) return error;
  const deeper = (each: unknown): unknown => plainError(each, depth + 1);
  return readOf(() => {
    const { name, code, message, stack, cause, errors } = error as Record<string, unknown>;
    return {
      name,
      code,
      message,
      stack,
      ...(cause !== undefined && { cause: deeper(cause) }),
      ...(Array.isArray(errors) && { errors: errors.map((each) => deeper(each)) }),
    };
  });
}

/** Says nothing: the default. */
export const silentLogger: Logger = Object.freeze(fromEachLevel(() => () => {}));

function fromEachLevel(make: (level: LogLevel) => (message: string, fields: LogFields) => unknown): Logger {
  return { debug: make('debug'), info: make('info'), warn: make('warn'), error: make('error') };
}
