import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

/** `npm run dev` serves the sources with hot reload, in front of a running development stack. */
const STACK = 'http://127.0.0.1:7400';

/** The sample log of the project is part of the page, at one click. */
function sampleData(): Plugin {
  return {
    name: 'sample-data',
    apply: 'build',
    generateBundle() {
      const source = readFileSync(new URL('../data/sample/usage.csv.gz', import.meta.url));
      this.emitFile({ type: 'asset', fileName: 'sample/usage.csv.gz', source });
    },
  };
}

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [sampleData()],
  resolve: { alias: { re2js: fileURLToPath(new URL('src/firebase/noPatterns.ts', import.meta.url)) } },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What the first visit needs comes in one piece, which packs better than three.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'page', tags: ['$initial'] }] } } },
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(['/api', '/__/', '/emulators.json', '/sample/'].map((path) => [path, STACK])),
  },
});
