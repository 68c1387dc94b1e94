import { expect, test } from 'vitest';
import { rejectsAsCsv } from './rejects';

test('skipped rows become CSV that a spreadsheet reads, quotes included', () => {
  const csv = rejectsAsCsv([
    { line: 7, reason: 'the timestamp "x", is no time' },
    { line: 9, reason: 'the row has 3 columns' },
  ]);
  expect(csv).toBe('line,reason\r\n7,"the timestamp ""x"", is no time"\r\n9,"the row has 3 columns"\r\n');
});
