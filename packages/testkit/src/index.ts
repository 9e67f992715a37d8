/** Nothing here yet. */
export const placeholder = true;
