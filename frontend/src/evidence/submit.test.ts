import { describe, expect, it } from 'vitest';
import { EVALUATION_BYTES } from '../contract/contract';
import { addressOf, changed, type EvidenceInput, nothingEntered, problemIn } from './submit';

const FILE = new File(['a'], 'graded & more.csv');
const SCORES: EvidenceInput = { ...nothingEntered(), requestId: 'request-1', file: FILE };
const SAMPLE: EvidenceInput = { ...SCORES, kind: 'replay', reference: ' gpt-4o', candidate: 'gpt-4o-mini ' };

function queryOf(entered: EvidenceInput): Record<string, string> {
  const address = new URL(addressOf(entered), 'https://apex.test');
  expect(address.pathname).toBe('/api/evaluations');
  return Object.fromEntries(address.searchParams);
}

describe('the address of evidence', () => {
  it('of scores has the name of the file, and nothing of a sample', () => {
    expect(queryOf({ ...SCORES, reference: 'gpt-4o', feature: 'search' })).toEqual({
      client_request_id: 'request-1',
      name: 'graded & more.csv',
    });
  });

  it('of a sample has both models, and the feature only where there is one', () => {
    const query = { client_request_id: 'request-1', name: 'graded & more.csv' };
    const models = { reference: 'gpt-4o', candidate: 'gpt-4o-mini' };
    expect(queryOf({ ...SAMPLE, feature: ' ' })).toEqual({ ...query, ...models });
    expect(queryOf({ ...SAMPLE, feature: 'search ' })).toEqual({ ...query, ...models, feature: 'search' });
  });

  it('has as much of a long name as the server takes, and no half of a sign', () => {
    const file = new File(['a'], '😀'.repeat(300));
    expect(queryOf({ ...SCORES, file }).name).toBe('😀'.repeat(200));
  });

  it('is another one after a change, which is another submission', () => {
    expect(addressOf(SCORES)).toBe(addressOf({ ...SCORES }));
    expect(queryOf(changed(SCORES, { file: FILE })).client_request_id).not.toBe('request-1');
  });
});

describe('evidence that cannot be sent', () => {
  it('lacks a file, or the models of a sample', () => {
    expect(problemIn(SCORES)).toBeNull();
    expect(problemIn(SAMPLE)).toBeNull();
    expect(problemIn({ ...SCORES, file: null })).toBe('Choose a file.');
    expect(problemIn({ ...SAMPLE, candidate: ' ' })).toContain('Name both models');
  });

  it('is larger than the server takes', () => {
    const file = { name: 'large.csv', size: EVALUATION_BYTES + 1 } as File;
    expect(problemIn({ ...SCORES, file: { ...file, size: EVALUATION_BYTES } as File })).toBeNull();
    expect(problemIn({ ...SCORES, file })).toBe('large.csv is larger than the 16 MB that can be sent.');
    expect(problemIn({ ...SAMPLE, file })).toBe('large.csv is larger than the 3 MB that can be sent.');
  });
});
