/**
 * From the contract that `python -m functions.contract` prints (stdin) to TypeScript (stdout): a type for each
 * definition, with its description as comment, and a constant for each limit. The same input gives the same output.
 */
import { text } from 'node:stream/consumers';
import { compile } from 'json-schema-to-typescript';

const BANNER = `/**
 * Made by scripts/contract.mjs from the server's own models (functions/contract.py). Do not edit: run it again.
 */`;

/** Name of the root schema, which is no type of its own. */
const ROOT = 'Contract';

/** Types of all definitions: each is referred to by a root whose own interface is cut off again. */
async function types(definitions) {
  // The schema describes what a timestamp holds; Firestore's SDK gives an object that also converts itself.
  definitions.Timestamp.properties.toMillis = { tsType: '() => number' };
  definitions.Timestamp.required.push('toMillis');
  const names = Object.keys(definitions);
  const root = {
    title: ROOT,
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(names.map((name) => [name, { $ref: `#/$defs/${name}` }])),
    required: names,
    $defs: definitions,
  };
  const source = await compile(root, ROOT, {
    bannerComment: '',
    format: true,
    style: { printWidth: 120 },
    ignoreMinAndMaxItems: true,
  });
  return source.replace(new RegExp(`export interface ${ROOT} \\{[\\s\\S]*?\\n\\}\\n`), '').trim();
}

/** One constant; lists and records are readonly, literals keep their own type. */
function constant([name, value]) {
  return `export const ${name} = ${JSON.stringify(value)} as const;`;
}

const contract = JSON.parse(await text(process.stdin));
const constants = Object.entries(contract.constants).map(constant);
process.stdout.write(
  [BANNER, await types(contract.$defs), constants.join('\n'), ''].join('\n\n').trimEnd() + '\n',
);
