import { expect, test } from 'vitest';
import { rejectsAsCsv } from './rejects';

test('skipped rows become CSV that a spreadsheet reads, and runs nothing of', () => {
  const csv = rejectsAsCsv([
    { line: 7, reason: 'the timestamp "x", is no time' },
    { line: 9, reason: '=HYPERLINK("x") is no model' },
  ]);
  expect(csv).toBe(
    `Line,Reason\r\n7,"the timestamp ""x"", is no time"\r\n9,"'=HYPERLINK(""x"") is no model"\r\n`,
  );
});
