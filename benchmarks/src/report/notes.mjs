/** What a person has to say about an item's numbers, by its key; stands below its tables. */
export const notes = {};
