import { expect, test } from 'vitest';
import type { Answer } from '../contract/contract';
import { costInWords, costOf, costOfAll } from './cost';
import comparisonFixture from './fixtures/comparison.json';
import guideFixture from './fixtures/guide.json';
import questionBackFixture from './fixtures/question_back.json';

const comparison = comparisonFixture.answer as unknown as Answer;
const questionBack = questionBackFixture.answer as unknown as Answer;
const uncounted = guideFixture.answer as unknown as Answer;

test('an answer tells its model calls, their tokens and what they cost', () => {
  expect(costInWords(costOf(comparison))).toBe('2 model calls, 3,412 tokens (1,024 cached), 0.0021 USD');
});

test('one call is one call, and no cached tokens are not told', () => {
  const used = { calls: 1, input: 900, cached: 0, output: 100 };
  expect(costInWords(costOf({ ...comparison, used }))).toBe('1 model call, 1,000 tokens, 0.0021 USD');
});

test('an answer by code alone says so', () => {
  expect(costInWords(costOf(questionBack))).toBe('No model call');
});

test('an answer from before calls were counted tells its cost alone, and so does a sum with it', () => {
  expect(costInWords(costOf(uncounted))).toBe('0.0041 USD of model cost');
  expect(costInWords(costOfAll([uncounted, comparison]))).toBe('0.0062 USD of model cost');
});

test('a conversation took what its answers took together', () => {
  expect(costInWords(costOfAll([comparison, questionBack, comparison]))).toBe(
    '4 model calls, 6,824 tokens (2,048 cached), 0.0042 USD',
  );
  expect(costInWords(costOfAll([]))).toBe('No model call');
});
