/**
 * How a class writes fields that it shows to others as `readonly`: only its own methods use this. A plain field is read
 * without a call, where a getter would be one on every call's way.
 */
export type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
