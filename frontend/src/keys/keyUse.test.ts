// @vitest-environment node
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { lifeInWords, sendCommand } from './keyUse';

const MANUAL = new URL('../../../docs/usage-api.md', import.meta.url);

const KEY = {
  key_id: '0123456789abcdef', // pragma: allowlist secret
  name: 'nightly export',
  live: false,
  last_four: 'x7Qz',
  created_at: '2026-11-23T23:59:59+00:00',
  last_used_day: null,
};

test('the command that sends a file is the one of the manual, whose commands are run by its own test', () => {
  const manual = readFileSync(MANUAL, 'utf-8').replaceAll('$APEX_URL', 'https://apex.test');
  expect(manual).toContain(`\n${sendCommand('https://apex.test', '$APEX_KEY')}\n`);
});

test('the days of a key are those of UTC, wherever it is looked at', () => {
  expect(lifeInWords(KEY)).toBe('Made 23 Nov 2026 · not used yet');
  expect(lifeInWords({ ...KEY, last_used_day: '2026-11-24' })).toBe(
    'Made 23 Nov 2026 · last used 24 Nov 2026',
  );
});
