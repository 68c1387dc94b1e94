import { expect, test } from 'vitest';
import { logName } from './pastedLog';

test.each([
  ['timestamp,model,prompt_tokens,completion_tokens\n2026-10-01,gpt-4o,812,44\n', 'pasted.csv'],
  ['model\ttotal cost\tday\ngpt-4o\t12.4\t2026-10-01\n', 'pasted.csv'],
  ['{"model":"gpt-4o","tokens":1}\n{"model":"gpt-4o","tokens":2}\n', 'pasted.jsonl'],
  ['[\n  {"model": "gpt-4o",\n "tokens": 1}\n]', 'pasted.json'],
])('rows of a log are one: %j', (text, name) => {
  expect(logName(text)).toBe(name);
});

test.each([
  'How do I cut this bill by 30 %?',
  'We pay for tokens, usage and cost,\nand I want to know three things: 1, 2, 3.',
  'Cost of tokens, usage and output\nof 3 teams, 4 months, 2 regions',
  'Our costs:\n- gpt-4o, 12 USD\n- o3, 4 USD',
  '{"model":"gpt-4o"}',
  '',
  'timestamp,model,prompt_tokens',
])('a question is none: %j', (text) => {
  expect(logName(text)).toBeNull();
});
