// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { problemOf } from './fileKind';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('what is no usage log is named, with what to do instead', () => {
  test.each([
    ['%PDF-1.7 ...', /PDF document.*CSV or JSON lines/],
    ['\x89PNG\r\n\x1a\n', /picture/],
    ['\xff\xd8\xff\xe0 JFIF', /picture/],
    ['PK\x03\x04 a.csv', /archive inside an archive.*Unpack/],
    ['PK\x03\x04 [Content_Types].xml', /Office document.*CSV/],
    ['\x1f\x8b\x08', /archive inside an archive/],
    ['PAR1\x15\x04', /Parquet/],
    ['SQLite format 3\0', /SQLite/],
    ['timestamp,model\n\0\0\x01', /binary data/],
    ['\xff\xfe\0\0t\0\0\0', /UTF-32/],
    ['\0\0\xfe\xff\0\0\0t', /UTF-32/],
    ['  \n\t\n', /no content/],
    ['<!DOCTYPE html><html>', /web page/],
    ['\n<?xml version="1.0"?>', /web page or an XML/],
  ])('%j', (content, reason) => {
    expect(problemOf(bytes(content))).toMatch(reason);
  });
});

test.each([
  'timestamp,model,prompt_tokens\n2026-10-01,gpt-4o,7\n',
  '{"model":"gpt-4o","usage":{"prompt_tokens":7}}\n',
  '[{"model":"gpt-4o"}]',
  '\ufefftimestamp;modèle;tokens\n',
])('text that may be a log is left to the server: %j', (content) => {
  expect(problemOf(Buffer.from(content))).toBeNull();
});

test('letters of Windows are left to the server, which knows its encodings', () => {
  expect(problemOf(bytes('feature\ncaf\xe9,1\n'))).toBeNull();
});
