/** Fields of a log line. */
export type LogFields = Readonly<Record<string, unknown>>;

/** What the library logs to. `console` is one. */
export interface Logger {
  debug(message: string, fields: LogFields): void;
  info(message: string, fields: LogFields): void;
  warn(message: string, fields: LogFields): void;
  error(message: string, fields: LogFields): void;
}

/** The levels, by the methods' names. */
export type LogLevel = keyof Logger;

/** Loggers that take their fields first: pino's shape, by structure. */
export interface FieldsFirstLogger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** Loggers with one method that takes the level: winston's shape, by structure. */
export interface LevelFirstLogger {
  log(level: string, message: string, fields: LogFields): unknown;
}

/** A pino logger as a {@link Logger}. */
export function pinoLogger(pino: FieldsFirstLogger): Logger {
  return fromEachLevel((level) => (message, fields) => pino[level](fields, message));
}

/** A winston logger as a {@link Logger}. */
export function winstonLogger(winston: LevelFirstLogger): Logger {
  return fromEachLevel((level) => (message, fields) => void winston.log(level, message, fields));
}

/** Says nothing: the default. */
export const silentLogger: Logger = Object.freeze(fromEachLevel(() => () => {}));

function fromEachLevel(make: (level: LogLevel) => (message: string, fields: LogFields) => void): Logger {
  return { debug: make('debug'), info: make('info'), warn: make('warn'), error: make('error') };
}
