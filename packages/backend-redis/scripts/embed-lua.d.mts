/** The text of src/scripts/embedded.ts as it must be for the Lua files as they are. */
export function embedded(): string;
