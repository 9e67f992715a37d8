import { expect, it } from '@jest/globals';
import { documents } from '../../docs/documents.mjs';
import { brokenLinks } from '../../docs/links.mjs';

it.each(documents())('every link of %s leads somewhere', (file) => {
  expect(brokenLinks(file)).toEqual([]);
});
